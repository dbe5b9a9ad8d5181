"""The words on the screen, by language: files of data that a club may read and extend."""

from daemon.content.club import ClubWords, read_club
from daemon.content.typeset import number
from daemon.content.words import LANGUAGES, Text, Texts, Words, texts, words

__all__ = ["LANGUAGES", "ClubWords", "Text", "Texts", "Words", "number", "read_club", "texts", "words"]

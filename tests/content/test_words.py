"""The words on the screen, in each language: short enough to read on a belt, and none that promise or scold."""

import re
from collections.abc import Iterator

import pytest

from daemon.content import LANGUAGES, Text, number, texts, words
from daemon.content.banned import banned
from daemon.content.judge import LINES, faults_of_label, faults_of_text
from daemon.content.places import MEANING, PLACES, places_of
from daemon.content.typeset import NO_BREAK, THIN, typeset
from daemon.content.words import source
from daemon.policy.catalogue import MACHINES, PLACEMENT, ROUND
from daemon.screen import HERE, LOST, WORDS

EACH = pytest.mark.parametrize("language", LANGUAGES)


def every(language: str) -> Iterator[tuple[str, int, Text]]:
    for name, variants in words(language).texts.items():
        for number_, text in enumerate(variants):
            yield name, number_, text


@EACH
def test_no_text_is_long_loud_or_promises(language: str) -> None:
    found = [
        f"{name} {number_}: {why}"
        for name, number_, text in every(language)
        for why in faults_of_text(name, text.headline, text.body, language)
    ]
    assert found == []
    assert [why for name, one in words(language).labels.items() for why in faults_of_label(name, one, language)] == []


@EACH
def test_a_line_has_no_body_and_all_else_has_one(language: str) -> None:
    for name, _, text in every(language):
        assert text.headline, name
        assert bool(text.body) is not name.startswith(LINES), name


@EACH
def test_each_language_says_the_same_things(language: str) -> None:
    ours, english = source(language), source("en")
    for part in ("labels", "lines", "texts", "items"):
        assert list(ours[part]) == list(english[part]), part
    for name, variants in english["texts"].items():
        filled = [[places_of(" ".join(one)) for one in told["texts"][name]] for told in (ours, english)]
        assert filled[0] == filled[1], name
        assert len(ours["texts"][name]) == len(variants), name
    for part in ("labels", "lines", "items"):
        for name, said in english[part].items():
            assert places_of("".join(ours[part][name])) == places_of("".join(said)), (part, name)
    assert ours["decimal"] == number(1.5, language)[1]


@EACH
def test_every_prompt_and_every_item_has_words(language: str) -> None:
    known = words(language).texts
    assert all(known[name] for name in (*WORDS.values(), *LOST.values(), "taken_here", "help_coming", "first_run"))
    assert {name for name in known if "." in name} == PLACEMENT.keys()
    assert PLACES.keys() <= known.keys() | words(language).labels.keys()
    assert {place for places in PLACES.values() for place in places} == MEANING.keys()


BEGINS = {
    "en": r"(Try|Use) (the|a) ",
    "de": r"Probier (den|die|das) ",
    "es": r"Prueba (el|la) ",
    "fr": "Essayez (le |la |l\N{RIGHT SINGLE QUOTATION MARK})",
}
SWIMS = {"en": "Go for a swim", "de": "Geh eine Runde schwimmen", "es": "Ve a nadar", "fr": "Allez nager"}
"""What is no machine has no article: nobody "tries the swim"."""


@EACH
def test_machines_have_the_languages_article(language: str) -> None:
    for item in (*MACHINES, "mod.rope"):
        assert re.match(BEGINS[language], texts(language)[item][0].headline), item
    assert texts(language)["mod.swim"][0].headline == SWIMS[language]


@EACH
def test_the_disclaimer_is_there(language: str) -> None:
    told = words(language)
    medical = {
        "en": "not medical advice",
        "de": "kein ärztlicher Rat",
        "es": "no es consejo médico",
        "fr": "avis médical",
    }
    assert medical[language] in told.disclaimer
    assert medical[language].split()[-1] in told.texts["info.disclaimer"][0].body
    assert banned(told.disclaimer, language) == []


def test_what_is_done_on_this_belt_is_no_machine() -> None:
    assert not HERE & MACHINES.keys()
    assert PLACEMENT.keys() >= HERE
    assert set(ROUND) <= PLACEMENT.keys()


def test_a_language_that_is_not_there_is_english() -> None:
    assert words("xx") is not None
    assert texts("xx") == texts("en")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        *(("en", said) for said in ("It burns fat.", "Avoid pain", "Protected discs", "shuts down", "You must")),
        *(("de", said) for said in ("Das heilt.", "Du musst", "Warnung", "schützt die Bandscheiben", "nie wieder")),
        *(("es", said) for said in ("Evita el dolor", "cura la espalda", "debes parar", "quema grasa", "nunca")),
        *(("fr", said) for said in ("Évitez la douleur", "guérit le dos", "il faut", "danger", "brûle")),
    ],
)
def test_banned_words_are_found(language: str, said: str) -> None:
    assert banned(said, language)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        *(("en", said) for said in ("Discover a hill", "A sunburnt field", "Treadmill", "mustard", "fixture")),
        *(("de", said) for said in ("Dein Knie", "Muster", "ein Schutzmann", "ganz genießen")),
        *(("es", said) for said in ("discoteca", "un curso", "deberes", "seguro")),
        *(("fr", said) for said in ("la discothèque", "un devoir", "soigneux")),
    ],
)
def test_whole_words_are_meant(language: str, said: str) -> None:
    assert not banned(said, language) or said in {"ein Schutzmann", "un devoir", "soigneux"}


@pytest.mark.parametrize(
    ("name", "headline", "body", "why"),
    [
        ("raised", "Well done!", "Go on.", "shouts"),
        ("raised", "DONE it is", "Go on.", "shouts"),
        ("raised", "Please stop", "Go on.", "tells the member to stop"),
        ("raised", "x" * 61, "Go on.", "61 characters where 60 fit"),
        ("raised", "Fine", "x" * 91, "91 characters where 90 fit"),
        ("raised", "At {m} min", "Go on.", "nothing fills {m}"),
        ("raised", "At {t:.3f}", "Go on.", "braces"),
        ("raised", "At {t", "Go on.", "braces"),
        ("raised", "At {t.__class__}", "Go on.", "braces"),
        ("raised", " ", "Go on.", "no headline"),
        ("raised", "Never mind", "Go on.", "'Never'"),
    ],
)
def test_the_judge_says_why(name: str, headline: str, body: str, why: str) -> None:
    assert why in "; ".join(faults_of_text(name, headline, body, "en"))


def test_numbers_and_spaces_are_the_languages() -> None:
    assert [number(1.5, language) for language in LANGUAGES] == ["1.5", "1,5", "1,5", "1,5"]
    assert typeset("Prêt ? {t} %", "fr") == f"Prêt{THIN}? {{t}}{NO_BREAK}%"
    assert typeset("« pente »", "fr") == f"«{THIN}pente{THIN}»"
    assert typeset("in 5 s auf {t} %", "de") == f"in 5{NO_BREAK}s auf {{t}}{NO_BREAK}%"
    assert typeset("in 5 s", "en") == "in 5 s"

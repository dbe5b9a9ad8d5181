"""Which language a screen speaks, and what the words of a screen are besides the policy's texts."""

from dataclasses import replace

import pytest

from api.tongue import BACK_MS, Tongue
from daemon.content import LANGUAGES, words
from daemon.policy.rules import Mode
from daemon.policy.state import Kind, Link, Prompt
from daemon.screen import console, in_words, name, page_words
from daemon.snapshot import Phase, Snapshot

EVERY = {language: words(language) for language in LANGUAGES}
RUNNING = Snapshot(1_000, 1, Link.UP, Phase.RUNNING, Mode.NUDGE, speed=1_050, incline=5)


def tongue(*languages: str) -> Tongue:
    return Tongue(EVERY, languages)


def test_a_touch_turns_to_the_next_language_and_round() -> None:
    one = tongue("de", "en", "fr")
    heard = []
    for at in range(4):
        heard.append(one.now(Phase.IDLE, at).language)
        one.touched(Phase.IDLE, at)
    assert heard == ["de", "en", "fr", "de"]
    assert one.next() == "Français"


def test_it_holds_for_the_session_and_then_the_sites_own_is_back() -> None:
    one = tongue("de", "en")
    one.touched(Phase.IDLE, 0)
    assert one.now(Phase.IDLE, BACK_MS - 1).language == "en"
    for at in (BACK_MS, 40 * BACK_MS):
        assert one.now(Phase.RUNNING, at).language == "en"
    assert one.now(Phase.UNKNOWN, 41 * BACK_MS).language == "en"
    assert one.now(Phase.IDLE, 41 * BACK_MS).language == "de"


def test_who_chose_and_did_not_run_leaves_it_for_a_minute() -> None:
    one = tongue("de", "en")
    one.touched(Phase.IDLE, 0)
    assert one.now(Phase.IDLE, BACK_MS).language == "de"


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.IDLE])
def test_nothing_changes_while_somebody_runs(phase: Phase) -> None:
    one = tongue("de", "en")
    one.touched(phase, 0)
    assert one.now(phase, 0).language == "de"


def test_one_language_has_no_next() -> None:
    assert tongue("es").next() is None


def test_the_key_is_offered_on_an_idle_screen_only() -> None:
    def shown(seen: Snapshot) -> str | None:
        return console(seen, 1_000, words=EVERY["en"], units="km/h", screen="s", next_language="Deutsch").next_language

    idle = replace(RUNNING, phase=Phase.IDLE, speed=0)
    assert shown(idle) == "Deutsch"
    assert shown(RUNNING) is None
    assert shown(replace(idle, prompt=Prompt(1, Kind.HELP, 1_000, None))) is None


def test_a_message_that_is_a_texts_name_is_said_in_the_language() -> None:
    assert in_words("help_coming", EVERY["de"]) == " ".join(
        (EVERY["de"].texts["help_coming"][0].headline + ".", EVERY["de"].texts["help_coming"][0].body)
    )
    for plain in ("The gym closes at nine.", "mod.row", ""):
        assert in_words(plain, EVERY["de"]) == plain


def test_numbers_are_the_languages_in_each_text() -> None:
    nudge = Prompt(3, Kind.NUDGE, 1_000, None, target=15)
    for language, said in (("en", "1.5%"), ("de", "1,5\u202f%")):
        shown = console(replace(RUNNING, prompt=nudge), 1_000, words=EVERY[language], units="km/h", screen="s").prompt
        assert shown is not None
        assert said.replace("\u202f", "") in (shown.headline + shown.body).replace("\u202f", "").replace("\u00a0", "")


def test_what_is_done_on_this_belt_is_thanked_in_other_words() -> None:
    assert name(Prompt(1, Kind.TAKEN, 0, None, item="mod.intervals")) == "taken_here"
    assert name(Prompt(1, Kind.TAKEN, 0, None, item="mod.row")) == "taken"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_gets_every_label_and_the_disclaimer(language: str) -> None:
    page = page_words(EVERY[language])
    assert set(page.labels) == set(page_words(EVERY["en"]).labels)
    assert set(page.lost) == {"wait", "down", "lent", "stranger"}
    assert len(page.disclaimer) > 20

"""What the page draws of a snapshot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.content import texts, words
from daemon.messages import Console
from daemon.policy.lease import digit
from daemon.policy.rules import Mode
from daemon.policy.session import Totals
from daemon.policy.state import Kind, Link, Prompt
from daemon.screen import WORDS, choose, console
from daemon.snapshot import Phase, Snapshot

WORDS_EN = words()
TEXTS = texts()
NOTHING = Totals()
KINDS = st.sampled_from(list(Kind))
COUNTDOWN = Prompt(4, Kind.COUNTDOWN, 1_000, 13_000, target=10, digit=12, can_raise=False)


def seen(
    speed: int | None = 804,
    incline: int | None = 5,
    link: Link = Link.UP,
    phase: Phase = Phase.RUNNING,
    totals: Totals = NOTHING,
    prompt: Prompt | None = None,
    screen: str | None = None,
) -> Snapshot:
    return Snapshot(
        1_000, 1, link, phase, Mode.NUDGE, speed=speed, incline=incline, totals=totals, prompt=prompt, screen=screen
    )


def draw(shown: Snapshot, at: int = 1_000, units: str = "km/h", screen: str | None = "me") -> Console:
    return console(shown, at, words=WORDS_EN, units=units, screen=screen)


def test_units_are_those_of_the_machine() -> None:
    run = seen(speed=1_609, totals=Totals(belt=61_999, distance=16_093))
    metric, english = draw(run), draw(run, units="mph")
    assert (metric.units, metric.speed, metric.distance) == ("km/h", 16.1, 16.09)
    assert (english.units, english.speed, english.distance) == ("mph", 10.0, 10.0)
    assert metric.seconds == english.seconds == 61
    assert metric.incline == english.incline == 0.5


def test_unknown_is_not_zero() -> None:
    assert (draw(seen(speed=None, incline=None)).speed, draw(seen(speed=None, incline=None)).incline) == (None, None)
    assert (draw(seen(speed=0, incline=0)).speed, draw(seen(speed=0, incline=0)).incline) == (0.0, 0.0)
    assert draw(seen(incline=-15)).incline == -1.5


@pytest.mark.parametrize(("holder", "screen", "lease"), [("me", "me", True), ("you", "me", False), (None, None, False)])
def test_only_the_holder_has_the_lease(holder: str | None, screen: str | None, lease: bool) -> None:
    assert draw(seen(screen=holder), screen=screen).lease is lease


def test_the_digit_is_what_the_policy_awaits() -> None:
    for at in range(1_000, 14_000, 125):
        prompt = draw(seen(prompt=COUNTDOWN), at).prompt
        assert prompt is not None
        assert prompt.digit == digit(COUNTDOWN, at)
    last = draw(seen(prompt=COUNTDOWN), 13_500).prompt
    assert last is not None
    assert last.digit == 0


def test_the_seconds_in_the_words_are_the_digit() -> None:
    prompt = draw(seen(prompt=COUNTDOWN), 4_200).prompt
    assert prompt is not None
    assert prompt.digit == 9
    assert "9 s" in prompt.headline


@given(KINDS, st.integers(1, 10_000), st.integers(0, 20), st.integers(0, 20_000), st.integers(0, 10**8))
def test_every_prompt_is_whole(kind: Kind, number: int, target: int, at: int, flat: int) -> None:
    told = Prompt(
        number, kind, 0, None if kind is Kind.RAISING else 20_000, target=target, can_raise=True,
        minutes=5, item="mod.row", why="why_R2",
    )  # fmt: skip
    prompt = draw(seen(prompt=told, totals=Totals(flat=flat)), at).prompt
    assert prompt is not None
    assert (prompt.id, prompt.kind, prompt.can_raise) == (number, kind.value, True)
    assert not set("{}") & set(prompt.headline + prompt.body)
    if kind in WORDS and "{t}" in choose(TEXTS, WORDS[kind], number).headline:
        assert f"{target / 10:.1f}%" in prompt.headline


@given(KINDS, st.integers(0, 1_000))
def test_variants_take_turns(kind: Kind, number: int) -> None:
    if kind not in WORDS:
        return
    variants = TEXTS[WORDS[kind]]
    assert {choose(TEXTS, WORDS[kind], number + n) for n in range(len(variants))} == set(variants)


def test_the_link_is_lent_only_when_nothing_is_asked() -> None:
    assert draw(seen()).can_lend
    assert not draw(seen(prompt=COUNTDOWN)).can_lend
    assert not draw(seen(link=Link.DOWN, phase=Phase.UNKNOWN)).can_lend
    assert not draw(seen(link=Link.LENT, phase=Phase.UNKNOWN)).can_lend

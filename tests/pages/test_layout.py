"""The member's screen at the sizes of the panels that people buy: nothing cut, nothing small, nothing faint."""

from typing import Any

import pytest
from playwright.async_api import Browser

from daemon.content import Text, texts
from daemon.policy.session import Totals
from daemon.policy.state import Kind, Link
from daemon.screen import WORDS
from tests.pages.ruler import AT_ONE_METRE, bad, faults, look
from tests.pages.stage import SIZES, Size, Stage, open_console

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size.width}x{size.height}"),
]

AT_ARMS_LENGTH = 3.45
"""Capitals of 20 minutes of arc at 0.6 m, mm."""
LONGEST = Text(
    "Wwwww mmmmm iiiii wwwww ooooo aaaaa nnnnn eeeee rrrrr sssss"[:60],
    ("Gently does it: every minute of a small slope counts, " * 2)[:90],
)
"""As long as a text may be."""
NOTICES = [None, "This is Treadmill 7 (t07).", ("The gym closes early, at nine, and we say so. " * 3)[:120]]
ASKED: list[tuple[Kind, dict[str, Any]]] = [
    (Kind.NUDGE, {"can_raise": True}),
    (Kind.NUDGE, {}),
    (Kind.COUNTDOWN, {"digit": 58}),
    (Kind.RAISING, {}),
    (Kind.HELP, {}),
    (Kind.STOP, {"digit": 30}),
    (Kind.TAKEN, {}),
]
"""Every shape that a prompt has on the page."""


async def test_the_shipped_words_fit(browser: Browser, stage: Stage, size: Size) -> None:
    opened = await open_console(browser, stage, size)
    wrong: dict[str, list[str]] = {}
    for kind, name in WORDS.items():
        for number in range(len(texts()[name])):
            prompt = stage.prompt(kind, 60 + number, can_raise=True, digit=20)
            seen = await look(opened.page, stage, prompt=prompt, totals=Totals(belt=7_384_000, flat=6_000_000))
            small = min(seen["headline"].capital, seen["body"].capital) < AT_ONE_METRE
            wrong[f"{name} {number}"] = faults(seen) + ["words are too small for one metre"] * small
    assert bad(wrong) == []
    assert opened.faults == []


async def test_any_words_fit(browser: Browser, stage: Stage, size: Size) -> None:
    """The longest texts of the content, and the longest that is allowed, in every kind of prompt."""
    opened = await open_console(browser, stage, size)
    filled = [v.filled(t="15.0", n=60, m=99, d="elliptical") for vs in texts().values() for v in vs if v.body]
    by_headline, by_body = (sorted(filled, key=lambda t: len(t.headline)), sorted(filled, key=lambda t: len(t.body)))
    every = [LONGEST, *by_headline[-3:], *by_body[-3:]]
    wrong: dict[str, list[str]] = {}
    for kind, more in ASKED:
        for text in every if more else every[:1]:
            stage.word(kind, text.headline, text.body)
            seen = await look(opened.page, stage, prompt=stage.prompt(kind, **more))
            small = seen["body"].capital < AT_ARMS_LENGTH
            wrong[f"{kind} {text}"] = faults(seen) + ["words are too small for arm's length"] * small
    assert bad(wrong) == []


STATES: dict[str, dict[str, Any]] = {
    "running": {},
    "unknown": {"speed": None, "incline": None},
    "idle": {"speed": 0, "incline": 0, "totals": Totals()},
    "long": {"speed": 2250, "incline": -155, "totals": Totals(belt=37_384_000, distance=142_195)},
    "fast": {"speed": 1888, "incline": 150},
    "down": {"link": Link.DOWN, "speed": None, "incline": None},
    "lent": {"link": Link.LENT, "speed": None, "incline": None},
}


async def test_every_state_fits(browser: Browser, stage: Stage, size: Size) -> None:
    opened = await open_console(browser, stage, size)
    wrong: dict[str, list[str]] = {}
    for notice in NOTICES:
        stage.notice = notice
        for name, changes in STATES.items():
            wrong[f"{name} with {notice}"] = faults(await look(opened.page, stage, **changes))
    assert bad(wrong) == []
    assert opened.faults == []


async def test_numbers_are_large_and_the_scale_is_right(browser: Browser, stage: Stage, size: Size) -> None:
    opened = await open_console(browser, stage, size)
    calm = await look(opened.page, stage)
    assert calm.mm == pytest.approx(size.mm, rel=0.03)
    assert min(calm["speed"].capital, calm["incline"].capital) >= 20
    assert min(calm["time"].capital, calm["distance"].capital) >= 10
    assert calm["least"].text == "min 1.0"
    counting = await look(opened.page, stage, prompt=stage.prompt(Kind.COUNTDOWN, digit=20))
    assert counting["digit"].capital >= 20
    assert counting["cancel"].height >= 30
    assert counting["cancel"].width >= counting.width - 10
    nudge = await look(opened.page, stage, prompt=stage.prompt(Kind.NUDGE, can_raise=True))
    assert min(nudge["raise"].capital, nudge["decline"].capital) >= 8
    assert nudge["help"].top >= nudge["decline"].bottom

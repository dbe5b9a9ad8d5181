"""A page that lies about what it shows moves nothing: each lie as a row, told over the real socket to a whole house."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from daemon.policy.state import Kind
from tests.api.house import Pages, Sight, ready

STEPS = 240
"""A minute: the countdown's 20 s, its steps, and some."""

type Lie = Callable[[Pages, Sight], Awaitable[None]]
"""What the pages say in one quarter of a second."""


async def honest(pages: Pages, seen: Sight) -> None:
    await pages.confirm(0, *seen.shown)


async def a_wrong_digit(pages: Pages, seen: Sight) -> None:
    prompt, drawn = seen.shown
    await pages.confirm(0, prompt, drawn + (3 if seen.counting else 0))


async def the_first_digit_always(pages: Pages, seen: Sight) -> None:
    await pages.confirm(0, seen.shown[0], 20)


async def the_future(pages: Pages, seen: Sight) -> None:
    """The digit that comes 5 s later, or none yet."""
    prompt, drawn = seen.shown
    await pages.confirm(0, prompt, max(0, drawn - 5) if seen.counting else drawn)


async def the_next_prompt(pages: Pages, seen: Sight) -> None:
    prompt, drawn = seen.shown
    await pages.confirm(0, prompt + (1 if seen.counting else 0), drawn)


async def the_prompt_before(pages: Pages, seen: Sight) -> None:
    prompt, drawn = seen.shown
    await pages.confirm(0, prompt - (1 if seen.counting else 0), drawn)


async def every_digit_at_once(pages: Pages, seen: Sight) -> None:
    """One of them is right."""
    for drawn in range(26) if seen.counting else (0,):
        await pages.confirm(0, seen.shown[0], drawn)


async def a_few_digits_at_a_time(pages: Pages, seen: Sight) -> None:
    """Guesses, few enough to pass for a page's, one of them right every second or so."""
    for more in range(5) if seen.counting else (0,):
        await pages.confirm(0, seen.shown[0], (seen.step * 5 + more) % 21 if seen.counting else 0)


async def all_at_once_and_then_nothing(pages: Pages, seen: Sight) -> None:
    if not seen.counting:
        await honest(pages, seen)
    elif seen.prompt is not None and seen.at - seen.prompt.since < 300:
        for drawn in range(20, -1, -1):
            await pages.confirm(0, seen.shown[0], drawn)


async def faster_than_frames(pages: Pages, seen: Sight) -> None:
    for _ in range(40 if seen.counting else 1):
        await honest(pages, seen)


async def nothing_is_drawn(pages: Pages, seen: Sight) -> None:
    """A hidden page, or one that stands still: its line is open, its frames do not come."""
    if not seen.counting:
        await honest(pages, seen)


async def hidden_now_and_then(pages: Pages, seen: Sight) -> None:
    """Two seconds of each four."""
    if not seen.counting or seen.step % 16 < 8:
        await honest(pages, seen)


async def only_that_it_is_there(pages: Pages, seen: Sight) -> None:
    await pages.confirm(0, 0 if seen.counting else seen.shown[0], seen.shown[1])


async def on_after_cancel(pages: Pages, seen: Sight) -> None:
    """Cancel was touched once; the page goes on as if it had not."""
    if seen.counting and seen.prompt is not None and 4_000 <= seen.at - seen.prompt.since < 4_250:
        await pages.say(0, type="touch", key="cancel", prompt=seen.prompt.id)
    await honest(pages, seen)


async def two_in_turn(pages: Pages, seen: Sight) -> None:
    """Two pages share the work, two seconds each."""
    await pages.confirm((seen.step // 8) % 2, *seen.shown)


async def one_right_one_wrong(pages: Pages, seen: Sight) -> None:
    """The one that has the lease draws something else than the one that the member sees."""
    prompt, drawn = seen.shown
    await pages.confirm(0, prompt, drawn + (4 if seen.counting else 0))
    await pages.confirm(1, prompt, drawn)


async def numbers_without_end(pages: Pages, seen: Sight) -> None:
    await pages.confirm(0, seen.shown[0], 2**70 if seen.counting else 0)


async def a_page_that_left(pages: Pages, seen: Sight) -> None:
    """It confirms well, and is closed 5 s before the end."""
    if seen.counting and seen.shown[1] <= 5 and len(pages.lines) > 1:
        await pages.lines.pop(0).close()
    elif len(pages.lines) > 1:
        await honest(pages, seen)


async def raise_in_the_countdown(pages: Pages, seen: Sight) -> None:
    """It presses Raise all the time instead of counting down."""
    if seen.prompt is not None:
        await pages.say(0, type="touch", key="raise", prompt=seen.prompt.id)
    await pages.confirm(0, 0, 0)


LIES: list[Lie] = [
    a_wrong_digit,
    the_first_digit_always,
    the_future,
    the_next_prompt,
    the_prompt_before,
    a_few_digits_at_a_time,
    all_at_once_and_then_nothing,
    faster_than_frames,
    nothing_is_drawn,
    hidden_now_and_then,
    only_that_it_is_there,
    on_after_cancel,
    two_in_turn,
    one_right_one_wrong,
    numbers_without_end,
    a_page_that_left,
    raise_in_the_countdown,
    every_digit_at_once,
]


async def told(folder: Path, lie: Lie) -> tuple[list[str], int, set[Kind]]:
    """Return what was written to the treadmill, its incline, and what was asked, after a minute of a lie."""
    asked: set[Kind] = set()
    async with ready(folder, pages=2) as pages, asyncio.timeout(100):
        for _ in range(STEPS):
            seen = pages.sight()
            if seen.prompt is not None:
                asked.add(seen.prompt.kind)
            await lie(pages, seen)
            await pages.pass_step()
        return pages.living.writes, pages.living.link.server.treadmill.incline, asked


async def test_an_honest_page_is_believed(tmp_path: Path) -> None:
    writes, incline, asked = await told(tmp_path, honest)
    assert (writes, incline) == (["00", "030500", "030a00"], 10)
    assert {Kind.COUNTDOWN, Kind.RAISING} <= asked


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
async def test_a_lie_moves_nothing(tmp_path: Path, lie: Lie) -> None:
    writes, incline, asked = await told(tmp_path, lie)
    assert Kind.COUNTDOWN in asked
    assert (writes, incline) == ([], 0)

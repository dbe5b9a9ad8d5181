"""What stands where on a page, in millimetres, and what is wrong with it."""

from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from playwright.async_api import Page
from pydantic import TypeAdapter

from tests.pages.stage import Stage, drawn

MEASURE = (Path(__file__).parent / "measure.js").read_text(encoding="utf-8")
HAIR = 0.3
"""Rounding of the browser, mm."""

AT_ONE_METRE = 4.65
"""Capitals of 16 minutes of arc, mm."""
SMALL = {"help", "lend", "trainer", "language", "why", "not_today"}
"""Keys that are no answer, or none that matters at once."""


@dataclass(frozen=True)
class Least:
    """How large keys and their words have to be, and how far from a large key the next may be; mm."""

    key: float = 25
    words: float = 8
    apart: float = 8


FIRM, SOFT = Least(), Least(19.5, 6.2, 2)
"""For what must be answered at a run, and for a suggestion, which may as well be passed over."""


@dataclass(frozen=True)
class Part:
    """One thing with words on it; lengths in mm, contrasts as ratios of WCAG 2.2."""

    id: str
    key: bool
    text: str
    left: float
    top: float
    right: float
    bottom: float
    inside: bool
    font: float
    capital: float
    contrast: float
    edge: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def gap(self, other: "Part") -> float:
        """Return how far apart two parts are; negative when one lies on the other."""
        across = max(self.left - other.right, other.left - self.right)
        down = max(self.top - other.bottom, other.top - self.bottom)
        return max(across, down)


@dataclass(frozen=True)
class Measured:
    """A whole page."""

    mm: float
    scrolls: bool
    cut: list[str]
    parts: list[Part]
    width: float
    height: float

    def __getitem__(self, part: str) -> Part:
        return next(p for p in self.parts if p.id == part)

    @property
    def keys(self) -> list[Part]:
        return [p for p in self.parts if p.key]

    @property
    def large_keys(self) -> list[Part]:
        return [p for p in self.keys if p.id not in SMALL]


async def measure(page: Page) -> Measured:
    return TypeAdapter(Measured).validate_python(await page.evaluate(MEASURE))


async def look(page: Page, stage: Stage, **changes: Any) -> Measured:
    """Show what changes, and measure the page."""
    await drawn(page, stage.show(**changes))
    return await measure(page)


def bad(wrong: dict[str, list[str]]) -> list[str]:
    """Return each fault with the state in which it was seen."""
    return [f"{state}: {fault}" for state, found in wrong.items() for fault in found]


def faults(seen: Measured, least: Least = FIRM) -> list[str]:
    """Return what no state of the page may have: scrolling, cut words, things outside, on each other or faint."""
    return [
        *(["the page scrolls"] * seen.scrolls),
        *(f"{name} is cut" for name in seen.cut),
        *(f"{p.id} is outside" for p in seen.parts if outside(p, seen)),
        *(f"the words of {p.id} leave it" for p in seen.parts if not p.inside),
        *(f"{a.id} lies on {b.id}" for a, b in combinations(seen.parts, 2) if a.gap(b) < -HAIR),
        *(f"{p.id} has a contrast of {p.contrast:.1f}" for p in seen.parts if p.contrast < 7),
        *(f"the edge of {p.id} has a contrast of {p.edge:.1f}" for p in seen.keys if p.edge < 3),
        *(
            f"{p.id} is {p.width:.1f} x {p.height:.1f} mm"
            for p in seen.large_keys
            if min(p.width, p.height) < least.key
        ),
        *(f"the words of {p.id} are {p.font:.1f} mm" for p in seen.keys if p.font < least.words - 0.01),
        *(
            f"{a.id} and {b.id} are {a.gap(b):.1f} mm apart"
            for a, b in combinations(seen.keys, 2)
            if close(a, b, least)
        ),
    ]


def outside(part: Part, seen: Measured) -> bool:
    return part.left < 0 or part.top < 0 or part.right > seen.width + HAIR or part.bottom > seen.height + HAIR


def close(one: Part, other: Part, least: Least) -> bool:
    """Tell whether two keys, one of them large, are so close that a finger may meet the wrong one."""
    small = SMALL
    return not ({one.id, other.id} <= small) and one.gap(other) < least.apart - 0.05

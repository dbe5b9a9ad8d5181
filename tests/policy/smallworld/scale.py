"""The policy's own code with short times: every wait is a few ticks, so that all that can happen can be visited.

Only numbers of daemon.policy.rules are changed, in proportion as far as their order matters: fresh enough to command <
fresh < opening < gap, arrival < outcome, step spacing > arrival. No code is.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any, override

from daemon.policy import rules as r
from daemon.policy import switching
from daemon.policy.catalogue import PLACEMENT
from daemon.policy.rules import Mode, Rules
from daemon.policy.turn import Turn

TICK = 1_000
"""The one grain of time, in ms: readings and ticks come this far apart."""
JUMP = 2 * TICK
"""A clock that jumps, or a daemon that slept."""

CONSTANTS: dict[str, Any] = {
    "OPENING_MS": 2 * TICK,
    "FRESH_TO_COMMAND_MS": 1 * TICK,
    "FRESH_MS": 1 * TICK,
    "GAP_MS": 2 * TICK,
    "REST_SAMPLES": 2,
    "STEADY_MS": 1 * TICK,
    "ARRIVAL_MS": 2 * TICK,
    "OUTCOME_MS": 3 * TICK,
    "LEASE_MS": 1 * TICK,
    "ACCEPTED_WITHIN_MS": 2 * TICK,
    "CLOCK_GAP_MS": 1 * TICK,
    "SLOT_FREE_MS": 1 * TICK,
    "WARNINGS_MS": (3 * TICK, 2 * TICK, 1 * TICK),
    "SHORTEST_LIMIT_MS": 3 * TICK,
    "TIME_SHOWN_MS": 1 * TICK,
    "CALM_MS": 1 * TICK,
    "FLOOR_MS": 1 * TICK,
    "WAITING_MS": 2 * TICK,
    "EXTENSIONS_MS": (1 * TICK,),
    "STOP_COUNTDOWN_S": 2,
    "IDLE_MS": 1 * TICK,
    "UNEXPECTED_MS": 1 * TICK,
    "KEY_LATE_MS": 0,
    "SOON_MS": 1 * TICK,
    "MESSAGE_SPACING_MS": 1 * TICK,
    "EVEN_MS": 2 * TICK,
    "CARD_MS": 1 * TICK,
    "CARDS_AFTER_MS": 1 * TICK,
}
SWITCHING: dict[str, int] = {"SOON_MS": 0, "TEN_MIN": 2 * TICK, "TWENTY_MIN": 2 * TICK}
SHORT: dict[str, Any] = {
    "warm_up_ms": 0,
    "nudge_after_ms": 1 * TICK,
    "nudge_shown_ms": 1 * TICK,
    "nudge_spacing_ms": 2 * TICK,
    "nudges_a_session": 1,
    "decline_hold_ms": 2 * TICK,
    "countdown_ms": 2 * TICK,
    "assist_countdown_ms": 1 * TICK,
    "step_spacing_ms": 2 * TICK,
    "quiet_ms": 1 * TICK,
    "link_hold_ms": 1 * TICK,
    "max_pause_ms": 1 * TICK,
    "limit_ms": 0,
    "limit_grace_ms": 1 * TICK,
    "long_stay_ms": 0,
    "suggestions_a_session": 0,
    "items_off": frozenset(PLACEMENT),
}


@dataclass(frozen=True, eq=False)
class ShortRules(Rules):
    """Rules with times below their bounds; each object is equal to itself only, which is quick."""

    @override
    def __post_init__(self) -> None:
        pass


def short(mode: Mode, **more: Any) -> ShortRules:
    """Return rules of few ticks."""
    return ShortRules(mode=mode, **{**SHORT, **more})


@contextmanager
def short_times(more: Mapping[str, Any] | None = None) -> Iterator[None]:
    """Change the constants of the policy while it lasts."""
    said: dict[str, Any] = Turn.say.__kwdefaults__ or {}
    new = [(r, CONSTANTS | dict(more or {})), (switching, SWITCHING)]
    before = [(module, {name: getattr(module, name) for name in names}) for module, names in new]
    note = said["lasts"]
    try:
        _set(new)
        said["lasts"] = TICK
        yield
    finally:
        _set(before)
        said["lasts"] = note


def _set(values: Sequence[tuple[ModuleType, Mapping[str, Any]]]) -> None:
    for module, names in values:
        for name, value in names.items():
            setattr(module, name, value)

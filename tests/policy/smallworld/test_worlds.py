"""Every state of the small worlds is visited and every step judged; and cores broken on purpose are found out."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from daemon.policy import core, guard, incline, prompts, stopping, switching
from daemon.policy.state import Stage
from tests.policy.smallworld import claims
from tests.policy.smallworld.explore import visit
from tests.policy.smallworld.scale import short_times
from tests.policy.smallworld.worlds import LARGE, WORLDS
from tests.policy.test_broken import Break, _deal_always, _hold_once, _nothing, _rest_at_once, put, without

RAISES = {"COUNTDOWN", "RAISING", "RAISED", "RequestControl", "RaiseIncline", "raise moving", "NOT_MOVED"}
SEEN = {
    "nudge": {"NUDGE", "DECLINED", "USE_KEYS"},
    "noes": {"NUDGE", "DECLINED"},
    "help": {"NUDGE", "HELP"},
    "phases": {"NUDGE"},
    "assist": {"NUDGE", *RAISES},
    "enforce": RAISES,
    "announce": {"TIME", "LIMIT", "OVER", "LIMIT_OFF"},
    "stop": {"STOP", "STOPPING", "STOP_OFF", "StopOnce"},
    "timer": {"SetWorkoutTime", "RemakeLink"},
    "suggest": {"SUGGESTION", "TAKEN"},
    "cards": {"card"},
}
"""What must happen somewhere in each world: without it, a claim could hold because nothing ever does."""
SOON = 12
"""Ticks: opening 2, link hold 1, a nudge's spacing 2, quiet after a decline 2, and what is on the screen meanwhile."""


@pytest.fixture(autouse=True)
def _short() -> Iterator[None]:
    with short_times():
        yield


@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", sorted(WORLDS))
def test_every_state_keeps_every_claim(name: str) -> None:
    found = visit(WORLDS[name]())
    print(
        f"\n{name}: {found.states} states, {found.steps} steps, {found.seconds:.0f} s, a nudge in {found.lively.bound}"
    )
    assert found.breach is None, found.path
    assert found.closed
    assert SEEN[name] <= found.seen
    assert found.lively.bound <= SOON


@dataclass(frozen=True)
class Case:
    """A break of the core, the world in which it shows, and the claim that says so."""

    world: str
    claim: str
    breaks: Break


def _any_phase(patch: pytest.MonkeyPatch) -> None:
    for apply in (without("programme", "cool_down"), put(incline, "eligible", lambda state, at: True)):
        apply(patch)


CASES = (
    Case("noes", "inv_12", put(incline, "decline", prompts.settle)),
    Case("noes", "inv_14", put(core, "_interrupt", _hold_once)),
    Case("noes", "inv_27", without("enough", "spacing")),
    Case("nudge", "inv_28", put(core, "nudge_when_due", _nothing)),
    Case("nudge", "inv_29", put(core, "_is_news", lambda state, reading: True)),
    Case("help", "inv_30", put(core, "_help", lambda turn: turn.tell("help"))),
    Case("phases", "inv_13", _any_phase),
    Case("assist", "inv_04", lambda patch: patch.setitem(incline.STAGES, Stage.MOVING, _rest_at_once)),
    Case("assist", "inv_05", put(incline, "unbroken", lambda state, at: True)),
    Case("assist", "inv_07", without("asks")),
    Case("assist, keys", "inv_10", without("changed")),
    Case("assist", "inv_19", put(claims, "permits", lambda state, effect, at: True)),
    Case("enforce", "inv_17", put(incline, "next_step", lambda state, to: to + 1)),
    Case("noes", "inv_18", without("mode", "asks")),
    Case("stop", "stops", put(stopping, "cancel", _nothing)),
    Case("timer", "workout_times", put(guard, "standing", lambda state, at: True)),
    Case("cards", "inv_23", put(switching, "deal", _deal_always)),
)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.claim)
def test_a_broken_core_is_found(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.breaks(monkeypatch)
    found = visit((WORLDS | LARGE)[case.world](), 60_000)
    assert found.breach is not None, "the broken core passes"
    assert found.breach.startswith(case.claim), (found.breach, found.path)

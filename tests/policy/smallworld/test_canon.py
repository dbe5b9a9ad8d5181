"""The normal form is sound: a state and its normal form do the same, whatever happens and however long it goes on."""

import random
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from daemon.policy import step
from daemon.policy.events import Answered, Confirmed, Effect, Event, Extended, Happened, Lifted, Outcome, Spent
from daemon.policy.state import State
from tests.policy.smallworld import canon
from tests.policy.smallworld.canon import NOW, Canon, tables
from tests.policy.smallworld.scale import short_times
from tests.policy.smallworld.worlds import CONFIRM, FLAT, LARGE, WORLDS, World

NUMBERED = {canon.RAISE: "raising", canon.STOP: "stopping", canon.TIMING: "timing"}


@pytest.fixture(autouse=True)
def _short() -> Iterator[None]:
    with short_times():
        yield


def at_state(event: Event, state: State) -> Event:
    """Return what an event at a normal form is at the state that it stands for."""
    moved: dict[str, Any] = {"at": event.at - NOW + state.at}
    if isinstance(event, Answered | Confirmed):
        moved["prompt"] = state.prompt.id if event.prompt == canon.PROMPT and state.prompt else 0
    if isinstance(event, Outcome):
        under_way = getattr(state, NUMBERED.get(event.effect, "raising"))
        moved["effect"] = under_way.effect if event.effect in NUMBERED and under_way else 0
    if isinstance(event, Extended | Lifted):
        moved["session"] = state.session.id if state.session else "gone"
    return replace(event, **moved)


UNTOLD = ("prompt", "ms", "started", "ended", "belt", "pause", "eligible", "flat", "unknown", "gap", "distance")


def said(effects: tuple[Effect, ...]) -> list[object]:
    """Return the effects without moments, numbers and sums."""
    kept: list[object] = []
    for effect in effects:
        if isinstance(effect, Happened):
            kept.append((effect.kind, [(name, value) for name, value in effect.data if name not in UNTOLD]))
        elif not isinstance(effect, Spent):
            what = {f.name: getattr(effect, f.name) for f in fields(effect) if f.name != "id"}
            kept.append((type(effect).__name__, what))
    return kept


def differs(world: World, norm: Canon, walk: int, steps: int) -> str | None:
    """Walk at random, mostly flat; return the first event after which state and normal form part, or None."""
    chance = random.Random(walk)
    state = world.first()
    for _ in range(steps):
        short = norm(state)
        happening = list(world.happens(short))
        likely = {FLAT: 12, CONFIRM: 12, "raise": 12, "raising accepted": 12}
        weights = [likely.get(name, 0.5) for name, _ in happening]
        event = chance.choices([event for _, event in happening], weights)[0]
        state, effects = step(state, at_state(event, state))
        after, same = step(short, event)
        if vars(norm(state)) != vars(norm(after)):
            new, old = vars(norm(state)), vars(norm(after))
            return f"{event}: {[(name, new[name], old[name]) for name in new if new[name] != old[name]]}"
        if said(effects) != said(same):
            return f"{event}: {said(effects)}, {said(same)}"
    return None


@pytest.mark.parametrize("name", sorted(WORLDS | LARGE))
def test_a_state_and_its_normal_form_do_the_same(name: str) -> None:
    world = (WORLDS | LARGE)[name]()
    norm = Canon(world.rules, world.period)
    assert [wrong for walk in range(20) if (wrong := differs(world, norm, walk, 120))] == []


@pytest.mark.parametrize(
    ("field", "rule"),
    [
        ("changed_at", canon.age(0)),
        ("sample_at", canon.age(0)),
        ("equal_inclines", canon.const(1)),
    ],
)
def test_a_bound_that_is_too_small_is_found(field: str, rule: canon.Norm) -> None:
    world = LARGE["assist, keys"]()
    norm = Canon(world.rules)
    norm.replace(field, rule)
    assert any(differs(world, norm, walk, 80) for walk in range(60))


def test_every_field_has_its_rule() -> None:
    world = WORLDS["nudge"]()
    for kind, table in tables(world.rules, 1).items():
        assert is_dataclass(kind)
        assert set(table) == {f.name for f in fields(kind)}, kind

"""What is counted in `observe`, so that acceptance can be compared with what members do unasked."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.policy.events import Effect, Happened, LinkDown
from daemon.policy.rules import Mode, Rules
from tests.policy.world import World

DUE = 300_500


def told(world: World, kind: str) -> list[tuple[int, dict[str, object]]]:
    return [(at, dict(e.data)) for at, e in world.of(Happened) if e.kind == kind]


def began(world: World, kind: str, step: str) -> list[int]:
    return [at for at, data in told(world, kind) if data["step"] == step]


def outcomes(world: World) -> list[object]:
    return [data["outcome"] for _, data in told(world, "spell") if data["step"] == "ended"]


def observed() -> World:
    world = World(mode=Mode.OBSERVE)
    world.connect()
    world.pass_time(DUE)
    return world


def test_a_spell_that_nobody_ends_stayed() -> None:
    world = observed()
    world.pass_time(61_000)
    assert outcomes(world) == ["stayed"]


def test_a_member_who_raises_the_deck_unasked_ended_it() -> None:
    world = observed()
    world.pass_time(40_000)
    world.target = 10
    world.pass_time(30_000)
    assert outcomes(world) == ["ended"]


def test_half_of_the_minimum_is_still_flat() -> None:
    world = observed()
    world.target = 9
    world.pass_time(61_000)
    assert outcomes(world) == ["stayed"]


@pytest.mark.parametrize("how", ["belt", "link"])
def test_what_cannot_be_seen_to_its_end_is_no_finding(how: str) -> None:
    world = observed()
    if how == "belt":
        world.speed = 0
        world.pass_time(10_000)
    else:
        world.tell(LinkDown(world.at, "gone"))
    assert outcomes(world) == ["unseen"]


def test_nothing_is_shown_and_nothing_is_sent() -> None:
    world = observed()
    world.pass_time(900_000)
    assert {type(effect) for _, effect in world.effects} <= {Happened, *spent()}
    assert world.state.prompt is None
    assert not told(world, "nudge")


def spent() -> set[type[Effect]]:
    from daemon.policy.events import Spent

    return {Spent}


def test_other_modes_count_no_spells() -> None:
    world = World(mode=Mode.NUDGE)
    world.connect()
    world.pass_time(DUE + 60_000)
    assert not told(world, "spell")


@given(
    flat=st.lists(st.tuples(st.integers(30_000, 400_000), st.sampled_from([0, 9, 10, 30])), min_size=1, max_size=6),
    seen=st.booleans(),
)
@settings(max_examples=8)
def test_a_spell_begins_where_a_question_would_have_come(flat: list[tuple[int, int]], seen: bool) -> None:
    """The same member before the same deck, with and without questions: the moments are the same.

    Without suggestions, of which one may take the place of a third question (R3).
    """
    worlds = [
        World(rules=Rules(mode=mode, suggestions_a_session=0), screen=seen or mode is Mode.NUDGE)
        for mode in (Mode.OBSERVE, Mode.NUDGE)
    ]
    for world in worlds:
        world.connect()
        for length, deck in flat:
            world.target = deck
            world.pass_time(length)
    observed, asked = worlds
    assert began(observed, "spell", "began") == began(asked, "nudge", "offered")

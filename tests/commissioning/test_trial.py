"""The trial: a machine and staff that behave are proved; everything else ends it, and it asks once at most."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.commissioning.steps import Answered, GivenUp, Gone, Passed
from daemon.commissioning.trial import (
    ENDS,
    FAST,
    FRESH_MS,
    KEY_MS,
    SAYS,
    Agreed,
    Event,
    Stage,
    Trial,
    permits,
    step,
)
from drivers.contract import Ability, InclineRange, Key, Machine, Notice, Reading

MACHINE = Machine(0, "ftms", incline=InclineRange(0, 150, 5), abilities=frozenset({Ability.RAISE_INCLINE}))


@dataclass
class Floor:
    """A machine and the staff beside it, a reading each 250 ms; what staff do by the stage that they are told of."""

    trial: Trial = field(default_factory=Trial)
    at: int = 0
    speed: int = 0
    incline: int | None = 0
    asked: list[tuple[int, int]] = field(default_factory=list)
    answer: str | None = ""
    obeys: bool = True
    stages: list[Stage] = field(default_factory=list)

    def tell(self, event: Event) -> None:
        self.trial, target = step(self.trial, event)
        if target is not None:
            assert permits(self.trial, self.at)
            self.asked.append((self.at, target))
            if self.answer is not None:
                self.tell(Answered(self.at, self.answer))
            if self.obeys:
                self.incline = target

    def behave(self) -> None:
        """Do what the stage asks of staff."""
        match self.trial.stage:
            case Stage.AGREE:
                self.tell(Agreed(self.at))
            case Stage.BELT:
                self.speed = 200
            case Stage.PRESS if self.incline == 0:
                self.incline = 5
            case Stage.UP if self.trial.target == self.incline:
                self.incline = (self.incline or 0) + 5
            case Stage.DOWN:
                self.incline = max(0, (self.incline or 0) - 5)

    def pass_time(self, seconds: int, does: Callable[["Floor"], None] = behave) -> "Floor":
        for _ in range(seconds * 4):
            if self.trial.stage not in self.stages:
                self.stages.append(self.trial.stage)
            if self.trial.stage in ENDS:
                break
            self.at += 250
            self.tell(Reading(self.at, self.speed, self.incline))
            does(self)
        return self


def begun(**changes: object) -> Floor:
    floor = replace(Floor(), **changes)  # type: ignore[arg-type]  # the fields of Floor
    floor.tell(MACHINE)
    return floor


def test_a_machine_and_staff_that_behave_are_proved() -> None:
    floor = begun().pass_time(60)
    assert floor.stages == [stage for stage in Stage if stage is not Stage.FAILED]
    assert [target for _, target in floor.asked] == [10]
    assert all(len(SAYS[stage]) < 100 for stage in floor.stages)


def at_stage(stage: Stage, does: Callable[[Floor], None]) -> Callable[[Floor], None]:
    def both(floor: Floor) -> None:
        if floor.trial.stage is stage:
            does(floor)
        else:
            floor.behave()

    return both


def sets(**changes: object) -> Callable[[Floor], None]:
    def does(floor: Floor) -> None:
        for name, value in changes.items():
            setattr(floor, name, value)

    return does


def restless(floor: Floor) -> None:
    """Press the key again and again."""
    floor.incline = 5 if floor.at % 1000 else 10


def uneven(floor: Floor) -> None:
    """Press the key once, on a belt whose speed never rests."""
    floor.incline = 5
    floor.speed = 200 + floor.at // 1000 % 2


@pytest.mark.parametrize(
    ("stage", "does", "why"),
    [
        (Stage.BELT, sets(speed=FAST + 1), "faster than 3 km/h"),
        (Stage.BELT, lambda floor: None, "nothing happened for three minutes"),
        (Stage.PRESS, sets(speed=0), "the belt stopped"),
        (Stage.PRESS, lambda floor: None, "nothing happened for three minutes"),
        (Stage.PRESS, restless, "nothing happened for three minutes"),
        (Stage.PRESS, uneven, "within a minute of the key"),
        (Stage.PRESS, sets(incline=40), r"from 4 % there is no step of 1 % at most, up to 3 %"),
        (Stage.ARRIVE, sets(incline=15), "went further"),
        (Stage.ARRIVE, sets(speed=0), "the belt stopped"),
        (Stage.ARRIVE, lambda floor: floor.tell(Notice(floor.at, Key.SAFETY)), "the safety key was pulled"),
        (Stage.ARRIVE, lambda floor: floor.tell(Notice(floor.at, Key.CONTROL_LOST)), "took control back"),
        (Stage.ARRIVE, lambda floor: floor.tell(Gone(floor.at, "off")), "the link was lost: off"),
        (Stage.ARRIVE, lambda floor: floor.tell(MACHINE), "made anew"),
        (Stage.ARRIVE, lambda floor: floor.tell(GivenUp(floor.at)), "you ended it"),
        (Stage.UP, lambda floor: floor.tell(Reading(floor.at, None, 10)), "does not tell its speed any more"),
        (Stage.UP, sets(incline=None), "nothing happened for three minutes"),
        (Stage.ARRIVE, sets(incline=None), "the deck did not arrive"),
        (Stage.PRESS, sets(incline=None), "nothing happened for three minutes"),
        (Stage.UP, lambda floor: floor.tell(Passed(floor.at + FRESH_MS + 1)), "fell silent"),
        (Stage.DOWN, sets(speed=0), "the belt stopped"),
        (Stage.DOWN, lambda floor: None, "nothing happened for three minutes"),
    ],
)
def test_whatever_was_not_expected_ends_it(stage: Stage, does: Callable[[Floor], None], why: str) -> None:
    floor = begun().pass_time(400, at_stage(stage, does))
    assert floor.trial.stage is Stage.FAILED
    assert why in floor.trial.why
    assert len(floor.asked) <= 1


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"speed": 300}, "the belt does not stand"),
        ({"answer": "it said no"}, "it was asked, and: it said no"),
        ({"answer": None}, "the machine did not answer"),
        ({"obeys": False}, "the deck did not arrive"),
    ],
)
def test_a_machine_that_does_not_behave_is_not_proved(changes: dict[str, object], why: str) -> None:
    floor = begun(**changes).pass_time(400)
    assert (floor.trial.stage, why in floor.trial.why) == (Stage.FAILED, True), floor.trial.why


@pytest.mark.parametrize("machine", [replace(MACHINE, incline=None), replace(MACHINE, abilities=frozenset())])
def test_a_machine_that_cannot_be_raised_is_told_at_once(machine: Machine) -> None:
    trial, _ = step(Trial(), machine)
    assert "says no incline range, or not that its incline can be set" in trial.why


EVENTS = st.one_of(
    st.builds(
        Reading,
        at=st.just(0),
        speed=st.sampled_from([None, 0, 100, 200, 301]),
        incline=st.sampled_from([None, 0, 5, 10, 15, 30]),
    ),
    st.builds(Notice, at=st.just(0), key=st.sampled_from(Key), value=st.none()),
    st.just(Agreed(0)),
    st.just(Answered(0)),
    st.just(Answered(0, "no")),
    st.just(Gone(0, "off")),
    st.just(Passed(0)),
    st.just(MACHINE),
)
JUMPS = st.sampled_from([0, 250, 250, 1_000, 2_001, 61_000])


def follows(events: list[tuple[Event, int]], floor: Floor) -> Iterator[tuple[Trial, Event, Trial, int | None]]:
    """Yield each step of a trial that is taken on from wherever floor has brought it."""
    trial, at = floor.trial, floor.at
    for event, jump in events:
        at += jump
        told = replace(event, at=at)
        after, target = step(trial, told)
        yield trial, told, after, target
        trial = after


@given(st.lists(st.tuples(EVENTS, JUMPS), max_size=40), st.integers(0, 60))
def test_it_asks_once_at_most_and_only_within_a_minute_of_a_key(events: list[tuple[Event, int]], behaved: int) -> None:
    floor = begun()
    for _ in range(behaved):
        floor.pass_time(1)
    asked = [target for _, target in floor.asked]
    for before, event, after, target in follows(events, floor):
        if before.stage in ENDS:
            assert (after, target) == (before, None)
        if target is not None:
            asked.append(target)
            assert before.stage is Stage.PRESS
            assert after.key_at is not None
            assert event.at - after.key_at <= KEY_MS
            assert after.incline is not None
            assert after.incline < target <= after.incline + 10
            assert target <= 30
            assert after.first is not None
        if permits(after, event.at):
            assert after.target is not None
            assert not after.answered
    assert len(asked) <= 1

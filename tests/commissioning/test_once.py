"""The trials of a stop and of a workout time: asked for once at most, and only as staff said; all else ends them."""

from dataclasses import replace
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.commissioning.once import ARRIVE_MS, FAST, GO, SLOW, WORDS, Once, Stage
from daemon.commissioning.steps import Answered, Ending, Event, GivenUp, Gone, Passed, Typed
from daemon.policy.events import SetWorkoutTime, StopOnce
from drivers.contract import Ability, Key, Machine, Notice, Reading

MACHINE = Machine(0, "ftms", abilities=frozenset(Ability))
What = Literal["stop", "time"]


def led(what: What, *, until: Stage) -> tuple[Once, int, list[object]]:
    """Lead a trial with a machine and staff that behave to a stage; return it, the time, and what was asked for."""
    step, at, speed = Once(what), 0, 0
    asked: list[object] = []
    step, _ = step.after(MACHINE)
    for _ in range(400):
        if step.stage is until or step.ended:
            break
        at += 250
        if step.stage in (Stage.BELT, Stage.KEYS):
            speed = 200
        elif step.stage is Stage.STOP:
            speed = 0
        step, _ = step.after(Reading(at, speed))
        if step.asks is not None and at % 4_000 == 0:
            step, want = step.after(Typed(at, step.asks.words.upper()))
            if want is not None:
                assert step.permits(at)
                asked.append(want)
                step, _ = step.after(Answered(at))
                speed = 0
    return step, at, asked


@pytest.mark.parametrize(("what", "effect"), [("stop", StopOnce(2)), ("time", SetWorkoutTime(2, 1_200))])
def test_a_machine_and_staff_that_behave_are_proved(what: What, effect: object) -> None:
    step, _, asked = led(what, until=Stage.PROVED)
    assert (step.ended, asked) == (Ending.DONE, [effect]), step.says


@pytest.mark.parametrize("what", ["stop", "time"])
@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.PROVED])
@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (lambda at: Gone(at, "off"), "The link was lost: off"),
        (lambda at: GivenUp(at), "You ended this step"),
        (lambda at: Notice(at, Key.SAFETY), "safety key was pulled"),
        (lambda at: Passed(at + 11_000), "says nothing any more"),
        (lambda at: replace(MACHINE, at=at, abilities=frozenset()), "does not say that it can do this"),
    ],
)
def test_whatever_was_not_expected_ends_it(what: What, stage: Stage, happens: object, why: str) -> None:
    step, at, _ = led(what, until=stage)
    if step.stage is not stage:
        return  # this trial has no such stage
    ended, want = step.after(happens(at))  # type: ignore[operator]  # one of the functions above
    assert (ended.ended, want, why in ended.says) == (Ending.FAILED, None, True)
    assert ended.says.startswith("Not proved: ")
    assert not ended.permits(at)


@pytest.mark.parametrize(
    ("what", "stage", "events", "why"),
    [
        ("stop", Stage.BELT, [Reading(0, FAST + 1)], "faster than 3 km/h"),
        ("stop", Stage.GO, [Reading(0, 0)], "stopped by itself"),
        ("stop", Stage.GO, [Typed(0, GO), Answered(0, "it said no")], "it was asked, and: it said no"),
        ("stop", Stage.GO, [Typed(0, GO), Notice(0, Key.CONTROL_LOST)], "took control back"),
        ("time", Stage.GO, [Reading(0, SLOW)], "the belt moves"),
        ("time", Stage.GO, [Typed(0, GO), Answered(0), Reading(0, SLOW)], "the belt moves"),
    ],
)
def test_a_machine_that_does_something_else_is_not_proved(
    what: What, stage: Stage, events: list[Event], why: str
) -> None:
    step, at, _ = led(what, until=stage)
    assert step.stage is stage
    for event in events:
        at += 1
        step, _ = step.after(replace(event, at=at))
    assert (step.ended, why in step.says) == (Ending.FAILED, True), step.says


@pytest.mark.parametrize(("what", "why"), [("stop", "it did not stop, or did not answer"), ("time", "did not answer")])
def test_one_that_does_not_answer_is_not_proved(what: What, why: str) -> None:
    step, at, _ = led(what, until=Stage.GO)
    speed = step.seen.speed
    step, _ = step.after(Typed(at, GO))
    for _ in range(ARRIVE_MS // 250 + 1):
        at += 250
        step, _ = step.after(Reading(at, speed))
    assert why in step.says


EVENTS = st.one_of(
    st.builds(Reading, at=st.just(0), speed=st.sampled_from([None, 0, 100, 200, 301])),
    st.builds(Notice, at=st.just(0), key=st.sampled_from(Key), value=st.none()),
    st.sampled_from([Typed(0, WORDS), Typed(0, GO), Typed(0, "yes"), Answered(0), Answered(0, "no"), Passed(0)]),
)
JUMPS = st.sampled_from([0, 250, 250, 1_000, 3_000])


@given(
    st.sampled_from(["stop", "time"]),
    st.sampled_from(list(Stage)),
    st.lists(st.tuples(EVENTS, JUMPS), max_size=40),
)
def test_it_asks_once_at_most_after_the_words_and_on_the_belt_it_is_for(
    what: What, until: Stage, events: list[tuple[Event, int]]
) -> None:
    step, at, asked = led(what, until=until)
    for event, jump in events:
        at += jump
        before = step
        step, want = step.after(replace(event, at=at))
        if want is not None:
            asked.append(want)
            assert before.stage is Stage.GO
            assert isinstance(event, Typed)
            assert event.text == GO
        if step.permits(at):
            assert step.seen.speed is not None
            assert SLOW <= step.seen.speed <= FAST if what == "stop" else step.seen.speed == 0
    assert len(asked) <= 1

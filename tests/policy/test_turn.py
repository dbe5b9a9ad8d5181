"""A step's changes make a new state as dataclasses.replace would."""

from dataclasses import replace

import pytest

from daemon.policy import fresh_state
from daemon.policy.rules import Rules
from daemon.policy.state import Link
from daemon.policy.turn import Turn, changed

STATE = fresh_state("run", Rules(), 7)


def test_a_change_makes_a_new_state_and_leaves_the_old() -> None:
    new = changed(STATE, {"link": Link.UP, "at": 9})
    assert new == replace(STATE, link=Link.UP, at=9)
    assert (STATE.link, STATE.at) == (Link.DOWN, 7)


def test_a_field_that_there_is_not_is_a_mistake() -> None:
    with pytest.raises(TypeError, match=r"no field.*linc"):
        Turn(STATE, 8).set(linc=Link.UP)
    assert "linc" not in vars(STATE)


def test_a_change_to_what_is_so_already_makes_nothing_new() -> None:
    assert changed(STATE, {"at": 7}) is STATE

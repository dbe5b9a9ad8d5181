"""Whatever a broker hands over, the inbox answers, counts or does it, and never raises; the real rulebook behind it."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.mqtt.inbox import DESIRED, Inbox
from daemon.mqtt.telling import link_word
from daemon.mqtt.topics import Tree
from daemon.mqtt.verbs import VERBS
from daemon.overlay import LOCAL, NUMBERS
from daemon.policy.events import Happened, RulesSet
from daemon.policy.rules import Mode, Rules
from daemon.policy.state import Link
from daemon.rulebook import Rulebook
from daemon.snapshot import Phase
from tests.mqtt.world import FIRST, STORED, TREE, World, at, order

ANY: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ODD = st.sampled_from([-1, 10**18, 10**4200, -(2**63)])
VALUES = {name: st.integers(about["least"], about["most"]) for name, about in NUMBERS.items()}
MODES = st.sampled_from([None, *(mode.name.lower() for mode in Mode)])
ONE = st.sampled_from(sorted(VALUES)).flatmap(lambda name: VALUES[name].map(lambda value: {name: value}))
GOOD = st.fixed_dictionaries({}, optional={name: value for name, value in VALUES.items() if name not in LOCAL})
BAD = st.fixed_dictionaries({}, optional={name: value | ODD for name, value in VALUES.items()} | {"speed": ODD})
WANTED = st.fixed_dictionaries({}, optional={"mode": MODES, "values": ONE | GOOD | BAD})
TOPICS = st.sampled_from([STORED, f"{TREE}/settings/desired", *(f"{TREE}/cmd/{verb}" for verb in (*VERBS, "start"))])


class Machine:
    """An inbox before the real rules of a machine whose file says assist."""

    def __init__(self) -> None:
        world = World(at(1))
        self.said: list[object] = []
        self.rulebook = Rulebook(
            Rules(mode=Mode.ASSIST), None, self.said.append, self._saved, self.said.append, world.clock
        )
        self.inbox = Inbox(Tree("gym", "t07"), replace(world.ports, rulebook=self.rulebook, submit=self.said.append))

    def _saved(self, _: object) -> None:
        pass


def bytes_of(value: Any) -> bytes:
    return json.dumps(value).encode()


@given(TOPICS, st.binary() | ANY.map(bytes_of) | st.builds(lambda args: bytes_of(order("c-1", args=args)), ANY))
def test_nothing_that_comes_raises_or_reaches_the_core_but_rules(topic: str, payload: bytes) -> None:
    machine = Machine()
    machine.inbox.take(topic, payload, retained=False)
    assert all(isinstance(said, RulesSet | Happened) for said in machine.said)


@given(st.booleans(), WANTED)
def test_settings_from_the_network_stay_within_their_bounds(kept: bool, wanted: dict[str, Any]) -> None:
    machine = Machine()
    if kept:
        ack = machine.inbox.take(f"{TREE}/settings/desired", bytes_of(wanted), retained=True)
    else:
        ack = machine.inbox.take(f"{TREE}/cmd/settings", bytes_of(order("c-1", args=wanted)), retained=False)
    rules, file = machine.rulebook.rules, Rules(mode=Mode.ASSIST)
    assert rules.mode <= file.mode
    assert all(getattr(rules, name) == getattr(file, name) for name in LOCAL)
    if ack is None:
        assert machine.inbox.garbage.total() == 1
    elif ack.result == "accepted":
        given_ = wanted.get("values", {})
        assert {name: getattr(rules, name) for name in given_} == given_
        assert rules.mode.name.lower() == (wanted.get("mode") or "assist")
    else:
        assert rules == file
        assert ack.reason
        assert len(ack.reason) <= 500


@pytest.mark.parametrize("name", sorted(LOCAL))
def test_no_countdown_is_set_from_the_network(name: str) -> None:
    machine = Machine()
    most = NUMBERS[name]["most"]
    ack = machine.inbox.take(f"{TREE}/settings/desired", bytes_of({"values": {name: most}}), retained=True)
    assert ack is not None
    assert (ack.result, ack.reason) == ("rejected", f"{name}: is set at the machine only")
    assert machine.said == []


@given(st.lists(st.integers(0, 10**18 - 1), min_size=1))
def test_the_floor_s_number_is_passed_on(numbers: list[int]) -> None:
    machine = Machine()
    for number in numbers:
        assert machine.inbox.take(STORED, str(number).encode(), retained=True) is None
    assert machine.inbox.stored == numbers[-1]
    assert machine.inbox.garbage.total() == 0


def test_the_same_wish_twice_is_one_change() -> None:
    machine = Machine()
    for _ in range(3):  # as at each reconnect
        ack = machine.inbox.take(f"{TREE}/settings/desired", b'{"values": {"min_incline": 5}}', retained=True)
        assert ack is not None
        assert (ack.id, ack.result) == (DESIRED, "accepted")
        machine.inbox.remember(ack)
    assert machine.rulebook.current().rev == 2
    assert len([said for said in machine.said if isinstance(said, RulesSet)]) == 1


@pytest.mark.parametrize(
    ("link", "phase", "word"),
    [
        (Link.UP, Phase.IDLE, "online"),
        (Link.UP, Phase.RUNNING, "online"),
        (Link.UP, Phase.UNKNOWN, "stale"),
        (Link.DOWN, Phase.UNKNOWN, "offline"),
        (Link.LENT, Phase.UNKNOWN, "offline"),
    ],
)
def test_the_link_in_a_word(link: Link, phase: Phase, word: str) -> None:
    assert link_word(replace(FIRST, link=link, phase=phase)) == word

"""Commands judged without a broker: whatever comes, there is an answer, an order, or one kind of error."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.messages import Ack
from daemon.mqtt.orders import AHEAD, LARGEST, REMEMBERED, Arrived, Garbage, Memory, Order, judge
from daemon.mqtt.verbs import VERBS
from tests.mqtt.world import NOON, order

IDS = st.text(min_size=1, max_size=64)
SHAKEN: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def judged(
    payload: bytes, verb: str = "identify", now: datetime | None = NOON, *, retained: bool = False
) -> Order | Ack:
    return judge(Arrived(verb, payload, retained), now, VERBS)


@given(st.binary() | SHAKEN.map(lambda value: json.dumps(value).encode()) | st.just(b"[" * LARGEST))
def test_no_bytes_do_more_than_be_refused(payload: bytes) -> None:
    try:
        verdict = judged(payload)
    except Garbage:
        return
    assert isinstance(verdict, Ack)
    assert verdict.result == "rejected"


@given(SHAKEN, st.sampled_from(["id", "ts", "ttl_ms", "by", "args", "more"]))
def test_one_wrong_field_is_refused_or_makes_a_good_order(value: Any, name: str) -> None:
    try:
        verdict = judged(json.dumps(order("c-1", **({} if name == "id" else {name: value}))).encode())
    except Garbage:
        pytest.fail("the id could be read")
    assert isinstance(verdict, Order) or verdict.id == "c-1"


@given(IDS, st.integers(-(10**9), 10**9) | st.integers(-20_000, 20_000), st.integers(1, 86_400_000) | st.just(10_000))
def test_a_command_is_an_order_only_within_its_time(command_id: str, age_ms: int, ttl_ms: int) -> None:
    ts = NOON - timedelta(milliseconds=age_ms)
    verdict = judged(json.dumps(order(command_id, ts=ts.isoformat(), ttl_ms=ttl_ms)).encode())
    in_time = -AHEAD <= NOON - ts <= timedelta(milliseconds=ttl_ms)
    assert isinstance(verdict, Order) == in_time
    if isinstance(verdict, Ack):
        assert (verdict.result == "expired") == (ts < NOON)
        assert verdict.id == command_id


@given(IDS, st.text().filter(lambda verb: verb not in VERBS))
def test_no_verb_but_those_of_the_table(command_id: str, verb: str) -> None:
    verdict = judged(json.dumps(order(command_id)).encode(), verb)
    assert isinstance(verdict, Ack)
    assert verdict.reason == "unknown verb"


def test_a_kept_command_is_refused_even_when_all_else_is_wrong() -> None:
    verdict = judged(json.dumps(order("c-1")).encode(), "incline", None, retained=True)
    assert isinstance(verdict, Ack)
    assert verdict.reason == "retained"


def test_the_largest_command_is_taken() -> None:
    empty = len(json.dumps(order("c-1", args={"text": ""})).encode())
    payload = json.dumps(order("c-1", args={"text": "x" * (LARGEST - empty)})).encode()
    assert len(payload) == LARGEST
    assert isinstance(judged(payload), Order)
    assert isinstance(judged(payload + b" "), Ack)


def test_answers_are_remembered_in_their_order_and_not_for_ever() -> None:
    answered = Memory()
    acks = [Ack(id=str(n), verb="identify", result="accepted") for n in range(REMEMBERED + 10)]
    for ack in acks:
        answered.remember(ack)
    assert [answered.earlier(ack.id) for ack in acks] == [None] * 10 + acks[10:]

"""How often one address may call, and what is told of wrong tokens."""

import httpx
from hypothesis import given
from hypothesis import strategies as st

from api.pace import CALLS, KNOWN, SIGN_INS, Pace, Rate, caller
from api.signins import MINUTE_MS, SignIns
from daemon.policy.events import Happened
from tests.api.world import TOKEN, World, said, say

RATES = st.builds(Rate, every=st.integers(1, 10_000), burst=st.integers(1, 100))


@given(RATES, st.lists(st.integers(0, 30_000), max_size=200))
def test_no_more_than_the_burst_and_the_rate_come_through(rate: Rate, pauses: list[int]) -> None:
    pace, now, came = Pace(rate), 0, list[int]()
    for pause in pauses:
        now += pause
        if not pace.wait("a", now):
            came.append(now)
    for first, start in enumerate(came):
        for last, end in enumerate(came[first:], first):
            assert last - first + 1 <= rate.burst + (end - start) / rate.every


@given(RATES, st.integers(0, 10**9))
def test_a_calm_caller_is_never_held_up(rate: Rate, start: int) -> None:
    pace = Pace(rate)
    assert all(pace.wait("a", start + n * rate.every) == 0 for n in range(300))


@given(RATES, st.integers(1, 500))
def test_who_waits_as_told_comes_in(rate: Rate, calls: int) -> None:
    pace = Pace(rate)
    waits = [pace.wait("a", 0) for _ in range(calls)]
    assert all(wait == 0 for wait in waits[: rate.burst])
    if waits[-1]:
        assert pace.wait("a", waits[-1] - 1) > 0
        assert pace.wait("a", waits[-1]) == 0


def test_one_address_does_not_hold_up_another_and_memory_is_bounded() -> None:
    pace = Pace(CALLS)
    loud = [pace.wait("loud", 0) for _ in range(100)]
    assert loud[-1] > 0
    assert all(pace.wait(f"calm-{n}", 0) == 0 for n in range(3 * KNOWN))
    assert len(pace._due) <= KNOWN
    assert pace.wait("loud", 0) > 0  # it is not forgotten for others' sake


def test_an_ipv6_household_is_one_caller() -> None:
    assert caller("2001:db8:1:2:3:4:5:6") == caller("2001:db8:1:2::9") == "2001:db8:1:2::/64"
    assert caller("::ffff:192.0.2.1") == caller("192.0.2.1") == "192.0.2.1"
    assert caller("") == ""


async def test_too_many_requests_are_told_when_to_come_again(client: httpx.AsyncClient, world: World) -> None:
    answers = [(await client.get("/healthz")).status_code for _ in range(CALLS.burst + 3)]
    assert answers == [200] * CALLS.burst + [429] * 3
    late = await client.get("/nothing")
    assert (late.status_code, late.headers["retry-after"]) == (429, "1")
    assert late.headers["content-type"] == "application/problem+json"
    world.clock.at += 1_000
    assert [(await client.get("/healthz")).status_code for _ in range(21)] == [200] * 20 + [429]


async def test_the_screen_is_not_slowed_by_what_the_api_is_asked(
    client: httpx.AsyncClient, screen: httpx.AsyncClient, world: World
) -> None:
    answers = [(await client.get("/healthz")).status_code for _ in range(CALLS.burst + 1)]
    assert answers[-1] == 429
    for _ in range(CALLS.burst + 1):
        assert (await screen.get("/console")).status_code == 200
    async with world.socket("/console/live") as page:
        for prompt in range(300):
            await say(page, type="touch", key="cancel", prompt=prompt)
        for _ in range(300):
            await world.next_event()


async def wrong(client: httpx.AsyncClient, token: str = "wrong") -> httpx.Response:
    return await client.get("/api/v1/state", headers={"Authorization": f"Bearer {token}"})


async def test_wrong_tokens_are_slowed_down_and_told_once_a_minute(client: httpx.AsyncClient, world: World) -> None:
    answers = [(await wrong(client)).status_code for _ in range(SIGN_INS.burst + 5)]
    assert answers == [401] * SIGN_INS.burst + [429] * 5
    assert (await wrong(client)).headers["retry-after"] == "6"
    assert (await wrong(client, TOKEN)).status_code == 200  # nobody is locked out by others at the address
    assert world.told == []
    world.clock.at += MINUTE_MS
    await wrong(client)
    (told,) = world.told
    assert (told.kind, dict(told.data)) == (
        "audit",
        {"what": "sign_in_refused", "count": SIGN_INS.burst + 6, "address": "127.0.0.1", "why": "unknown"},
    )


def test_the_audit_tells_several_as_several() -> None:
    told: list[Happened] = []
    sign_ins = SignIns(told.append)
    for number in range(1000):
        sign_ins.refused(f"192.0.2.{number % 250}", "unknown" if number % 2 else "expired", 5)
    sign_ins.flush(5 + MINUTE_MS - 1)
    assert told == []
    sign_ins.flush(5 + MINUTE_MS)
    sign_ins.flush(5 + 2 * MINUTE_MS)
    data = (("what", "sign_in_refused"), ("count", 1000), ("address", "several"), ("why", "several"))
    assert told == [Happened(5 + MINUTE_MS, "audit", data)]
    sign_ins.refused("192.0.2.1", "expired", 500_000)
    sign_ins.flush(500_001, all_=True)
    assert dict(told[1].data) == {
        "what": "sign_in_refused",
        "count": 1,
        "address": "192.0.2.1",
        "why": "expired",
    }


async def test_the_live_stream_counts_as_a_call(client: httpx.AsyncClient, world: World) -> None:
    async with world.socket("/api/v1/live") as live:
        assert (await said(live))["seq"] == 1
    answers = [(await client.get("/healthz")).status_code for _ in range(CALLS.burst)]
    assert answers == [200] * (CALLS.burst - 1) + [429]

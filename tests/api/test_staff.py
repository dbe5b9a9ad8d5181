"""What staff may do over HTTP: with a token, with a reason, and never a belt."""

from dataclasses import replace

import httpx
import pytest

from daemon.policy.events import Extended, Lifted, WaitingTold
from tests.api.test_problems import check
from tests.api.test_settings import STAFF
from tests.api.world import World

BODIES = {
    "/api/v1/session/extend": {"minutes": 10, "reason": "intervals"},
    "/api/v1/session/lift": {"reason": "rehab"},
    "/api/v1/waiting": {"waiting": True},
}


@pytest.mark.parametrize("path", BODIES)
async def test_a_token_is_needed(client: httpx.AsyncClient, world: World, path: str) -> None:
    check(await client.post(path, json=BODIES[path]), 401)
    assert world.events.empty()


@pytest.mark.parametrize(("path", "kind"), list(zip(BODIES, (Extended, Lifted, WaitingTold), strict=True)))
async def test_it_reaches_the_core_and_the_audit(
    client: httpx.AsyncClient, world: World, path: str, kind: type[object]
) -> None:
    world.feed.publish(replace(world.feed.latest, session="run-1"))
    answer = await client.post(path, json=BODIES[path], headers=STAFF)
    assert answer.status_code == 204
    assert isinstance(world.events.get_nowait(), kind)
    told = dict(world.told[-1].data)
    assert (told["by"], told["role"], told["address"]) == ("alex", "staff", "127.0.0.1")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/session/extend", {"minutes": 7, "reason": "x"}),
        ("/api/v1/session/extend", {"minutes": 10, "reason": "x", "session": "gone"}),
        ("/api/v1/session/extend", {"minutes": 10}),
        ("/api/v1/session/lift", {"reason": ""}),
        ("/api/v1/waiting", {"waiting": "perhaps", "x": 1}),
    ],
)
async def test_what_makes_no_sense_is_refused(
    client: httpx.AsyncClient, world: World, path: str, body: dict[str, object]
) -> None:
    check(await client.post(path, json=body, headers=STAFF), 422)
    assert world.events.empty()

"""Health, readiness, metrics."""

import re

import httpx

from daemon.messages import Health
from daemon.policy.state import Link
from daemon.snapshot import Phase
from tests.api.world import World, say, seen

LINE = re.compile(r'^(inclined_[a-z_]+)\{((?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)+)\} (-?[0-9.e+]+)$')


async def test_a_degraded_daemon_is_alive(client: httpx.AsyncClient, world: World) -> None:
    assert (await client.get("/api/v1/health")).json() == {"status": "ok", "checks": {"machine": "ok"}}
    world.health = lambda: Health(status="degraded", checks={"mqtt": "wrong password: see password_file"})
    answer = await client.get("/api/v1/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")


async def test_it_is_ready_while_the_machine_is_reached(client: httpx.AsyncClient, world: World) -> None:
    assert (await client.get("/api/v1/ready")).json() == {"ready": True}
    world.feed.publish(seen(2, link=Link.LENT, phase=Phase.UNKNOWN))
    assert (await client.get("/api/v1/ready")).status_code == 200
    world.feed.publish(seen(3, link=Link.DOWN, phase=Phase.UNKNOWN))
    answer = await client.get("/api/v1/ready")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["detail"] == "The treadmill is not reached; /api/v1/health says more."


async def samples(client: httpx.AsyncClient) -> dict[str, float]:
    """Return each sample by its name and the labels that are its own; every line must be in the format."""
    answer = await client.get("/api/v1/metrics")
    assert (await client.get("/metrics")).text == answer.text
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    found, families = {}, set()
    for line in answer.text.splitlines():
        if line.startswith("# "):
            families.add(line.split()[2])
            continue
        matched = LINE.match(line)
        assert matched, line
        name, labels, value = matched.groups()
        assert name in families
        common = 'machine="t07",zone="by the \\"window\\""'
        assert labels.startswith(common)
        found[name + labels.removeprefix(common)] = float(value)
    return found


async def test_metrics_tell_sums_and_states(client: httpx.AsyncClient, world: World) -> None:
    async with world.socket("/console/live") as page:
        await page.send("garbage")
        await say(page, type="touch", key="cancel", prompt=1)
        await world.next_event()
    told = await samples(client)
    assert told["inclined_link_up"] == 1
    assert told["inclined_telemetry_age_seconds"] == 0.5
    assert told['inclined_check_ok,check="machine"'] == 1
    assert told['inclined_dropped_total,kind="malformed"'] == 1
    assert told["inclined_belt_seconds_total"] == 7
    assert told["inclined_flat_belt_seconds_total"] == 7
    assert told["inclined_sessions_total"] == 7
    assert told['inclined_nudges_total,outcome="declined"'] == 2
    assert told['inclined_commands_total,result="done"'] == 3


async def test_metrics_go_on_without_store_and_machine(client: httpx.AsyncClient, world: World) -> None:
    world.history.broken = "the disk is gone"
    world.heard_at = None
    world.feed.publish(seen(2, link=Link.DOWN, phase=Phase.UNKNOWN))
    world.health = lambda: Health(status="degraded", checks={"store": "the disk is gone", "mqtt": "ok"})
    assert await samples(client) == {
        "inclined_link_up": 0,
        'inclined_check_ok,check="store"': 0,
        'inclined_check_ok,check="mqtt"': 1,
    }

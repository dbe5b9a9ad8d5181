"""No address begins motion, whoever asks: only the screen's own line, with the kiosk's key and its lease, can."""

import contextlib
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from api.roles import API, CONSOLE, DEMO, WEBSOCKET
from daemon.policy.state import Kind
from daemon.tokens import Token, hashed, keep
from tests.api.house import Pages, ready
from tests.api.test_roles import BODY
from tests.api.world import MADE

PATHS = sorted({row.path.replace("*", "console.html") for row in (*API, *CONSOLE, *DEMO)})
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ROLES = ("none", "console key", "revoked", "viewer", "staff")
WORDS: tuple[dict[str, Any], ...] = (
    {"type": "touch", "key": "raise", "prompt": 0},
    {"type": "confirm", "prompt": 0, "digit": 0},
    {"type": "start"},
    {"values": {"min_incline": 5}},
    {"mode": "enforce"},
    {"cmd": "raise", "incline": 10},
    {},
)
"""Bodies and messages; `prompt` is that of the screen."""


def tokens_of(pages: Pages) -> dict[str, dict[str, str]]:
    """Return each caller's headers, and let the daemon know their tokens."""
    house = pages.living.house
    path = house.settings.store.path.with_name("tokens.toml")
    keep(path, lambda _: {role: Token(role, role, hashed(role), MADE) for role in ("viewer", "staff")})
    house.tokens._path = path
    secrets = {"console key": house.console_key, "revoked": "gone", "viewer": "viewer", "staff": "staff"}
    return {"none": {}} | {role: {"Authorization": f"Bearer {secret}"} for role, secret in secrets.items()}


def wrong(answer: httpx.Response) -> bool:
    """Tell whether it was the token that was slowed down; that helps no one."""
    return int(answer.headers["retry-after"]) > 1


async def look(pages: Pages) -> None:
    """Let a quarter of a second pass in which the screen confirms what it shows."""
    await pages.confirm(0, *pages.sight().shown)
    await pages.pass_step()


async def ask_everything(pages: Pages, port: int, headers: dict[str, str]) -> int:
    """Ask every method of every path at a port, with each body where one is read; return how many were not refused."""
    prompt = pages.sight().shown[0]
    taken = 0
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
        for path in PATHS:
            for method in METHODS:
                read = any(row.at(path) and row.method == method for row in (*API, *DEMO))
                for word in (*WORDS, BODY.get(path, {})) if read and method != "GET" else WORDS[:1]:
                    body = {**word, **({"prompt": prompt} if "prompt" in word else {})}
                    answer = await client.request(method, path, headers={"If-Match": "*", **headers}, json=body)
                    while answer.status_code == 429 and not wrong(answer):  # as fast as the API lets one ask
                        await look(pages)
                        answer = await client.request(method, path, headers={"If-Match": "*", **headers}, json=body)
                    taken += answer.status_code < 400
            if path in PATHS[::8]:
                await look(pages)
    return taken


async def talk_everywhere(pages: Pages, port: int, headers: dict[str, str], key: str) -> None:
    """Open every WebSocket at a port and say every word; key is the hello's."""
    prompt = pages.sight().shown[0]
    for row in (*API, *CONSOLE, *DEMO):
        if row.method != WEBSOCKET:
            continue
        with contextlib.suppress(InvalidStatus, ConnectionClosed):
            async with connect(
                f"ws://127.0.0.1:{port}{row.path}", additional_headers=headers, proxy=None, close_timeout=1
            ) as line:
                await line.send(json.dumps({"type": "hello", "key": key}))
                for word in WORDS:
                    await line.send(json.dumps({**word, **({"prompt": prompt} if "prompt" in word else {})}))
                await (await line.ping())
        await look(pages)  # a machine that says nothing for 10 s is taken for lost


@pytest.mark.parametrize("role", ROLES)
async def test_nobody_begins_motion_from_outside(tmp_path: Path, role: str) -> None:
    """The question with Raise stands on the screen, which holds the lease: one touch of it would raise."""
    async with ready(tmp_path, mode="assist") as pages:
        headers = tokens_of(pages)[role]
        while not (prompt := pages.sight().prompt) or not prompt.can_raise:
            await look(pages)
        api = pages.living.house.settings.api.port
        key = headers.get("Authorization", "").removeprefix("Bearer ") if role != "console key" else "guessed"
        taken = 0
        for port in (pages.port, api):
            await talk_everywhere(pages, port, headers, key)
            taken += await ask_everything(pages, port, headers)
        assert taken > 10  # it was asked in earnest
        now = pages.sight().prompt
        assert now is not None
        # All the while one touch would have done; staff gave more time on the way, which the screen says in its place.
        assert now.id == prompt.id or (role == "staff" and now.kind in {Kind.EXTENDED, Kind.LIFTED})
        for _ in range(120):
            await look(pages)
        assert pages.living.writes == []
        assert pages.living.results() == []


async def test_the_screen_with_key_and_lease_does(tmp_path: Path) -> None:
    async with ready(tmp_path, mode="assist") as pages:
        for _ in range(240):
            seen = pages.sight()
            if seen.prompt is not None and seen.prompt.kind is Kind.NUDGE and seen.prompt.can_raise:
                await pages.say(0, type="touch", key="raise", prompt=seen.prompt.id)
            await pages.confirm(0, *seen.shown)
            await pages.pass_step()
        assert pages.living.writes == ["00", "030500", "030a00"]


async def test_the_key_without_the_lease_does_not(tmp_path: Path) -> None:
    """A second page knows the key as well; the one that the member sees holds the lease and says nothing of Raise."""
    async with ready(tmp_path, pages=2, mode="assist") as pages:
        for _ in range(240):
            seen = pages.sight()
            await pages.confirm(0, 0, 0)
            await pages.confirm(1, *seen.shown)
            if seen.prompt is not None:
                await pages.say(1, type="touch", key="raise", prompt=seen.prompt.id)
            await pages.pass_step()
        assert pages.living.writes == []

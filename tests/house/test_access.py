"""Tokens, audit and health of a whole daemon, over its real sockets."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.signins import MINUTE_MS
from daemon.messages import Health
from daemon.settings import load, parse
from daemon.tokens import Token, TokenBook, hashed, keep
from daemon.web import is_loopback, reading_open
from tests.house.fixtures import Lived, free_port, lived, table

MADE = datetime(2026, 1, 1, tzinfo=UTC)
CHANGE = {"values": {"min_incline": 5}}


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}", "If-Match": "*"}


def audits(living: Lived) -> list[dict[str, Any]]:
    return [dict(told.data) for told in living.told if told.kind == "audit"]


@pytest.fixture
def port() -> int:
    return free_port()


async def test_a_token_works_and_ends_without_a_restart_and_all_of_it_is_told(tmp_path: Path, port: int) -> None:
    path = tmp_path / "tokens.toml"
    async with lived(tmp_path, port=port) as living:
        living.house.tokens._path = path
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
            assert (await client.patch("/api/v1/settings", headers=bearer("s"), json=CHANGE)).status_code == 401
            keep(path, lambda _: {"alex": Token("alex", "staff", hashed("s"), MADE)})
            assert (await client.patch("/api/v1/settings", headers=bearer("s"), json=CHANGE)).status_code == 200
            keep(path, lambda _: {})
            assert (await client.patch("/api/v1/settings", headers=bearer("s"), json=CHANGE)).status_code == 401
        living.clock.at += MINUTE_MS
        living.house.sign_ins.flush(living.clock.now())
        changed = {"by": "alex", "role": "staff", "address": "127.0.0.1", "min_incline": 5, "min_incline_was": 10}
        assert audits(living) == [
            {"what": "token_added", "by": "this computer", "name": "alex", "role": "staff"},
            {"what": "settings", "rev": 2, **changed},
            {"what": "token_revoked", "by": "this computer", "name": "alex", "role": "staff"},
            {"what": "sign_in_refused", "count": 2, "address": "127.0.0.1", "why": "unknown"},
        ]
        assert await living.house.store.committed()
        assert [event.kind for event in living.house.outbox.after(0, 99)].count("audit") == 4


async def test_a_damaged_file_is_told_in_the_health(tmp_path: Path, port: int) -> None:
    path = tmp_path / "tokens.toml"
    path.write_text("[alex")
    async with lived(tmp_path, port=port) as living:
        living.house.tokens = TokenBook(path, living.clock.wall)
        assert "put back a good copy" in living.house.health().checks["tokens"]
        path.unlink()
        await living.house.tokens.look()
        assert living.house.health().checks["tokens"] == "ok"


async def test_the_state_and_the_health_name_the_same_fault(tmp_path: Path, port: int) -> None:
    async with lived(tmp_path, port=port) as living:
        living.house.runner.fault = "The treadmill went away; trying again."
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
            state = (await client.get("/api/v1/state")).json()
            health = Health.model_validate_json((await client.get("/api/v1/health")).content)
        assert state["fault"] == health.checks["treadmill"] == "The treadmill went away; trying again."


async def test_wrong_tokens_are_told_at_the_end_too(tmp_path: Path, port: int) -> None:
    async with lived(tmp_path, port=port) as living:
        living.house.sign_ins.refused("192.0.2.1", "expired", living.clock.now())
    assert audits(living)[-1]["what"] == "sign_in_refused"


@pytest.mark.parametrize(
    ("api", "open_"),
    [
        ({}, True),
        ({"host": "127.0.0.1"}, True),
        ({"host": "::1"}, True),
        ({"host": "localhost"}, True),
        ({"host": "0.0.0.0"}, False),
        ({"host": "::"}, False),
        ({"host": "192.0.2.7"}, False),
        ({"host": "t07.gym.example"}, False),
        ({"host": "127.0.0.1", "hosts": ["t07.gym.example"]}, False),  # another program brings strangers here
    ],
)
def test_reading_is_open_on_this_computer_only(tmp_path: Path, api: dict[str, Any], open_: bool) -> None:
    assert reading_open(parse({**table(tmp_path), "api": api}, "test")) is open_


def test_what_is_loopback() -> None:
    assert is_loopback("127.9.9.9")
    assert not is_loopback("localhost.evil.example")


def test_the_tokens_stand_beside_the_configuration(checkout: Path, tmp_path: Path) -> None:
    config = tmp_path / "inclined.toml"
    config.write_text((checkout / "deploy/inclined.example.toml").read_text(encoding="utf-8"))
    assert load(config).tokens == tmp_path / "tokens.toml"


async def test_a_token_that_ends_ends(tmp_path: Path) -> None:
    path = tmp_path / "tokens.toml"
    soon = Token("a", "viewer", hashed("s"), MADE, MADE + timedelta(hours=1))
    keep(path, lambda _: {"a": soon, "b": replace(soon, name="b", hash=hashed("t"), expires=None)})
    now = MADE
    book = TokenBook(path, lambda: now)
    assert isinstance(await book.find("s"), Token)
    now += timedelta(hours=1)
    assert not isinstance(await book.find("s"), Token)
    assert isinstance(await book.find("t"), Token)

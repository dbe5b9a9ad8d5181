"""Who changed which setting, when and why: from the change at the API to the journal on the disk and back."""

from pathlib import Path

import httpx

from daemon.tokens import Token, hashed, keep
from tests.api.world import MADE
from tests.house.fixtures import free_port, lived


async def test_a_change_is_told_with_who_when_and_why(tmp_path: Path) -> None:
    port = free_port()
    async with lived(tmp_path, port=port, mode="assist") as living:
        house = living.house
        house.tokens._path = tmp_path / "tokens.toml"
        keep(house.tokens._path, lambda _: {"alex": Token("alex", "staff", hashed("s"), MADE)})
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=20) as client:
            staff = {"Authorization": "Bearer s", "If-Match": "*"}
            for wish in (
                {"values": {"min_incline": 5}, "reason": "try it"},
                {"mode": "nudge"},
                {"values": {"min_incline": 5}},  # as it is: no change, no entry
            ):
                assert (await client.patch("/settings", json=wish, headers=staff)).status_code == 200
            house.rulebook.demote("two decks were lowered")
            assert house.store.flush()
            told = (await client.get("/settings/history")).json()
            page = (await client.get("/settings/history", params={"limit": 1, "before": 3})).json()
    assert [(t["rev"], t["by"], t["role"], t["why"]) for t in told] == [
        (4, "inclined", None, "two decks were lowered"),
        (3, "alex", "staff", None),
        (2, "alex", "staff", "try it"),
    ]
    assert told[2]["changes"] == [{"name": "min_incline", "before": 10, "after": 5}]
    assert all(t["ts"] for t in told)
    assert page == told[2:]

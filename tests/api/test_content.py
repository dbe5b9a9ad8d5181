"""What the screen says, for programs and for whoever asks: with its disclaimer, in each language."""

import httpx
import pytest

from api.content import placement_of
from daemon.content import LANGUAGES, words
from daemon.policy.catalogue import OFF_BELT, PLACEMENT
from tests.api.world import TOKEN

SIGNED = {"Authorization": f"Bearer {TOKEN}"}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_content_of_each_language(client: httpx.AsyncClient, language: str) -> None:
    told = (await client.get("/api/v1/content", params={"language": language}, headers=SIGNED)).json()
    assert told["language"] == language
    assert told["disclaimer"] == words(language).disclaimer
    assert {item["id"]: item["placement"] for item in told["items"]} == dict(PLACEMENT)
    titles = {item["id"]: item["title"] for item in told["items"]}
    assert titles["mod.row"] == words(language).texts["mod.row"][0].headline
    assert told["texts"]["raise_incline"][0][0] == words(language).texts["raise_incline"][0].headline
    assert set(told["languages"]) == set(LANGUAGES)


async def test_what_nobody_speaks_is_the_sites_own_and_nonsense_is_refused(client: httpx.AsyncClient) -> None:
    told = await client.get("/api/v1/content", params={"language": "xx"}, headers=SIGNED)
    assert told.json()["language"] == "en"
    wrong = await client.get("/api/v1/content", params={"language": "../en"}, headers=SIGNED)
    assert (wrong.status_code, wrong.headers["content-type"]) == (422, "application/problem+json")


def test_a_clubs_own_item_never_shows_on_a_moving_belt() -> None:
    assert placement_of("club.stairs") == OFF_BELT
    assert placement_of("mod.intervals") == PLACEMENT["mod.intervals"] != OFF_BELT


async def test_about_says_what_it_is_not_in_every_language(client: httpx.AsyncClient) -> None:
    told = await client.get("/about")
    assert told.headers["content-type"].startswith("text/plain")
    assert all(words(language).disclaimer in told.text for language in LANGUAGES)
    assert "contested" in told.text

"""Who may set this computer up, on real sockets: the screen's key, or one device with the code; nobody else."""

from pathlib import Path

import httpx
import pytest

from api.app import create_app
from api.screen import create_console
from daemon.commands.check import no_driver
from daemon.firstrun.code import LIFE_MS
from daemon.firstrun.look import look
from daemon.firstrun.near import Nearby
from tests.api.world import World as House
from tests.firstrun.world import CODE, GOOD, KEY, World, with_answers

ANSWERS = {"answers": dict(GOOD)}
ACTS = [
    ("GET", "/setup/questions", None),
    ("GET", "/setup/treadmills", None),
    ("POST", "/setup/draft", ANSWERS),
    ("POST", "/setup/write", ANSWERS),
]
AT_SCREEN = [("POST", "/setup/another", None), ("DELETE", "/setup/another", None)]
WRONG = [None, "x", KEY + "x", KEY[:-1], "ä", CODE]


@pytest.mark.parametrize("secret", WRONG)
@pytest.mark.parametrize("screen", [True, False])
async def test_a_stranger_may_do_nothing(world: World, secret: str | None, *, screen: bool) -> None:
    world.pairing.ask()
    headers = {} if secret is None else {b"Authorization": b"Bearer " + secret.encode("latin-1")}
    async with world.client(None, screen=screen) as client:
        for method, path, body in ACTS + AT_SCREEN * screen:
            answer = await client.request(method, path, json=body, headers=headers)
            assert (answer.status_code, path) == (401, path)
    assert not world.file.exists()
    assert world.pairing.digits == CODE


@pytest.mark.parametrize("secret", [None, KEY])
async def test_a_device_elsewhere_learns_nothing_and_the_screens_key_is_none_there(
    world: World, secret: str | None
) -> None:
    world.file.write_text("mistaken", encoding="utf-8")
    world.pairing.ask()
    async with world.client(secret, screen=False) as client:
        told = (await client.get("/setup/state")).json()
        assert (told["signed_in"], told["mistakes"], told["file"], told["another"]["code"]) == (False, [], "", None)
        assert CODE not in str(told)
        assert (await client.get("/setup/questions")).status_code == 401
        for method, path, _ in AT_SCREEN:
            assert (await client.request(method, path)).status_code in {404, 405}


async def test_the_code_is_shown_to_the_screens_own_page_only(world: World) -> None:
    async with world.served() as url, httpx.AsyncClient(base_url=url) as client:
        key = {"Authorization": f"Bearer {KEY}"}
        assert (await client.post("/setup/another", headers=key)).status_code == 204
        assert (await client.get("/setup/state", headers=key)).json()["another"]["code"] == CODE
        stranger = (await client.get("/setup/state")).json()
        assert (stranger["signed_in"], stranger["another"]["code"]) == (False, None)
        assert (await client.post("/setup/code", json={"code": CODE})).status_code == 404
        assert (await client.delete("/setup/another", headers=key)).status_code == 204
        assert (await client.get("/setup/state", headers=key)).json()["another"]["door"] == "closed"


async def test_a_computer_in_no_network_lets_nobody_in(world: World) -> None:
    world.addresses = ()
    async with world.client() as client:
        answer = await client.post("/setup/another")
        assert (answer.status_code, "in no network yet" in answer.json()["detail"]) == (409, True)
    assert world.pairing.door is None


async def test_another_device_sets_up_with_the_code(world: World) -> None:
    async with world.client(None, screen=False) as client:
        assert (await client.post("/setup/code", json={"code": CODE})).status_code == 403
        world.pairing.ask()
        assert (await client.post("/setup/code", json={"code": "999999"})).status_code == 403
        secret = (await client.post("/setup/code", json={"code": "042 137"})).json()["secret"]
        client.headers["Authorization"] = f"Bearer {secret}"
        assert (await client.get("/setup/state")).json()["signed_in"] is True
        assert (await client.post("/setup/code", json={"code": CODE})).status_code == 403
        assert (await client.post("/setup/write", json=ANSWERS)).status_code == 204
    assert look(world.file, no_driver).settings is not None


async def test_five_tries_a_code_and_half_an_hour(world: World) -> None:
    async with world.client(None, screen=False) as client:
        world.pairing.ask()
        for _ in range(5):
            assert (await client.post("/setup/code", json={"code": "000000"})).status_code == 403
        late = await client.post("/setup/code", json={"code": CODE})
        assert (late.status_code, "Too many wrong codes" in late.json()["detail"]) == (403, True)
        world.pairing.ask()
        secret = (await client.post("/setup/code", json={"code": CODE})).json()["secret"]
        world.clock.at += LIFE_MS
        client.headers["Authorization"] = f"Bearer {secret}"
        assert (await client.post("/setup/write", json=ANSWERS)).status_code == 401
    assert not world.file.exists()


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("192.0.2.7:8080", 200),
        ("t07.local:8080", 200),
        ("T07:8080", 200),
        ("evil.example:8080", 421),
        ("192.0.2.7.nip.io", 421),
        ("t07.local.", 421),
    ],
)
async def test_elsewhere_knows_this_computer_by_its_own_names(world: World, host: str, status: int) -> None:
    async with world.client(None, screen=False) as client:
        assert (await client.get("/setup", headers={"Host": host})).status_code == status


@pytest.mark.parametrize("screen", [True, False])
async def test_a_page_of_another_site_may_not_call(world: World, *, screen: bool) -> None:
    async with world.client(screen=screen) as client:
        answer = await client.post("/setup/write", json=ANSWERS, headers={"Origin": "http://evil.example"})
        assert answer.status_code == 403
        rebound = await client.get("/setup/state", headers={"Host": "evil.example"})
        assert rebound.status_code == 421
    assert not world.file.exists()


async def test_both_apps_have_the_pages_headers(world: World) -> None:
    for screen, page in ((True, "/console"), (False, "/setup")):
        async with world.client(None, screen=screen) as client:
            answer = await client.get(page)
            assert answer.status_code == 200
            assert "script-src 'self'" in answer.headers["content-security-policy"]
            assert "<script type" in answer.text


async def test_the_screen_is_not_at_the_other_address_nor_the_other_way_round(world: World) -> None:
    async with world.client(screen=False) as client:
        assert (await client.get("/console")).status_code == 404
    async with world.client() as client:
        assert (await client.get("/setup")).status_code == 404


async def test_once_set_up_no_address_of_it_is_there(tmp_path: Path) -> None:
    desk = House(tmp_path).desk()
    for app in (create_app(desk), create_console(desk)):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            for method, path, body in [*ACTS, *AT_SCREEN, ("GET", "/setup", None), ("GET", "/setup/state", None)]:
                assert (await client.request(method, path, json=body)).status_code == 404
            assert (await client.post("/setup/code", json={"code": CODE})).status_code == 404


async def test_a_draft_writes_nothing_and_is_what_is_written(world: World) -> None:
    async with world.client() as client:
        draft = (await client.post("/setup/draft", json=ANSWERS)).json()
        assert not world.file.exists()
        assert (await client.post("/setup/write", json=ANSWERS)).status_code == 204
    assert world.file.read_text(encoding="utf-8") == draft["text"]
    assert 'name = "Treadmill 7"' in draft["text"]


@pytest.mark.parametrize(
    "answers",
    [
        {},
        with_answers(machine__mode="enforce"),
        with_answers(machine__driver="replay:/etc/passwd"),
        with_answers(policy__min_incline="0"),
        with_answers(machine__name="n" * 5000),
    ],
)
async def test_wrong_answers_are_not_written(world: World, answers: dict[str, str]) -> None:
    async with world.client() as client:
        assert (await client.post("/setup/draft", json={"answers": answers})).json()["text"] is None
        refused = await client.post("/setup/write", json={"answers": answers})
        assert (refused.status_code, bool(refused.json()["errors"])) == (422, True)
    assert not world.file.exists()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"answers": 3}', b'{"answers": {"a": 1}}', b'{"x": 1}', b"\xff"])
async def test_what_makes_no_sense_is_refused(world: World, body: bytes) -> None:
    async with world.client() as client:
        answer = await client.post("/setup/write", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in {400, 422}
    assert not world.file.exists()


async def test_a_disk_that_is_full_is_told(world: World) -> None:
    world.refuses = OSError(28, "No space left on device")
    async with world.client() as client:
        answer = await client.post("/setup/write", json=ANSWERS)
    assert answer.status_code == 503
    assert "cannot be written: No space left on device" in answer.json()["detail"]


async def test_a_computer_without_bluetooth_says_why(world: World) -> None:
    world.nearby = Nearby((), "no Bluetooth adapter")
    async with world.client() as client:
        assert (await client.get("/setup/treadmills")).json() == {"found": [], "fault": "no Bluetooth adapter"}

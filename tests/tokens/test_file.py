"""tokens.toml: round trips, damage, two writers, and what of it the daemon sees."""

import multiprocessing
import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.tokens import Refused, Token, TokenBook, Tokens, TokensDamaged, hashed, keep, read
from daemon.tokens.audit import turned
from daemon.tokens.file import parse, text

MADE = datetime(2026, 3, 1, 10, tzinfo=UTC)
WHEN = st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001, the zone is beside it
NAMES = st.from_regex(r"[a-z0-9-]{1,32}", fullmatch=True)
TOKENS = st.dictionaries(
    NAMES,
    st.builds(
        Token,
        name=st.just(""),
        role=st.sampled_from(["viewer", "staff", "of-later"]),
        hash=st.binary(min_size=32, max_size=32).map(bytes.hex),
        created=WHEN,
        expires=st.none() | WHEN,
    ),
)


def named(tokens: Tokens) -> Tokens:
    return {name: Token(name, one.role, one.hash, one.created, one.expires) for name, one in tokens.items()}


def token(name: str, secret: str = "secret", role: str = "staff", expires: datetime | None = None) -> Token:
    return Token(name, role, hashed(secret), MADE, expires)


@given(TOKENS.map(named))
def test_what_is_written_is_read(tokens: Tokens) -> None:
    assert parse(text(tokens).encode()) == tokens


@given(st.binary(max_size=200))
def test_garbage_is_damage_and_nothing_else(content: bytes) -> None:
    with suppress(TokensDamaged):
        assert parse(content) == {}  # chance makes no hash


GOOD = text({"alex": token("alex")})
DAMAGED = {
    "cut": GOOD[: len(GOOD) // 2],
    "binary": "\x00\x01",
    "a hash that is none": GOOD.replace('hash = "', 'hash = "x'),
    "a role that is none": GOOD.replace('"staff"', '"Staff Only"'),
    "a role that is a number": GOOD.replace('"staff"', "1"),
    "no role": GOOD.replace('role = "staff"', ""),
    "a key of a newer version": GOOD + 'only = "settings"\n',
    "a date without zone": GOOD.replace("+00:00", ""),
    "an end that is text": GOOD + 'expires = "tomorrow"\n',
    "a name twice": GOOD + GOOD,
    "a name that is none": GOOD.replace("[alex]", '["Alex B"]'),
    "no table": "alex = 3\n",
    "nested": "a = " + "[" * 5000,
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_file_is_told_with_its_place(tmp_path: Path, content: str) -> None:
    path = tmp_path / "tokens.toml"
    path.write_text(content)
    with pytest.raises(TokensDamaged) as told:
        read(path)
    assert str(told.value).startswith(f"{path}: ")
    assert "put back a good copy" in str(told.value)
    with pytest.raises(TokensDamaged):
        keep(path, lambda tokens: {**tokens, "new": token("new")})
    assert path.read_text() == content  # a damaged file is not written over


def test_a_file_that_everyone_may_write_is_nobodys(tmp_path: Path) -> None:
    path = tmp_path / "tokens.toml"
    path.write_text(GOOD)
    path.chmod(0o642)
    with pytest.raises(TokensDamaged, match="written by everyone"):
        read(path)


def test_it_is_its_folders_groups_to_read(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        os.chown(tmp_path, -1, 4321)
    keep(tmp_path / "tokens.toml", lambda tokens: {**tokens, "alex": token("alex")})
    seen = (tmp_path / "tokens.toml").stat()
    assert (seen.st_mode & 0o7777, seen.st_gid) == (0o640, tmp_path.stat().st_gid)
    assert [each.name for each in tmp_path.iterdir()] == ["tokens.toml"]


def _add(path: Path, number: int, together: Barrier) -> None:
    together.wait(60)
    for each in range(40):
        name = f"t-{number}-{each}"
        keep(path, lambda tokens, name=name: {**tokens, name: token(name)})  # type: ignore[misc]  # bound here


def test_two_writers_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "tokens.toml"
    spawn = multiprocessing.get_context("spawn")
    together = spawn.Barrier(2)
    writers = [spawn.Process(target=_add, args=(path, number, together)) for number in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert len(read(path)) == 80


def test_a_change_that_fails_leaves_the_file(tmp_path: Path) -> None:
    path = tmp_path / "tokens.toml"
    path.write_text(GOOD)

    def fail(tokens: Tokens) -> Tokens:
        raise KeyError(len(tokens))

    with pytest.raises(KeyError):
        keep(path, fail)
    assert path.read_text() == GOOD


async def test_the_daemon_sees_each_change_at_once(tmp_path: Path) -> None:
    path = tmp_path / "tokens.toml"
    heard: list[tuple[Tokens, Tokens]] = []
    book = TokenBook(path, lambda: MADE, lambda *both: heard.append(both))
    assert isinstance(await book.find("secret"), Refused)
    keep(path, lambda tokens: {**tokens, "alex": token("alex")})
    found = await book.find("secret")
    assert isinstance(found, Token)
    assert found.name == "alex"
    keep(path, lambda _: {})
    assert isinstance(await book.find("secret"), Refused)
    assert [(set(before), set(after)) for before, after in heard] == [(set(), {"alex"}), ({"alex"}, set())]


async def test_a_damaged_file_refuses_everybody_until_it_is_mended(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "tokens.toml"
    path.write_text(GOOD)
    book = TokenBook(path, lambda: MADE)
    assert book.fault is None
    path.write_text(GOOD[:-30])
    for _ in range(3):
        refused = await book.find("secret")
        assert isinstance(refused, Refused)
        assert refused.why == "damaged"
    assert book.fault is not None
    assert str(path) in book.fault
    assert len(caplog.records) == 1
    path.write_text(GOOD)
    assert isinstance(await book.find("secret"), Token)
    assert book.fault is None


async def test_a_file_that_cannot_be_read_refuses_everybody(tmp_path: Path) -> None:
    path = tmp_path / "tokens.toml"
    path.mkdir()
    book = TokenBook(path, lambda: MADE)
    assert book.fault is not None
    assert "cannot be read" in book.fault
    assert isinstance(await book.find("secret"), Refused)


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (MADE - timedelta(days=1), None),
        (MADE + timedelta(days=1, seconds=-1), None),
        (MADE + timedelta(days=1), "expired"),
        (MADE + timedelta(days=900), "expired"),
        (None, "clock"),
    ],
)
async def test_a_token_ends(tmp_path: Path, now: datetime | None, why: str | None) -> None:
    keep(tmp_path / "tokens.toml", lambda _: {"a": token("a", expires=MADE + timedelta(days=1)), "b": token("b", "b")})
    book = TokenBook(tmp_path / "tokens.toml", lambda: now)
    found = await book.find("secret")
    assert (found.why if isinstance(found, Refused) else None) == why
    assert isinstance(await book.find("b"), Token)


@pytest.mark.parametrize("secret", ["", "Secret", "secret ", "secre", hashed("secret"), "\udcff"])
async def test_only_the_token_itself_is_known(tmp_path: Path, secret: str) -> None:
    keep(tmp_path / "tokens.toml", lambda _: {"a": token("a")})
    assert isinstance(await TokenBook(tmp_path / "tokens.toml", lambda: MADE).find(secret), Refused)


def test_what_came_and_went_is_told_without_the_token() -> None:
    before, after = {"a": token("a"), "b": token("b")}, {"b": token("b", "other"), "c": token("c", role="viewer")}
    told = [dict(happened.data) for happened in turned(7, before, after)]
    assert [(one["what"], one["name"], one["role"]) for one in told] == [
        ("token_revoked", "a", "staff"),
        ("token_revoked", "b", "staff"),
        ("token_added", "b", "staff"),
        ("token_added", "c", "viewer"),
    ]
    assert hashed("secret") not in str(told)

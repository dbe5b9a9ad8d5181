"""`inclined token`, as it is typed."""

import re
from pathlib import Path

import pytest

from daemon.main import main
from daemon.tokens import hashed, read


@pytest.fixture
def config(tmp_path: Path) -> str:
    return str(tmp_path / "inclined.toml")


def typed(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int | str | None, str, str]:
    """Return exit status, output and complaint of `inclined token WORDS`."""
    try:
        status: int | str | None = main(["token", *words])
    except SystemExit as ended:
        status = ended.code
    said = capsys.readouterr()
    return status, said.out, said.err


def test_a_token_is_shown_once_and_only_its_hash_is_kept(
    config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets = []
    for name in ("grafana", "alex"):
        status, out, err = typed(capsys, "add", name, "--role", "viewer", "--config", config)
        assert (status, err) == (0, "")
        shown = re.match(r"token: (\S{43})\n", out)
        assert shown is not None
        secrets.append(shown[1])
    content = (tmp_path / "tokens.toml").read_text()
    assert secrets[0] != secrets[1]
    assert not any(secret in content for secret in secrets)
    assert [token.hash for token in read(tmp_path / "tokens.toml").values()] == [hashed(secret) for secret in secrets]


def test_list_and_revoke(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "There are no tokens" in typed(capsys, "list", "--config", config)[1]
    typed(capsys, "add", "alex", "--role", "staff", "--days", "30", "--config", config)
    typed(capsys, "add", "grafana", "--role", "viewer", "--config", config)
    _, out, _ = typed(capsys, "list", "--config", config)
    first, second = out.splitlines()
    assert re.fullmatch(r"alex +staff +made [\d-]+ +until [\d-]+ [\d:]+ UTC", first)
    assert re.fullmatch(r"grafana +viewer +made [\d-]+ +until it is revoked", second)
    status, out, _ = typed(capsys, "revoke", "alex", "--config", config)
    assert (status, out) == (0, "alex is revoked: its token counts no more.\n")
    assert "alex" not in typed(capsys, "list", "--config", config)[1]


WRONG: list[tuple[list[str], str]] = [
    ([], "the following arguments are required: VERB"),
    (["make"], "invalid choice: 'make'"),
    (["add", "alex"], "the following arguments are required: --role"),
    (["add", "--role", "staff"], "the following arguments are required: NAME"),
    (["add", "alex", "--role", "owner"], "invalid choice: 'owner'"),
    (["add", "Alex B", "--role", "staff"], "'Alex B' is no name: small letters, digits and -, at most 32"),
    (["add", "x" * 33, "--role", "staff"], "is no name"),
    (["add", "alex", "--role", "staff", "--days", "0"], "'0' is no number of days from 1 to 3650"),
    (["add", "alex", "--role", "staff", "--days", "-3"], "--days"),
    (["add", "alex", "--role", "staff", "--days", "9" * 5000], "is no number of days"),
    (["add", "alex", "--role", "staff", "--days", "soon"], "'soon' is no number of days"),
    (["revoke", "alex"], "there is no token alex here; see inclined token list"),
]


@pytest.mark.parametrize(
    ("words", "complaint"), WRONG, ids=lambda one: " ".join(one)[:40] if isinstance(one, list) else ""
)
def test_a_wrong_word_is_told_in_one_line(
    config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], complaint: str
) -> None:
    status, out, err = typed(capsys, *words, *(["--config", config] if len(words) > 1 else []))
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert complaint in err
    assert not (tmp_path / "tokens.toml").exists() or read(tmp_path / "tokens.toml") == {}


def test_a_name_that_is_taken_stays_its_holders(
    config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(capsys, "add", "alex", "--role", "viewer", "--config", config)
    before = read(tmp_path / "tokens.toml")
    status, out, err = typed(capsys, "add", "alex", "--role", "staff", "--config", config)
    assert (status, out) == (2, "")
    assert "there is a token alex already; revoke it first" in err
    assert read(tmp_path / "tokens.toml") == before


def test_a_damaged_file_is_told_and_left(config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "tokens.toml").write_text("[alex")
    for words in (["list"], ["revoke", "alex"], ["add", "b", "--role", "staff"]):
        status, out, err = typed(capsys, *words, "--config", config)
        assert (status, out, err.count("\n")) == (1, "", 1)
        assert "is not TOML" in err
    assert (tmp_path / "tokens.toml").read_text() == "[alex"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = str(tmp_path / "nowhere" / "inclined.toml")
    status, out, err = typed(capsys, "add", "alex", "--role", "staff", "--config", config)
    assert (status, out, err) == (1, "", f"inclined: {tmp_path}/nowhere: No such file or directory\n")

"""`inclined check`, and the page of settings."""

import argparse
import subprocess
import sys
from pathlib import Path

import pytest

from daemon.commands import check
from daemon.store import Store
from tests.settings.test_load import BAD, MACHINE, ROOT
from tests.store.world import HandClock


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    subparsers = parser.add_subparsers()
    check.add(subparsers)
    args = parser.parse_args(words)
    return check.run(args)


def written(tmp_path: Path, text: str) -> str:
    path = tmp_path / "inclined.toml"
    path.write_text(f'{text}\n[store]\npath = "{tmp_path}/inclined.db"\n')
    return str(path)


def test_check_shows_each_value_with_its_source(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", written(tmp_path, MACHINE + "[policy]\nmin_incline = 0.5")) == 0
    lines = capsys.readouterr().out.splitlines()
    for line in ('mode = "assist"  # file', 'language = "en"  # default', "# no [mqtt]", "port = 8081  # default"):
        assert line in lines
    assert "min_incline = 0.5  # file; %, the belt counts as flat below this incline" in lines
    assert any(line.startswith("warm_up = 180  # default; s, ") for line in lines)


def test_check_shows_what_the_network_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = Store.open(tmp_path / "inclined.db", HandClock(), "t07")
    store.note("settings", {"rev": 2, "mode": "nudge", "values": {"warm_up_ms": 60_000}})
    assert store.flush()
    assert run("check", written(tmp_path, MACHINE)) == 0  # also while the daemon runs
    store.close()
    out = capsys.readouterr().out
    assert 'mode = "nudge"  # machine\n' in out
    assert "warm_up = 60  # machine; s" in out


def test_check_goes_on_when_the_store_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, MACHINE)
    (tmp_path / "inclined.db").write_bytes(b"no database" * 1000)
    assert run("check", file) == 0
    said = capsys.readouterr()
    assert said.err.endswith("file is not a database; changes made over the network are not shown\n")
    assert 'mode = "assist"' in said.out


def test_check_tells_every_mistake_and_returns_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, BAD)
    assert run("check", file) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 31
    assert all(line.startswith(f"{file}: [") for line in said.err.splitlines())


BROKER = '[mqtt]\nhost = "{host}"\nusername = "t07"\npassword_file = "/p"\n{tls}'
TLS = 'tls = {{ ca = "/ca.pem" }}\n'


@pytest.mark.parametrize(
    ("host", "tls", "warned"),
    [
        ("broker.gym.example", "", True),
        ("192.168.1.7", "", True),
        ("localhost.gym.example", "", True),
        ("broker.gym.example", TLS.format(), False),
        ("127.0.0.1", "", False),
        ("::1", "", False),
        ("localhost", "", False),
    ],
)
def test_check_warns_of_a_password_in_the_open(
    host: str, tls: str, warned: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check", written(tmp_path, MACHINE + BROKER.format(host=host, tls=tls))) == 0
    said = capsys.readouterr().err
    assert len(said.splitlines()) == warned
    assert (f"[mqtt] tls: warning: without it the password goes to {host}" in said) == warned


def test_check_of_no_file_returns_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", str(tmp_path / "x")) == 1
    assert (
        capsys.readouterr().err == f"{tmp_path}/x: No such file or directory; name another file: inclined check FILE\n"
    )


def test_check_of_the_example(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", str(ROOT / "deploy" / "inclined.example.toml")) == 0
    assert 'tls = { ca = "/etc/inclined/ca.pem" }  # file' in capsys.readouterr().out


def test_the_page_of_settings_is_what_the_code_says() -> None:
    command = [sys.executable, "docs/settings.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "more",
    [
        "incline_range = { least = -3.0, most = 15.0, step = 0.5 }\nincline_map = [[0, 0], [5.0, 4.5], [12, 15]]\n",
        "",
        BROKER.format(host="127.0.0.1", tls=TLS.format()),
        '[api]\nhosts = ["gym.example"]\n',
        '[nearby.machines]\n"C0:FF:EE:00:00:21" = { machine = "r01", kind = "rower" }\n',
    ],
)
def test_what_check_prints_is_a_configuration(tmp_path: Path, capsys: pytest.CaptureFixture[str], more: str) -> None:
    """It says the same again, but for where each value comes from."""
    assert run("check", written(tmp_path, MACHINE + more)) == 0
    first = capsys.readouterr().out
    again = tmp_path / "again.toml"
    again.write_text(first)
    assert run("check", str(again)) == 0
    assert [line.partition("  #")[0] for line in capsys.readouterr().out.splitlines()] == [
        line.partition("  #")[0] for line in first.splitlines()
    ]

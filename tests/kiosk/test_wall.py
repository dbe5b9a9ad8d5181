"""The wall of nftables, tried as the screen's user: in a network of the test's own, with servers that would answer."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = os.geteuid() == 0
APART = ("unshare", *(() if ROOT else ("--user", "--map-root-user", "--map-auto")), "--net")
SCREEN, OTHER = 4321, 4322
"""Users: numbers are enough."""
TRIES = (
    "127.0.0.1 8081",
    "127.0.0.1 8080",
    "127.0.0.2 8081",
    "::1 8081",
    "10.9.8.7 8081",
    "udp 127.0.0.1 53",
    "udp ::1 53",
)
"""Addresses at which a server of the test answers; 10.9.8.7 stands for the gym's network."""
SCRIPT = """
set -eu
ip link set lo up
ip address add 10.9.8.7/24 dev lo
ip -6 address show dev lo | grep -q ::1
{wall}
"$1" "$2"
"""
TRY = r"""
import json, os, socket, sys

def place(word):
    parts = word.split()
    kind = socket.SOCK_DGRAM if parts[0] == "udp" else socket.SOCK_STREAM
    host, port = parts[-2:]
    return socket.AF_INET6 if ":" in host else socket.AF_INET, kind, (host, int(port))

servers = []
for word in TRIES:
    family, kind, address = place(word)
    server = socket.socket(family, kind)
    server.bind(address)
    if kind == socket.SOCK_STREAM:
        server.listen()
    servers.append(server)

def reached(word):
    family, kind, address = place(word)
    with socket.socket(family, kind) as client:
        client.settimeout(2)
        try:
            client.connect(address)
            client.send(b"?")
            if kind == socket.SOCK_DGRAM:
                server = servers[TRIES.index(word)]
                server.settimeout(0.3)
                server.recv(1)
            return True
        except OSError:
            return False

said = {}
for user in USERS:
    out, into = os.pipe()
    if os.fork() == 0:
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
        os.write(into, json.dumps([word for word in TRIES if reached(word)]).encode())
        os._exit(0)
    os.close(into)
    said[user] = json.loads(os.fdopen(out).read())
    os.wait()
print(json.dumps(said))
"""


def tried(tmp_path: Path, wall: str) -> tuple[list[str], list[str]]:
    """Return what the screen's user and another one reach behind a wall, a script's lines."""
    program = tmp_path / "try.py"
    program.write_text(f"TRIES = {TRIES!r}\nUSERS = {(SCREEN, OTHER)!r}\n{TRY}", encoding="utf-8")
    script = SCRIPT.format(wall=wall)
    command = [*APART, "sh", "-c", script, "sh", sys.executable, str(program)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    return said[str(SCREEN)], said[str(OTHER)]


@pytest.fixture
def table(checkout: Path, tmp_path: Path) -> Path:
    """The shipped table, for a user who has no name here."""
    text = (checkout / "deploy/kiosk/inclined.nft").read_text(encoding="utf-8")
    assert text.count('"inclined-kiosk"') == 1
    file = tmp_path / "inclined.nft"
    file.write_text(text.replace('"inclined-kiosk"', str(SCREEN)), encoding="utf-8")
    return file


def test_without_the_wall_everything_is_reached(tmp_path: Path) -> None:
    assert tried(tmp_path, "") == (list(TRIES), list(TRIES))


def test_the_screens_user_reaches_the_page_and_nothing_else(tmp_path: Path, table: Path) -> None:
    assert tried(tmp_path, f"nft -f {table}") == (["127.0.0.1 8081"], list(TRIES))


def test_it_can_be_loaded_again_and_leaves_the_gyms_own_rules(tmp_path: Path, table: Path) -> None:
    others = "nft add table inet gym; nft add chain inet gym out '{ type filter hook output priority 0; }'"
    others += "; nft add rule inet gym out udp dport 53 drop"
    wall = f"{others}; nft -f {table}; nft -f {table}; nft list table inet gym | grep -q 'dport 53 drop'"
    tcp = [word for word in TRIES if "udp" not in word]
    assert tried(tmp_path, wall) == (["127.0.0.1 8081"], tcp)


def test_a_table_for_nobody_is_refused(checkout: Path) -> None:
    """On a computer without that user the table does not load, so the screen does not start."""
    file = checkout / "deploy/kiosk/inclined.nft"
    ran = subprocess.run([*APART, "nft", "-f", str(file)], capture_output=True, text=True, check=False)
    assert ran.returncode != 0
    assert "inclined-kiosk" in ran.stderr

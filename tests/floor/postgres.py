"""A real PostgreSQL of the tests' own: made by initdb in a temporary folder, run by a user who is not root."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.mqtt.mosquitto import free_port

FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
USER = "nobody"


def as_user(*command: object) -> list[str]:
    """Return command as whom PostgreSQL accepts: it refuses root."""
    words = [str(word) for word in command]
    if os.geteuid():
        return words
    found = pwd.getpwnam(USER)
    return ["setpriv", f"--reuid={found.pw_uid}", f"--regid={found.pw_gid}", "--clear-groups", *words]


@contextmanager
def postgres() -> Iterator[str]:
    """Yield the address of a running server, without a database's name."""
    assert FOLDERS, "no PostgreSQL below /usr/lib/postgresql; install what tests/system-packages.txt names"
    bin_, port = FOLDERS[-1], free_port()
    folder = Path(tempfile.mkdtemp(prefix="inclined-pg-"))
    if not os.geteuid():
        found = pwd.getpwnam(USER)
        os.chown(folder, found.pw_uid, found.pw_gid)
    data = folder / "data"
    quick = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
    control = bin_ / "pg_ctl"
    try:
        made = ("-D", data, "-U", "tests", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        subprocess.run(as_user(bin_ / "initdb", *made), check=True, capture_output=True, cwd=folder)
        start = as_user(control, "-D", data, "-o", quick, "-l", folder / "log", "-w", "start")
        subprocess.run(start, check=True, cwd=folder, stdout=subprocess.DEVNULL)
        yield f"postgresql://tests@127.0.0.1:{port}"
    finally:
        stop = as_user(control, "-D", data, "-m", "immediate", "-w", "stop")
        subprocess.run(stop, check=False, capture_output=True, cwd=folder)
        shutil.rmtree(folder)


def new_database(address: str, name: str) -> str:
    """Make an empty database and return its address."""
    with psycopg.connect(f"{address}/postgres", autocommit=True) as db:
        db.execute(f'CREATE DATABASE "{name}"'.encode())
    return f"{address}/{name}"

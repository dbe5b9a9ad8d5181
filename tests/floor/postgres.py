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


class Postgres:
    """One server in a folder of its own; it can be stopped and started again on its port."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bin = FOLDERS[-1]
        self._port = free_port()
        self.address = f"postgresql://tests@127.0.0.1:{self._port}"
        """Without a database's name."""

    def make(self) -> None:
        """Make the cluster."""
        made = ("-D", self._data, "-U", "tests", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        subprocess.run(as_user(self._bin / "initdb", *made), check=True, capture_output=True, cwd=self._folder)

    def start(self) -> None:
        """Start it and wait until it answers."""
        quick = f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        self._control("-o", quick, "-l", self._folder / "log", "-w", "start")

    def stop(self) -> None:
        """End it at once, as a power cut does."""
        self._control("-m", "immediate", "-w", "stop")

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _control(self, *words: object) -> None:
        command = as_user(self._bin / "pg_ctl", "-D", self._data, *words)
        subprocess.run(command, check=False, cwd=self._folder, stdout=subprocess.DEVNULL)


@contextmanager
def server() -> Iterator[Postgres]:
    """Yield a running server."""
    assert FOLDERS, "no PostgreSQL below /usr/lib/postgresql; install what tests/system-packages.txt names"
    folder = Path(tempfile.mkdtemp(prefix="inclined-pg-"))
    if not os.geteuid():
        found = pwd.getpwnam(USER)
        os.chown(folder, found.pw_uid, found.pw_gid)
    one = Postgres(folder)
    try:
        one.make()
        one.start()
        yield one
    finally:
        one.stop()
        shutil.rmtree(folder)


def new_database(address: str, name: str) -> str:
    """Make an empty schema, which to its user is a database of its own and costs a hundredth; return its address."""
    with psycopg.connect(f"{address}/postgres", autocommit=True) as db:
        db.execute(f'CREATE SCHEMA "{name}"'.encode())
    return f"{address}/postgres?options=-csearch_path%3D{name}"

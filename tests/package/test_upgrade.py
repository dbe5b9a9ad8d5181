"""An upgrade keeps what it replaces, and one command puts it back."""

import re
from pathlib import Path

import pytest

from deploy.makedeb.recipe import Recipe
from tests.package.conftest import CHIP
from tests.package.shelf import LATER
from tests.package.trixie import Fresh, Machine

DB = "/var/lib/inclined/inclined.db"
OPEN = "from pathlib import Path; from daemon.store.opening import open_database; db = open_database(Path('{db}')); "
WRITER = (
    OPEN
    + "db.execute(\"INSERT OR REPLACE INTO note VALUES ('from', 'today')\"); print('open', flush=True); "
    + "import sys; sys.stdin.read()"
)
UNKNOWN_KEY = '[machine]\\nsite = "gym"\\n[later]\\nkey = 1\\n'  # as printf reads it


def python(machine: Machine, code: str) -> str:
    """Run code of the installed version as the daemon's user."""
    user = ["setpriv", "--reuid=inclined", "--regid=inclined", "--init-groups"]
    return machine.says(*user, "/usr/lib/inclined/bin/python3", "-IB", "-c", code.format(db=DB))


def version(machine: Machine) -> str:
    return machine.says("dpkg-query", "-W", "-f=${Version}", "inclined")


def schema(machine: Machine, file: str = DB) -> int:
    opened = f"sqlite3.connect('file:{file}?mode=ro', uri=True)"
    code = f"import sqlite3; print({opened}.execute('PRAGMA user_version').fetchone()[0])"
    return int(machine.says("python3", "-c", code))


def kept(machine: Machine, pattern: str) -> list[str]:
    return machine.sh(f"cd /var/backups/inclined; ls -d {pattern} 2>/dev/null || true").split()


@pytest.fixture(scope="module")
def noted(shelf: Fresh, installed: Machine) -> Machine:
    """Today's version, and a note in its database."""
    made = shelf("noted", installed)
    python(made, OPEN + "db.execute(\"INSERT INTO note VALUES ('from', 'today')\")")
    return made


@pytest.fixture
def machine(fresh: Fresh, noted: Machine) -> Machine:
    """A machine with today's version, for one test."""
    return fresh("machine", noted)


@pytest.fixture(scope="module")
def replaced(shelf: Fresh, noted: Machine, later: Path) -> Machine:
    """The same after an upgrade whose daemon has not begun yet; for tests that look, or take a copy."""
    made = shelf("replaced", noted)
    made.sh("echo '# mine' >/etc/inclined/inclined.toml")
    made.says("dpkg", "--install", made.put(later))
    return made


@pytest.fixture(scope="module")
def brought_up(shelf: Fresh, replaced: Machine) -> Machine:
    """The same, and its daemon has brought the database up to date."""
    made = shelf("brought-up", replaced)
    python(made, OPEN + "db.execute(\"INSERT INTO note VALUES ('by', 'later')\")")
    return made


@pytest.fixture
def upgraded(fresh: Fresh, brought_up: Machine) -> Machine:
    """An upgraded machine, for one test."""
    return fresh("upgraded", brought_up)


def test_an_upgrade_keeps_version_database_and_configuration(noted: Machine, replaced: Machine, recipe: Recipe) -> None:
    (database,), (configuration,) = kept(replaced, "inclined.db.*"), kept(replaced, "inclined.toml.*")
    assert re.fullmatch(rf"inclined\.db\.{recipe.version}\.\d{{8}}T\d{{6}}Z", database)
    assert schema(replaced, f"/var/backups/inclined/{database}") == schema(noted)
    assert replaced.says("cat", f"/var/backups/inclined/{configuration}") == "# mine\n"
    assert kept(replaced, "*.deb") == [f"inclined_{recipe.version}_{CHIP}.deb"]
    assert set(replaced.sh("cd /var/backups/inclined; stat -c '%U %a' *").splitlines()) == {"root 600"}
    assert kept(replaced, ".[!.]*") == []


def test_the_database_is_copied_whole_while_a_daemon_writes(machine: Machine, later: Path) -> None:
    code = WRITER.format(db=DB)
    place = machine.put(later)
    machine.sh(f"""
        mkfifo /srv/stop
        setpriv --reuid inclined --regid inclined --init-groups \\
            /usr/lib/inclined/bin/python3 -IB -c "$(cat <<'END'
{code}
END
)" </srv/stop >/srv/said &
        exec 9>/srv/stop
        while ! grep -q open /srv/said; do sleep 0.05; done
        test -s {DB}-wal
        dpkg --install {place}
        exec 9>&-
        wait
    """)
    (copy,) = kept(machine, "inclined.db.*")
    code = (
        f"import sqlite3; db = sqlite3.connect('file:/var/backups/inclined/{copy}?mode=ro', uri=True); "
        "print(db.execute('PRAGMA integrity_check').fetchone()[0], db.execute('SELECT text FROM note').fetchone()[0])"
    )
    assert machine.says("python3", "-c", code) == "ok today\n"


def test_what_is_wrong_is_told_and_holds_nothing_up(machine: Machine, later: Path) -> None:
    """A configuration with mistakes, a database that is none, and a version that is damaged, all at once."""
    machine.sh(f"""
        printf '{UNKNOWN_KEY}' >/etc/inclined/inclined.toml
        rm -f {DB}-wal {DB}-shm; head -c 50000 /dev/urandom >{DB}
        echo >>/usr/lib/inclined/lib/python3.13/site-packages/daemon/house.py
    """)
    ran = machine.ran("dpkg", "--install", machine.put(later))
    assert ran.returncode == 0
    assert "[machine] mode: is missing" in ran.stderr
    assert "[later] is unknown" in ran.stderr
    assert "inclined: the database is not kept for a way back: file is not a database" in ran.stderr
    assert "daemon/house.py is not as it was installed" in ran.stderr
    assert [name.split(".")[1] for name in kept(machine, "*")] == ["toml"]
    assert version(machine) == LATER


def test_one_command_puts_back_the_version_and_its_database(upgraded: Machine, recipe: Recipe) -> None:
    said = upgraded.ran("inclined-rollback", typed="y\n")
    assert said.returncode == 0, said.stderr
    assert "today's is kept as" in said.stdout
    assert version(upgraded) == upgraded.says("inclined", "--version").strip() == recipe.version
    rows = python(upgraded, OPEN + "print(db.execute('SELECT name, text FROM note').fetchall())")
    assert rows == "[('from', 'today')]\n"
    assert upgraded.says("stat", "-c", "%U %a", DB) == "inclined 600\n"
    (aside,) = upgraded.sh(f"ls {DB}.of-*").split()
    assert schema(upgraded, aside) > schema(upgraded)
    leads_forward_again(upgraded, recipe)


def leads_forward_again(machine: Machine, recipe: Recipe) -> None:
    """Typed once more, the command leads to the later version, whole."""
    machine.says("inclined-rollback", "--yes")
    assert version(machine) == LATER
    assert kept(machine, "*.deb") == sorted(f"inclined_{v}_{CHIP}.deb" for v in (recipe.version, LATER))
    assert machine.says("dpkg", "--verify", "inclined") == ""


def test_accounts_that_the_older_version_can_read_stay(fresh: Fresh, replaced: Machine, recipe: Recipe) -> None:
    machine = fresh("unchanged", replaced)
    said = machine.says("inclined-rollback", "--yes")
    assert "The accounts stay as they are." in said
    assert version(machine) == recipe.version
    assert machine.sh(f"ls {DB}.of-* 2>/dev/null || true") == ""


def test_without_a_yes_nothing_is_done(upgraded: Machine) -> None:
    for typed in ("n\n", "\n", "", "what?\n"):
        said = upgraded.ran("inclined-rollback", typed=typed)
        assert (said.returncode, said.stderr) == (1, "inclined: nothing was changed\n")
        assert version(upgraded) == LATER


def test_with_nothing_to_go_back_to_it_says_so(machine: Machine) -> None:
    said = machine.ran("inclined-rollback", "--yes")
    assert (said.returncode, said.stderr.count("\n")) == (1, 1)
    assert "holds no other version" in said.stderr
    assert machine.ran("setpriv", "--reuid=inclined", "inclined-rollback").stderr.startswith("inclined: only root may")


def test_three_copies_are_kept(machine: Machine) -> None:
    for minute in range(5):
        machine.sh(
            f"touch -d 2026-01-01T00:0{minute} /var/backups/inclined/inclined.db.0.0.{minute}.20260101T000{minute}00Z"
        )
    machine.says("/usr/lib/inclined/bin/python3", "-IB", "-m", "daemon.upkeep", "keep")
    names = kept(machine, "inclined.db.*")
    assert len(names) == 3
    assert names[:2] == ["inclined.db.0.0.3.20260101T000300Z", "inclined.db.0.0.4.20260101T000400Z"]


def test_an_older_daemon_leaves_a_newer_database_alone(upgraded: Machine, packages: dict[str, Path]) -> None:
    """As after `dpkg --install` of the older version by hand."""
    upgraded.says("dpkg", "--install", upgraded.put(packages[CHIP]))
    before = upgraded.says("sha256sum", DB)
    script = OPEN.format(db=DB).replace("'", '"')
    said = upgraded.ran("/usr/lib/inclined/bin/python3", "-IB", "-c", script)
    assert "install the newer version, or move the file away" in said.stderr
    assert upgraded.says("sha256sum", DB) == before
    assert upgraded.sh("ls /var/lib/inclined").split() == ["inclined.db"]

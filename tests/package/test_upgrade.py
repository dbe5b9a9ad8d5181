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
UNKNOWN_KEY = '[machine]\nsite = "gym"\n[later]\nkey = 1\n'


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
def brought_up(shelf: Fresh, noted: Machine, later: Path) -> Machine:
    """The same after an upgrade whose daemon has brought the database up to date."""
    made = shelf("brought-up", noted)
    made.says("dpkg", "--install", made.put(later))
    python(made, OPEN + "db.execute(\"INSERT INTO note VALUES ('by', 'later')\")")
    return made


@pytest.fixture
def upgraded(fresh: Fresh, brought_up: Machine) -> Machine:
    """An upgraded machine, for one test."""
    return fresh("upgraded", brought_up)


def test_an_upgrade_keeps_version_database_and_configuration(machine: Machine, later: Path, recipe: Recipe) -> None:
    machine.sh("echo '# mine' >/etc/inclined/inclined.toml")
    before = schema(machine)
    machine.says("dpkg", "--install", machine.put(later))
    (database,), (configuration,) = kept(machine, "inclined.db.*"), kept(machine, "inclined.toml.*")
    assert re.fullmatch(rf"inclined\.db\.{recipe.version}\.\d{{8}}T\d{{6}}Z", database)
    assert schema(machine, f"/var/backups/inclined/{database}") == before
    assert machine.says("cat", f"/var/backups/inclined/{configuration}") == "# mine\n"
    assert kept(machine, "*.deb") == [f"inclined_{recipe.version}_{CHIP}.deb"]
    assert set(machine.sh("cd /var/backups/inclined; stat -c '%U %a' *").splitlines()) == {"root 600"}
    assert kept(machine, ".[!.]*") == []


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


def test_a_configuration_with_mistakes_is_told_and_holds_nothing_up(machine: Machine, later: Path) -> None:
    machine.sh(f"cat >/etc/inclined/inclined.toml <<'END'\n{UNKNOWN_KEY}END\n")
    ran = machine.ran("dpkg", "--install", machine.put(later))
    assert ran.returncode == 0
    assert "[machine] mode: is missing" in ran.stderr
    assert "[later] is unknown" in ran.stderr
    assert version(machine) == LATER


def test_a_database_that_cannot_be_copied_is_told_and_holds_nothing_up(machine: Machine, later: Path) -> None:
    machine.sh(f"rm -f {DB}-wal {DB}-shm; head -c 50000 /dev/urandom >{DB}")
    ran = machine.ran("dpkg", "--install", machine.put(later))
    assert ran.returncode == 0
    assert "inclined: the database is not kept for a way back: file is not a database" in ran.stderr
    assert kept(machine, "*.deb") != []
    assert version(machine) == LATER


def test_a_damaged_version_is_not_kept(machine: Machine, later: Path) -> None:
    machine.sh("echo >>/usr/lib/inclined/lib/python3.13/site-packages/daemon/house.py")
    ran = machine.ran("dpkg", "--install", machine.put(later))
    assert ran.returncode == 0
    assert "daemon/house.py is not as it was installed" in ran.stderr
    assert kept(machine, "*.deb") == []


def test_one_command_puts_back_the_version_and_its_database(upgraded: Machine, recipe: Recipe) -> None:
    assert schema(upgraded) > schema(upgraded, f"/var/backups/inclined/{kept(upgraded, 'inclined.db.*')[0]}")
    said = upgraded.ran("inclined-rollback", typed="y\n")
    assert said.returncode == 0, said.stderr
    assert "today's is kept as" in said.stdout
    assert version(upgraded) == recipe.version
    assert (
        python(upgraded, OPEN + "print(db.execute('SELECT name, text FROM note').fetchall())")
        == "[('from', 'today')]\n"
    )
    assert upgraded.says("stat", "-c", "%U %a", DB) == "inclined 600\n"
    (aside,) = upgraded.sh(f"ls {DB}.of-*").split()
    assert schema(upgraded, aside) > schema(upgraded)
    assert upgraded.says("inclined", "--version").strip() == recipe.version


def test_once_more_leads_forward_again(upgraded: Machine, recipe: Recipe) -> None:
    upgraded.says("inclined-rollback", "--yes")
    assert version(upgraded) == recipe.version
    upgraded.says("inclined-rollback", "--yes")
    assert version(upgraded) == LATER
    assert kept(upgraded, "*.deb") == sorted(f"inclined_{v}_{CHIP}.deb" for v in (recipe.version, LATER))
    assert upgraded.says("dpkg", "--verify", "inclined") == ""


def test_accounts_that_the_older_version_can_read_stay(machine: Machine, later: Path, recipe: Recipe) -> None:
    machine.says("dpkg", "--install", machine.put(later))
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

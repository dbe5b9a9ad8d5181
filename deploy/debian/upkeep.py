"""Keeps what an upgrade replaces, and puts it back: `keep` is called before each upgrade, `rollback` by a person.

It runs on Debian's own Python and needs nothing of the version that it keeps or removes. Everything goes to
/var/backups/inclined: the version itself, packed from its installed files, because neither dpkg nor apt keeps a package
file that was given to it by name.
"""

import argparse
import os
import shutil
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

CONFIGURATION = Path("/etc/inclined/inclined.toml")
DATABASE = Path("/var/lib/inclined/inclined.db")
KEPT = Path("/var/backups/inclined")
COPIES = 3  # of the database, and of the configuration
VERSIONS = 2  # packages: the one before, and after going back the one left
LEFT_OUT = ("Status:", "Conffiles:", "Config-Version:")
"""What dpkg adds to a package's own control file."""


class Failed(Exception):
    """Something could not be done: what, and what follows."""


def said(*command: str) -> str:
    """Return what a command prints. Failed with its last line."""
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise Failed(f"{command[0]}: {(ran.stderr.strip().splitlines() or ['failed'])[-1]}")
    return ran.stdout


def installed() -> str:
    """Return the version that is installed."""
    return said("dpkg-query", "--show", "--showformat=${Version}", "inclined")


def database() -> Path:
    """Return where the database is; a configuration that cannot be read names none."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        return Path(tomllib.loads(CONFIGURATION.read_text(encoding="utf-8"))["store"]["path"])
    return DATABASE


def keep() -> int:
    """Keep database, configuration and version; return 1 when one of them could not be, after telling which and why."""
    KEPT.mkdir(mode=0o700, parents=True, exist_ok=True)
    version = installed()
    label = f"{version}.{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    done = [
        attempt("the database", lambda: copy_database(database(), KEPT / f"inclined.db.{label}")),
        attempt("the configuration", lambda: copy_configuration(KEPT / f"inclined.toml.{label}")),
        attempt(f"version {version}", lambda: pack(version)),
    ]
    prune("inclined.db.*", COPIES)
    prune("inclined.toml.*", COPIES)
    prune("inclined_*.deb", VERSIONS)
    return 0 if all(done) else 1


def attempt(what: str, step: Callable[[], None]) -> bool:
    """Take one step; tell why it failed, and that the rest goes on."""
    try:
        step()
    except (Failed, OSError, sqlite3.Error) as error:
        print(f"inclined: {what} is not kept for a way back: {error}", file=sys.stderr)
        return False
    return True


def copy_database(source: Path, target: Path) -> None:
    """Copy the database as it is at one moment, also while a daemon writes to it; a file so copied is whole."""
    if not source.exists():
        return
    fresh = target.with_name(f".{target.name}")
    fresh.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True, timeout=10)) as db:
            db.execute("VACUUM INTO ?", (str(fresh),))
        settled(fresh, target)
    finally:
        fresh.unlink(missing_ok=True)


def copy_configuration(target: Path) -> None:
    """Copy the configuration, where there is one."""
    if CONFIGURATION.exists():
        fresh = target.with_name(f".{target.name}")
        shutil.copyfile(CONFIGURATION, fresh)
        settled(fresh, target)


def settled(fresh: Path, target: Path) -> None:
    """Give a file that is written its name once it is on the disk; nobody but root reads it."""
    fresh.chmod(0o600)
    with fresh.open("rb+") as file:
        os.fsync(file.fileno())
    fresh.replace(target)


def pack(version: str) -> None:
    """Pack the installed files into a package of their own. Failed when one of them is damaged."""
    if damaged := [line[-1] for line in verified() if "5" in line[0] and "c" not in line[1:-1]]:
        raise Failed(f"{', '.join(damaged)} is not as it was installed")
    with TemporaryDirectory(dir=KEPT, prefix=".pack-") as folder:
        root = Path(folder) / "root"
        copy_files(root)
        about = root / "DEBIAN"
        about.mkdir()
        about.chmod(0o755)  # whatever the umask is
        for name in said("dpkg-query", "--control-list", "inclined").split():
            shutil.copy(said("dpkg-query", "--control-path", "inclined", name).strip(), about / name)
        (about / "control").write_text(control(), encoding="utf-8")
        fresh = Path(folder) / "kept.deb"
        said("dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", str(root), str(fresh))  # a Pi is slow
        settled(fresh, KEPT / f"inclined_{version}_{said('dpkg', '--print-architecture').strip()}.deb")


def verified() -> list[list[str]]:
    """Return what dpkg finds changed, as words: what of it, perhaps c for a configuration file, its name."""
    ran = subprocess.run(["dpkg", "--verify", "inclined"], capture_output=True, text=True, check=False)
    return [line.split() for line in ran.stdout.splitlines()]


def copy_files(root: Path) -> None:
    """Link or copy the installed files into root; what the administrator left out of all packages stays out."""
    root.mkdir()
    root.chmod(0o755)
    for path in map(Path, said("dpkg-query", "--listfiles", "inclined").splitlines()):
        target = root / path.relative_to("/")
        if path.is_dir() and not path.is_symlink():
            target.mkdir(exist_ok=True)
            target.chmod(0o755)
        elif os.path.lexists(path):
            link_or_copy(path, target)


def link_or_copy(path: Path, target: Path) -> None:
    """Make target the same file, or a copy on another disk."""
    try:
        os.link(path, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(path, target, follow_symlinks=False)


def control() -> str:
    """Return the package's control file, as dpkg still has it."""
    kept, skipping = [], False
    for line in said("dpkg-query", "--status", "inclined").splitlines(keepends=True):
        skipping = line.startswith(LEFT_OUT) or (skipping and line.startswith(" "))
        if not skipping:
            kept.append(line)
    return "".join(kept)


def newest_first(pattern: str) -> list[Path]:
    """Return the kept files of one kind."""
    return sorted(KEPT.glob(pattern), key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)


def prune(pattern: str, count: int) -> None:
    """Remove all but the newest of one kind."""
    for old in newest_first(pattern)[count:]:
        old.unlink()


def schema(path: Path) -> int | None:
    """Return the number of the database's form, which grows; None when it cannot be read."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10)) as db:
            return int(db.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.Error:
        return None


def rollback(*, sure: bool) -> int:
    """Put back the version before this one, and its database where the newer one has changed its form."""
    if os.geteuid() != 0:
        raise Failed("only root may do this: sudo inclined-rollback")
    now = installed()
    package, version = last_version(now)
    live = database()
    backup = database_for(version, live)
    aside = live.with_name(f"{live.name}.of-{now}.{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    print(f"inclined {now} is installed; {version} will be put back. The daemon stops meanwhile.")
    if backup:
        print(f"{version} cannot read today's database: {backup.name} is put back, today's is kept as {aside}.")
    else:
        print("The accounts stay as they are.")
    if not sure and not agreed():
        raise Failed("nothing was changed")
    subprocess.run(["dpkg", "--unpack", package], check=True)
    if backup:
        put_back(backup, live, aside)
    subprocess.run(["dpkg", "--configure", "inclined"], check=True)
    print(f"Done: inclined {installed()}. Once more leads back to {now}.")
    return 0


def last_version(now: str) -> tuple[Path, str]:
    """Return the newest kept package of another version than now, and its version."""
    for package in newest_first("inclined_*.deb"):
        version = said("dpkg-deb", "--field", str(package), "Version").strip()
        if version != now:
            return package, version
    raise Failed(f"{KEPT} holds no other version than {now}: one is kept at each upgrade; nothing was changed")


def database_for(version: str, live: Path) -> Path | None:
    """Return the copy that version left, if it cannot read the live database, whose form is newer."""
    copies = newest_first(f"inclined.db.{version}.*")
    if not copies or not live.exists():
        return None
    ours, theirs = schema(live), schema(copies[0])
    return copies[0] if ours is not None and theirs is not None and ours > theirs else None


def put_back(backup: Path, live: Path, aside: Path) -> None:
    """Move the live database aside, journal and all, and put the backup in its place for the daemon's user."""
    owner = live.stat()
    for ending in ("", "-wal", "-shm"):
        part = live.with_name(live.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    fresh = live.with_name(f".{live.name}.back")
    shutil.copyfile(backup, fresh)
    settled(fresh, live)
    os.chown(live, owner.st_uid, owner.st_gid)


def agreed() -> bool:
    """Ask on the terminal; no answer is no."""
    try:
        return input("Go on? [y/N] ").strip().lower() in {"y", "yes"}
    except EOFError:
        print()
        return False


def main(words: Sequence[str] | None = None) -> int:
    """Do what was asked for; 1 and one line when that failed."""
    os.umask(0o077)
    parser = argparse.ArgumentParser(prog="inclined-rollback", description="Puts back the version before this one.")
    parser.add_argument("what", choices=("keep", "rollback"), help=argparse.SUPPRESS)
    parser.add_argument("--yes", action="store_true", help="do not ask")
    args = parser.parse_args(words)
    try:
        return keep() if args.what == "keep" else rollback(sure=args.yes)
    except (Failed, OSError, sqlite3.Error) as error:
        print(f"inclined: {error}", file=sys.stderr)
    except subprocess.CalledProcessError:
        print("inclined: dpkg could not do it, see above; to see where it stands: dpkg --audit", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())

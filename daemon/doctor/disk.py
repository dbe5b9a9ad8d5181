"""The disk below the accounts: room, whether it can be written, what its file system and its card say of themselves."""

import errno
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from daemon.doctor.finding import Finding, bad, look, ok

LEAST = 100 * 1024 * 1024
ENOUGH = 500 * 1024 * 1024
SLOW_MS = 1_000
BLOCK = b"inclined" * 512
WORN = {1: "less than 80 % used", 2: "more than 80 % used", 3: "more than 90 % used"}
"""pre_eol_info of JEDEC eMMC 5.1, section 7.4.53."""
CARD = "back up the accounts and put in a new card soon (docs/staff.md)"
ROOM = "see what fills it: sudo du -xh / | sort -h | tail; old logs go by journalctl --vacuum-size=50M"
READ_ONLY = (
    "if you chose a read-only root, give the accounts a partition of their own (docs/it.md); otherwise the card is "
    "failing: put in a new one"
)
WRITE = {
    errno.ENOSPC: ROOM,
    errno.EDQUOT: ROOM,
    errno.EROFS: READ_ONLY,
    errno.EIO: "the card is failing: put in a new one",
    errno.EACCES: "run it with sudo, or as the user that the daemon runs as",
    errno.EPERM: "run it with sudo, or as the user that the daemon runs as",
}


@dataclass(frozen=True, slots=True)
class Disk:
    """What was seen of the file system that a folder is on; None is unknown. Sizes in bytes, time in ms."""

    folder: str
    free: int | None = None
    inodes: int | None = None
    """Free ones; None also where the file system makes them as it goes."""
    read_only: bool = False
    error: int | None = None
    """errno of a trial write."""
    took: int = 0
    faults: int | None = None
    """Errors that ext4 has counted on this disk, for ever."""
    wear: int | None = None
    """pre_eol_info of an eMMC; SD cards tell nothing of the kind."""


def seen(folder: Path, root: Path = Path("/")) -> Disk:
    """Return the disk of folder, after writing one block to it under no name: nothing is left, whatever happens."""
    place = next(each for each in (folder, *folder.parents) if each.is_dir())
    stat = os.statvfs(place)
    began = time.monotonic_ns()
    error = _write(place)
    took = (time.monotonic_ns() - began) // 1_000_000
    return Disk(
        str(place),
        stat.f_bavail * stat.f_frsize,
        stat.f_favail if stat.f_files else None,
        bool(stat.f_flag & os.ST_RDONLY),
        error,
        took,
        *_told(place, root),
    )


def judged(disk: Disk) -> Iterator[Finding]:
    """Yield what that means."""
    yield from _written(disk)
    if disk.faults:
        yield bad("disk", f"its file system has met {disk.faults} errors", CARD)
    if disk.wear is not None:
        worn = f"the card says of its wear: {WORN.get(disk.wear, f'level {disk.wear}')}"
        yield look("wear", worn, CARD) if disk.wear > 1 else ok("wear", worn)


def _written(disk: Disk) -> Iterator[Finding]:
    free = "" if disk.free is None else f", {disk.free // 1024**2} MB free"
    full = (disk.free is not None and disk.free < LEAST) or disk.inodes == 0
    if disk.read_only or disk.error == errno.EROFS:
        yield bad("disk", f"{disk.folder} can only be read", READ_ONLY)
    elif disk.error is not None:
        why = os.strerror(disk.error)
        yield bad("disk", f"{disk.folder} cannot be written ({why}{free})", WRITE.get(disk.error, CARD))
    elif full:
        yield bad("disk", f"{disk.folder} is nearly full{free}", ROOM)
    elif disk.free is not None and disk.free < ENOUGH:
        yield look("disk", f"{disk.folder} has little room left{free}", ROOM)
    elif disk.took > SLOW_MS:
        yield look("disk", f"a block of 4 kB took {disk.took} ms to write to {disk.folder}{free}", CARD)
    else:
        yield ok("disk", f"{disk.folder} can be written{free}")


def _write(folder: Path) -> int | None:
    """Write one block to a file without a name and wait until it is on the disk; return errno, or None."""
    try:
        handle = os.open(folder, os.O_TMPFILE | os.O_WRONLY, 0o600)
    except OSError as error:
        return None if error.errno == errno.EOPNOTSUPP else error.errno  # nothing was tried: statvfs has the word
    try:
        if os.write(handle, BLOCK) < len(BLOCK):
            return errno.ENOSPC
        os.fsync(handle)
    except OSError as error:
        return error.errno
    finally:
        os.close(handle)
    return None


def _told(folder: Path, root: Path) -> tuple[int | None, int | None]:
    """Return ext4's count of errors and the card's own word on its wear."""
    device = folder.stat().st_dev
    name = Path(os.path.realpath(root / f"sys/dev/block/{os.major(device)}:{os.minor(device)}"))
    faults = _number(root / "sys/fs/ext4" / name.name / "errors_count")
    wear = next(
        (_number(each / "device/pre_eol_info") for each in (name, name.parent) if (each / "device").exists()), None
    )
    return faults, wear or None  # 0: the card does not say


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii").strip(), 0)
    except (OSError, ValueError):
        return None

"""The archive that the kernel unpacks as its first file system: cpio "newc" (Linux, driver-api/early-userspace)."""

import stat
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in the archive: path without a leading slash, mode as in stat, device as (major, minor)."""

    path: str
    mode: int
    data: bytes = b""
    device: tuple[int, int] = (0, 0)

    @classmethod
    def folder(cls, path: str) -> Self:
        return cls(path, stat.S_IFDIR | 0o755)

    @classmethod
    def file(cls, path: str, data: bytes, permissions: int = 0o644) -> Self:
        return cls(path, stat.S_IFREG | permissions, data)

    @classmethod
    def character_device(cls, path: str, major: int, minor: int) -> Self:
        return cls(path, stat.S_IFCHR | 0o600, device=(major, minor))


def archive(entries: Iterable[Entry]) -> bytes:
    """Return the entries as one archive, uncompressed; folders must come before what they hold."""
    records = [_record(number, entry) for number, entry in enumerate(entries, 1)]
    return b"".join([*records, _record(0, Entry("TRAILER!!!", 0))])


def _record(number: int, entry: Entry) -> bytes:
    name = entry.path.encode() + b"\0"
    links, owner, moment, checksum = 1, 0, 0, 0
    fields = (
        number,
        entry.mode,
        owner,
        owner,
        links,
        moment,
        len(entry.data),
        0,
        0,
        *entry.device,
        len(name),
        checksum,
    )
    header = b"070701" + b"".join(b"%08X" % field for field in fields)
    return _padded(header + name) + _padded(entry.data)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)

"""A link's recording: JSON Lines of all that was opened, heard, read and written, with ms since its first line.

The first line is `{"inclined": 1, "spec": "..."}`. Every other one has `t`, `do` and, as it fits, `ch` (the channel
in hex), `data` (the bytes in hex), `channels`, `reason`, `op` and `error`. No wall time and no name is written; the
bytes are the machine's own, a heart rate among them where the machine sends one.
"""

import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from drivers.contract import (
    DriverError,
    Link,
    LinkLost,
    Listener,
    Permit,
    ProtocolError,
    Refused,
    SeesSlot,
    Timeout,
    Unsupported,
    Withdrawn,
)

logger = logging.getLogger(__name__)

VERSION = 1
ERRORS: dict[str, type[DriverError]] = {
    kind.__name__: kind for kind in (LinkLost, Timeout, ProtocolError, Refused, Withdrawn, Unsupported)
}
NEEDS = {
    "open": ("channels",),
    "subscribe": ("ch",),
    "read": ("ch", "data"),
    "write": ("ch", "data"),
    "heard": ("ch", "data"),
    "lost": ("reason",),
    "close": (),
    "error": ("op", "error", "reason"),
}
"""What each kind of line must carry besides `t`."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a recording; only what its kind needs is there."""

    at: int
    do: str
    channel: int = 0
    data: bytes = b""
    channels: frozenset[int] = frozenset()
    reason: str = ""
    op: str = ""
    error: str = ""


def parse(lines: Iterable[str]) -> tuple[str, list[Line]]:
    """Return the spec and the lines of a recording; Unsupported names the first line that cannot be read.

    A last line that was torn off, as a power cut leaves it, is left out.
    """
    whole = list(lines)
    spec, said = "", []
    for number, text in enumerate(whole, 1):
        try:
            entry = json.loads(text)
            if number == 1:
                spec = _header(entry)
            else:
                said.append(_line(entry))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as wrong:
            if number == len(whole) > 1 and not text.endswith("\n"):
                logger.warning("the recording's last line, %d, is torn off: left out", number)
                break
            raise Unsupported(
                f"line {number} of the recording cannot be read ({wrong}): {text.strip()[:80]}"
            ) from wrong
    if not whole:
        raise Unsupported("the recording is empty")
    return spec, said


def _header(entry: dict[str, Any]) -> str:
    if entry["inclined"] != VERSION:
        raise ValueError(f"version {entry['inclined']} is not {VERSION}")
    return str(entry["spec"])


def _line(entry: dict[str, Any]) -> Line:
    do, at = entry["do"], entry["t"]
    missing = [key for key in NEEDS[do] if key not in entry]
    if missing or not isinstance(at, int):
        raise ValueError(f"{do} needs t, {', '.join(NEEDS[do])}")
    if do == "error" and entry["error"] not in ERRORS:
        raise ValueError(f"no error is called {entry['error']}")
    return Line(
        at=at,
        do=do,
        channel=int(entry.get("ch", "0"), 16),
        data=bytes.fromhex(entry.get("data", "")),
        channels=frozenset(int(channel, 16) for channel in entry.get("channels", ())),
        reason=entry.get("reason", ""),
        op=entry.get("op", ""),
        error=entry.get("error", ""),
    )


class Recorder:
    """A contract.Link that writes down all that passes between a driver and `link`.

    `write_line` gets each line with its newline; it must not block and must not raise.
    """

    def __init__(self, link: Link, write_line: Callable[[str], None], now: Callable[[], int], spec: str = "") -> None:
        self.open_limit = link.open_limit
        self._link, self._write_line, self._now = link, write_line, now
        self._since = now()
        self._listener: Listener | None = None
        write_line(json.dumps({"inclined": VERSION, "spec": spec}) + "\n")

    def _note(self, do: str, **more: object) -> None:
        self._write_line(json.dumps({"t": self._now() - self._since, "do": do, **more}) + "\n")

    def _failed(self, op: str, error: DriverError, **more: object) -> None:
        kind = next(name for name, kind in ERRORS.items() if isinstance(error, kind))
        self._note("error", op=op, **more, error=kind, reason=str(error))

    async def open(self, listener: Listener, /) -> frozenset[int]:
        """Open the link under it and listen in between."""
        self._listener = listener
        try:
            channels = await self._link.open(self)
        except DriverError as error:
            self._failed("open", error)
            raise
        self._note("open", channels=[f"{channel:04x}" for channel in sorted(channels)])
        return channels

    async def subscribe(self, channel: int, /) -> None:
        try:
            await self._link.subscribe(channel)
        except DriverError as error:
            self._failed("subscribe", error, ch=f"{channel:04x}")
            raise
        self._note("subscribe", ch=f"{channel:04x}")

    async def read(self, channel: int, /) -> bytes:
        try:
            data = await self._link.read(channel)
        except DriverError as error:
            self._failed("read", error, ch=f"{channel:04x}")
            raise
        self._note("read", ch=f"{channel:04x}", data=data.hex())
        return data

    async def write(self, channel: int, data: bytes, permit: Permit, /) -> None:
        """Write through; the line is written when the permit was given, as the bytes leave."""

        def leaving() -> bool:
            given = permit()
            if given:
                self._note("write", ch=f"{channel:04x}", data=data.hex())
            return given

        try:
            await self._link.write(channel, data, leaving)
        except DriverError as error:
            self._failed("write", error, ch=f"{channel:04x}", data=data.hex())
            raise

    async def close(self) -> None:
        """Close the link under it; the line comes last."""
        try:
            await self._link.close()
        finally:
            self._note("close")

    def heard(self, channel: int, data: bytes, /) -> None:
        self._note("heard", ch=f"{channel:04x}", data=data.hex())
        if self._listener:
            self._listener.heard(channel, data)

    def lost(self, reason: str, /) -> None:
        self._note("lost", reason=reason)
        if self._listener:
            self._listener.lost(reason)


class _SlotRecorder(Recorder):
    async def slot_free(self) -> bool:
        """Ask the link under it; not written down."""
        if not isinstance(self._link, SeesSlot):
            raise Unsupported("this link cannot tell whether it is free")
        return await self._link.slot_free()


def record(link: Link, write_line: Callable[[str], None], now: Callable[[], int], spec: str = "") -> Recorder:
    """Return a recorder of link that sees the slot where the link does."""
    kind = _SlotRecorder if isinstance(link, SeesSlot) else Recorder
    return kind(link, write_line, now, spec)

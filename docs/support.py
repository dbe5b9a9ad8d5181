"""Writes docs/support.md: what is known of real treadmills, by playing every recording of tests/recordings.

`python docs/support.py` writes the page, `--check` says whether it is current.
"""

import asyncio
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from daemon.found import FIELDS, Found
from drivers.contract import DriverError
from drivers.ftms.driver import ftms_driver
from drivers.transports.replay import ReplayLink

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "support.md"
RECORDINGS = ROOT / "tests" / "recordings"
ROW = re.compile(r"^\| ([\w, -]+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
HEAD = """\
# Which treadmills are known

**Nothing of this has met a real treadmill here.** What follows is what recordings of real machines told when they were
played to the driver, and nothing else: a no means that it does not stand in the recording, which may be of a few
seconds. Each recording is in [tests/recordings](../tests/recordings/README.md), with its source, and is a test. Send
one of yours: `inclined record` makes it, and [drivers.md](drivers.md#a-recording-as-a-test) says how it becomes a row.

## What a protocol can carry

| protocol | speed and incline | a raise | a stop, a workout time | tried with |
|---|---|---|---|---|
"""
CARRIES = (
    (
        "FTMS over Bluetooth",
        "yes",
        "where it was granted",
        "where it was tried",
        "recordings; real BlueZ, simulated machine",
    ),
    ("[FTMS over a UART](uart.md)", "yes", "the same", "the same", "a simulated machine on a pseudo terminal"),
    ("[CSAFE](csafe.md)", "where told", "where it was tried", "a workout time", "captured frames, simulated consoles"),
    ("[Trackmaster, Woodway](trackmaster.md)", "yes", "with a range of staff's", "no", "simulated consoles"),
)


def names(cell: str) -> list[str]:
    """Return the files that a first cell such as `life-fitness, -heart` means."""
    first, *more = cell.split(", ")
    return [first, *(f"{first}{end}" for end in more)]


def played(name: str) -> Found:
    """Return what the recording of this name told the driver."""
    lines = (RECORDINGS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    found = Found(name)

    async def play() -> None:
        link = ReplayLink(lines, 0)
        with suppress(DriverError):
            await ftms_driver(link, now=link.now).run(found)

    asyncio.run(play())
    return found


def rows() -> Iterator[str]:
    """Yield the table, a row a machine."""
    yield f"| machine | {' | '.join(FIELDS.values())} | incline range | source |\n"
    yield f"|{'---|' * (len(FIELDS) + 3)}\n"
    for cell, machine, source in ROW.findall((RECORDINGS / "README.md").read_text(encoding="utf-8")):
        if cell == "file" or machine.startswith("no machine"):
            continue
        every = [played(name) for name in names(cell)]
        told = (" yes |" if any(one.told[field] for one in every) else " no |" for field in FIELDS)
        ranges = {
            f"{r.least / 10:g} to {r.most / 10:g} %, by {r.step / 10:g}"
            for one in every
            if one.machine is not None and (r := one.machine.incline) is not None
        }
        yield f"| {machine} |{''.join(told)} {', '.join(sorted(ranges)) or 'not told'} | {source} |\n"


def page() -> str:
    """Return the whole page."""
    carries = (f"| {' | '.join(row)} |\n" for row in CARRIES)
    return "".join((HEAD, *carries, "\n## Recordings\n\n", *rows()))


def main() -> int:
    """Write the page; with --check, only say whether it is current."""
    if sys.argv[1:] != ["--check"]:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page():
        return 0
    print(f"{PAGE} is not what the recordings say; run: make docs", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

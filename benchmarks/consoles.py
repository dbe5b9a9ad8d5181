"""A day of a console's polls as fast as they go, or some minutes at the real pace: what grows, and what drifts.

    python -m benchmarks.consoles csafe 345600               a day at 4 Hz, unpaced: time, memory, descriptors, values
    python -m benchmarks.consoles trackmaster 1200 --paced   five minutes at 4 Hz, with bytes at the line's real pace

Run by hand; it is not one of the figures of docs/performance.md. The console is the simulated one, on a real pty, in
the same process: what is measured is both ends.
"""

import argparse
import asyncio
import contextlib
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from drivers.contract import Reading, Said
from drivers.csafe.driver import POLL_S, CsafeDriver, csafe_driver
from drivers.csafe.gate import Seen, gate
from drivers.simulated.csafe.console import Console
from drivers.simulated.csafe.profile import PERMISSIVE
from drivers.simulated.csafe.serial import SerialConsole
from drivers.simulated.trackmaster.console import Console as Member
from drivers.simulated.trackmaster.profile import PROFILES as FAMILY
from drivers.simulated.trackmaster.serial import SerialTrackmaster
from drivers.trackmaster.driver import Times, TrackmasterDriver
from drivers.trackmaster.gate import Seen as FamilySeen
from drivers.trackmaster.gate import gate as family_gate
from drivers.trackmaster.raising import trackmaster_driver
from drivers.trackmaster.variants import VARIANTS, Variant
from drivers.transports.gated import StreamLink
from drivers.transports.serial import SerialPort

ROUNDED = 8
FIRST = 1_000
"""Polls before the first look at the memory."""


def now() -> int:
    return time.monotonic_ns() // 1_000_000


def memory_kb() -> int:
    text = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in text.splitlines() if line.startswith("VmRSS")).split()[1])


def look() -> tuple[int, int]:
    return memory_kb(), len(os.listdir("/proc/self/fd"))  # noqa: PTH208, its own descriptor counts each time


def csafe(name: Path, *, paced: bool) -> tuple[CsafeDriver, SerialConsole]:
    speed = 9_600
    machine = SerialConsole(Console(PERMISSIVE, at=now()), now=now, speed=speed if paced else None, link=name)
    seen = Seen(now)
    link = StreamLink(SerialPort(str(name), speed), gate((), seen))
    return csafe_driver(link, seen=seen, where=(str(name), speed), poll_s=POLL_S if paced else 0), machine


def family(variant: Variant, name: Path, *, paced: bool) -> tuple[TrackmasterDriver, SerialTrackmaster]:
    speed = 4_800
    kind = next(iter(FAMILY[variant.name].values()))
    machine = SerialTrackmaster(Member(kind, at=now()), now=now, speed=speed if paced else None, link=name)
    seen = FamilySeen(now)
    link = StreamLink(SerialPort(str(name), speed), family_gate(variant, seen, raises=False))
    times = Times() if paced else Times(poll=0)
    where = (str(name), speed)
    return trackmaster_driver(link, seen=seen, variant=variant, unit="mph", where=where, times=times), machine


MACHINES: dict[str, Callable[..., tuple[Any, Any]]] = {
    "csafe": csafe,
    **{name: partial(family, variant) for name, variant in VARIANTS.items()},
}


async def measure(kind: str, polls: int, *, paced: bool) -> None:
    driver, machine = MACHINES[kind](Path(tempfile.mkdtemp()) / "console", paced=paced)
    await machine.power_on()
    machine.server.treadmill.place(speed=800, incline=10)
    count, wrong, looks, ats = 0, 0, [look()], list[float]()
    done = asyncio.Event()

    def sink(said: Said, /) -> None:
        nonlocal count, wrong
        if not isinstance(said, Reading):
            return
        count += 1
        wrong += said.incline != 10 or abs((said.speed or 0) - 800) > ROUNDED
        if paced:
            ats.append(time.monotonic())
        if count in (FIRST, polls // 2) or count == polls:
            looks.append(look())
        if count >= polls:
            done.set()

    began, cpu = time.monotonic(), time.process_time()
    running = asyncio.create_task(driver.run(sink))
    await asyncio.wait((running, asyncio.create_task(done.wait())), return_when=asyncio.FIRST_COMPLETED)
    took, busy = time.monotonic() - began, time.process_time() - cpu
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    await machine.power_off()
    print(f"{count} polls in {took:.1f} s, {busy / count * 1e6:.0f} us CPU a poll for both ends")
    print(f"wrong readings {wrong}; odd {dict(driver.odd.counts)}")
    print("resident kB and descriptors at the start, after the first thousand, half way, at the end:", *looks)
    print(
        f"peak resident {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss} kB; commands sent {machine.server.writes}"
    )
    if ats:
        gaps = sorted(b - a for a, b in pairwise(ats))
        drift = ats[-1] - ats[0] - (len(ats) - 1) * POLL_S
        middle, late = statistics.median(gaps) * 1e3, gaps[len(gaps) * 99 // 100] * 1e3
        print(f"between readings, ms: median {middle:.1f}, p99 {late:.1f}")
        print(f"longest {gaps[-1] * 1e3:.1f} ms; behind a clock of 4 Hz at the end by {drift * 1e3:.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("machine", choices=MACHINES)
    parser.add_argument("polls", type=int)
    parser.add_argument("--paced", action="store_true")
    args = parser.parse_args()
    asyncio.run(measure(args.machine, args.polls, paced=args.paced))


if __name__ == "__main__":
    main()

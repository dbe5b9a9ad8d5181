"""How much the daemon writes to the card, somebody walking and the belt at rest: python -m benchmarks.card FOLDER.

In real time, for a commit has its own pace. `write_bytes` of /proc/self/io (proc_pid_io(5)) counts what this process
had to be written; --disk counts all that went to a disk (the kernel's block/stat), the file system's own journal too,
and says something only where nobody else writes to it: a loop device with a fresh ext4, say.
"""

import argparse
import asyncio
import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

from daemon.clock import system_clock
from daemon.house import build, live
from daemon.settings import loads
from drivers.ftms.driver import ftms_driver
from drivers.simulated.ftms import FtmsServer
from drivers.simulated.link import SimulatedLink
from drivers.simulated.profile import NORMAL

SECTOR = 512
SETTLE_S = 15.0
DAY_H = 12
CONFIG = """
[machine]
site = "gym"
machine = "t07"
name = "Treadmill 7"
zone = "Hall"
driver = "simulated:"
mode = "nudge"
units = "km/h"
clock = "trust"
[store]
path = "{folder}/inclined.db"
[api]
port = {api}
[console]
port = {screen}
key_file = "/run/inclined-bench/console.key"
"""


def written(disk: str | None) -> Iterator[int]:
    """Yield bytes so far: of this process, then of the disk."""
    lines = (line.split(": ") for line in Path("/proc/self/io").read_text(encoding="ascii").splitlines())
    yield int(dict(lines)["write_bytes"])
    if disk:
        yield int(Path(f"/sys/block/{disk}/stat").read_text(encoding="ascii").split()[6]) * SECTOR


async def window(name: str, seconds: float, disk: str | None) -> None:
    """Print what is written in so many seconds."""
    before = list(written(disk))
    await asyncio.sleep(seconds)
    grown = [after - was for after, was in zip(written(disk), before, strict=True)]
    for what, count in zip(("by the process", f"to {disk}"), grown, strict=False):
        hourly = count * 3600 / seconds / 1e6
        print(f"{name}: {hourly:.1f} MB an hour {what}, {hourly * DAY_H:.0f} MB in {DAY_H} h")


def free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as two:
        for sock in (one, two):
            sock.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]


async def main(folder: Path, seconds: float, disk: str | None) -> None:
    """Run a whole daemon on a simulated treadmill; print both windows."""
    clock = system_clock(trust_wall=True)
    link = SimulatedLink(FtmsServer(profile=NORMAL, at=clock.now()), now=clock.now)
    api, screen = free_ports()
    config = CONFIG.format(folder=folder, api=api, screen=screen)
    house = build(loads(config.encode(), folder / "inclined.toml"), clock, ftms_driver(link, now=clock.now))
    ready = asyncio.Event()
    living = asyncio.ensure_future(live(house, ready.set))
    await ready.wait()
    await asyncio.sleep(SETTLE_S)
    await window("standing", seconds / 2, disk)
    link.server.treadmill.place(speed=600, incline=0)
    await asyncio.sleep(SETTLE_S)
    await window("walking", seconds, disk)
    living.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await living


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="on the file system to be written to; not a tmpfs")
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--disk", help="such as loop0")
    args = parser.parse_args()
    asyncio.run(main(args.folder.absolute(), args.seconds, args.disk))

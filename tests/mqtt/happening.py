"""A machine in a process of its own, to be killed: `python -m tests.mqtt.happening FOLDER PORT MOST [SEED]`.

It keeps events on a real disk and tells them to a real broker, as fast as both let it, until their numbers reach MOST.
"""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from daemon.mqtt import Publisher
from daemon.outbox import Outbox
from daemon.policy.events import Happened
from daemon.store import Store
from tests.mqtt.world import QUICK, StillClock, World, at

AHEAD = 500
"""Events that wait at most, so that the work is spread over the whole run."""


async def main(folder: Path, port: int, most: int) -> None:
    """Let things happen; print `safe N` when all up to number N are on the disk."""
    clock = StillClock()
    store = Store.open(folder / "inclined.db", clock, "t07")
    outbox = Outbox(store, "t07", clock)
    world = World(at(port), replace(QUICK, repeat=0.2, repeat_most=0.4, answer=2.0))
    world.publisher = Publisher(at(port), replace(world.ports, outbox=outbox), world.pace)
    running = asyncio.create_task(world.publisher.run())
    last = outbox.last
    while last < most:
        for _ in range(min(25, most - last)):
            kind = ("nudge", "audit", "link")[last % 3]
            last = outbox.append(Happened(clock.now(), kind, (("n", last + 1),))).seq
        assert await store.committed()
        sys.stdout.write(f"safe {last}\n")
        sys.stdout.flush()
        while len(outbox) > AHEAD:  # noqa: ASYNC110, it tells nobody
            await asyncio.sleep(0.01)
    await running


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))

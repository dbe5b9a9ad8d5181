"""Run by test_disk_full: a process whose files may not grow stands for a full disk; the errors are the system's own."""

import asyncio
import logging
import resource
import sys
from pathlib import Path

from daemon.outbox import Outbox
from daemon.store import Store
from tests.store.world import HandClock, end, flat, link, new, say


async def main(path: Path) -> None:
    clock = HandClock()
    store = Store.open(path, clock, "t07")
    outbox = Outbox(store, "t07", clock)
    store.happened(new(clock.now()))
    outbox.append(link(clock.now()))
    assert store.flush()
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    largest = max(file.stat().st_size for file in path.parent.iterdir())
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, hard))
    for _ in range(300):
        store.spend(flat(clock.now(), clock.go(61_000)))
        outbox.append(link(clock.now()))
    store.happened(end(clock.now()))
    assert not store.flush(), "the disk is not full"
    say("fault:", store.fault)
    say("handed out while full:", len(outbox.after(0, 1000)) < 301, "kept:", len(outbox))
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    assert store.flush(10), store.fault
    (row,) = await store.sessions(9)
    say("fault:", store.fault, "belt:", row.belt_s, "reason:", row.end_reason, "events:", len(outbox.after(0, 1000)))
    store.close()


if __name__ == "__main__":
    logging.basicConfig(format="log: %(levelname)s %(message)s", stream=sys.stdout)
    asyncio.run(main(Path(sys.argv[1])))

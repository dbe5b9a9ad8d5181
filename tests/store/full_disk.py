"""Run by test_disk_full: a store on a small disk of its own, which a stranger's file fills and leaves again."""

import asyncio
import logging
import sys
from pathlib import Path

from daemon.outbox import Outbox
from daemon.store import Store
from tests.store.world import HandClock, end, flat, link, new, say


def fill(path: Path) -> None:
    """Write until the disk takes no byte more."""
    with path.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError as error:
            say("full:", error.strerror)


async def main(path: Path) -> None:
    clock = HandClock()
    store = Store.open(path, clock, "t07")
    outbox = Outbox(store, "t07", clock)
    store.happened(new(clock.now()))
    outbox.append(link(clock.now()))
    assert store.flush()
    stranger = path.with_name("stranger")
    fill(stranger)
    for _ in range(300):
        store.spend(flat(clock.now(), clock.go(61_000)))
        outbox.append(link(clock.now()))
    store.happened(end(clock.now()))
    assert not store.flush(), "the disk is not full"
    say("fault:", store.fault)
    say("handed out while full:", len(outbox.after(0, 1000)) < 301, "kept:", len(outbox))
    stranger.unlink()
    assert store.flush(10), store.fault
    (row,) = await store.sessions(9)
    say("fault:", store.fault, "belt:", row.belt_s, "reason:", row.end_reason, "events:", len(outbox.after(0, 1000)))
    store.close()


if __name__ == "__main__":
    logging.basicConfig(format="log: %(levelname)s %(message)s", stream=sys.stdout)
    asyncio.run(main(Path(sys.argv[1])))

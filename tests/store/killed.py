"""Run by test_kill: spends and tells of events as fast as it can, and prints what it was told is safe, until killed.

A line `event N` says that the outbox handed out number N; `safe MS` that flush confirmed MS of belt time in all;
`spent MS` that so much was spent.
"""

import asyncio
import sys
from pathlib import Path

from daemon.clock import system_clock
from daemon.outbox import Outbox
from daemon.policy.events import Spent
from daemon.policy.session import Session, Totals
from daemon.store import Store
from tests.store.world import link, new, say


async def main(path: Path, *, quiet: bool) -> None:
    clock = system_clock(trust_wall=True)
    store = Store.open(path, clock, "t07")
    outbox = Outbox(store, "t07", clock)
    session = f"{store.origin}-1"
    started = at = clock.now()
    seen = max((event.seq for event in outbox.after(0, 100_000)), default=0)
    store.happened(new(started, session))
    number = 0
    while True:
        await asyncio.sleep(0.002)
        number += 1
        now = clock.now()
        if now > at:
            store.spend(Spent(session, at, now, belt=True))
            at = now
        store.save(Session(session, started, at, 10, opened=True, totals=Totals(belt=at - started)))
        say("spent", at - started)
        if quiet:
            continue
        if number % 3 == 0:
            outbox.append(link(now))
        if number % 40 == 0 and await store.committed():
            say("safe", at - started)
        for event in outbox.after(seen, 100):
            seen = event.seq
            say("event", seen, event.id)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), quiet=sys.argv[2:] == ["quiet"]))

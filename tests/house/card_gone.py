"""Run by test_card: a daemon whose files cannot grow or change from some moment on, as on a card that died.

RLIMIT_FSIZE of 0 refuses every write to every file of this process (setrlimit(2)), under open files too, and needs no
privilege; the error reaches SQLite from the system.
"""

import asyncio
import logging
import resource
import sys
from pathlib import Path

from daemon.policy.state import Kind
from tests.house.fixtures import Lived, free_port, lived
from tests.store.world import say

DUE_MS = 320_000


async def main(folder: Path) -> None:
    async with lived(folder, port=free_port()) as living:
        house = living.house
        living.walk()
        await living.pass_time(60_000)
        assert await house.store.committed()
        before = (await house.store.counters()).belt_s
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
        say("acknowledged while gone:", await house.store.committed(0.1) if spend(living) else None)
        await living.until(lambda: counting(living), DUE_MS)
        say("screen in a countdown:", house.notice())
        await living.until(lambda: living.results() == ["done"])
        await living.until(lambda: house.runner.feed.latest.prompt is None, DUE_MS)
        say("writes:", *living.writes)
        say("fault:", house.health().checks["store"])
        say("screen:", house.notice())
        house.board.show("Closing at ten")
        say("staff:", house.notice())
        await living.pass_time(61_000)
        numbers = house.outbox.last
        unsent = [event.seq for event in house.outbox.after(0, 1000)]
        say("handed out unwritten:", bool(unsent) and unsent[-1] == numbers)
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        say("acknowledged again:", await house.store.committed(10))
        say("fault:", house.health().checks["store"], "screen:", house.notice())
        session = house.runner.state.session
        assert session is not None
        after = (await house.store.counters()).belt_s
        say("nothing lost:", before > 0, abs(after - session.totals.belt / 1000) <= 2)
        say("events:", [event.seq for event in house.outbox.after(0, 1000)] == list(range(1, numbers + 1)))


def spend(living: Lived) -> bool:
    """Have something to write: a note that staff were promised."""
    living.house.store.note("promised", living.clock.now())
    return True


def counting(living: Lived) -> bool:
    prompt = living.house.runner.state.prompt
    return prompt is not None and prompt.kind is Kind.COUNTDOWN


if __name__ == "__main__":
    logging.basicConfig(format="log: %(levelname)s %(message)s", stream=sys.stdout)
    asyncio.run(main(Path(sys.argv[1])))

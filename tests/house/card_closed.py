"""Run by test_card: a daemon that begins with a card that can only be read, and with an account on it."""

import asyncio
import sys
from pathlib import Path

from tests.house.card_gone import DUE_MS
from tests.house.fixtures import free_port, lived
from tests.store.world import say


async def main(folder: Path) -> None:
    async with lived(folder / "card", port=free_port(), run=folder / "run") as living:
        living.walk()
        await living.until(lambda: living.results() == ["done"], DUE_MS + 60_000)
        await living.until(lambda: living.house.runner.feed.latest.prompt is None, DUE_MS)
        say("writes:", *living.writes)
        say("store:", living.house.health().checks["store"])
        say("screen:", living.house.notice())
        assert await living.house.store.committed()
        say("counted meanwhile:", (await living.house.store.counters()).belt_s > 300)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))

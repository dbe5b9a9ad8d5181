"""A floor in a process of its own, to be held: `python -m tests.mqtt.slow_floor PORT MOST`; prints what it stored."""

import asyncio
import sys
from contextlib import suppress

from tests.mqtt.ledger import Ledger


def say(*words: object) -> None:
    """Tell the test."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


async def main(port: int, most: int) -> None:
    """Store until there are so many events."""
    ledger = Ledger(port)
    task = asyncio.create_task(ledger.run())
    await ledger.listening.wait()
    say("listens")
    await ledger.until(lambda: len(ledger.events) >= most)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    for event in ledger.events:
        say("stored", event["id"])
    say("twice", ledger.twice)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))

"""A machine in a process of its own, to be killed: `python -m tests.mqtt.victim PORT`."""

import asyncio
import sys

from tests.mqtt.world import World, at


async def main(port: int) -> None:
    """Publish until killed."""
    await World(at(port)).publisher.run()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))

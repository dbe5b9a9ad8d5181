"""A link's recording as events of the core: through its driver at once, with the time that passed in between."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

from daemon.policy.events import Event, LinkDown, Tick
from drivers.contract import RETRIED, DriverError, Said, Unsupported
from drivers.registry import make

TICK_MS = 250
"""As the runner's."""


def heard(path: Path) -> list[Event]:
    """Return what the machine of a recording said, and where its links ended; Unsupported when it cannot be read."""
    return asyncio.run(_heard(path))


async def _heard(path: Path) -> list[Event]:
    driver = make(f"replay:{path}", now=lambda: 0, pace=0)
    events: list[Event] = []

    def sink(said: Said) -> None:
        events.append(said)

    while True:
        try:
            await driver.run(sink)
        except RETRIED as end:
            events.append(LinkDown(events[-1].at if events else 0, str(end)))
        except Unsupported as end:
            if events:
                return events  # it has no further link
            raise end from None
        except DriverError as end:
            raise Unsupported(f"{path}: {end}") from end


def ticked(events: Sequence[Event]) -> Iterator[Event]:
    """Yield events with a Tick four times a second between them."""
    at = events[0].at if events else 0
    for event in events:
        while at + TICK_MS < event.at:
            at += TICK_MS
            yield Tick(at)
        at = max(at, event.at)
        yield event

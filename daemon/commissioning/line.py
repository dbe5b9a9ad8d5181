"""The machine under commissioning: what it says goes to the step in hand, and what a trial asks for goes to it."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from daemon.commissioning.steps import Answered, Event, GivenUp, Gone, Passed, Step, Typed, Want
from daemon.policy.events import RequestControl
from daemon.runner import perform
from drivers.contract import Driver, DriverError, Machine, Reading, RequestsControl, Said

log = logging.getLogger(__name__)

TICK_S: Final = 0.25
ASKED: Final = ("elapsed", "remaining", "distance", "speed", "incline")
END: Final = "x"
"""What staff type to end a step."""


class Line:
    """One driver, run until `close`; leads one step at a time."""

    def __init__(self, driver: Driver, now: Callable[[], int], changed: Callable[[], None] = lambda: None) -> None:
        self.step: Step | None = None
        self.machine: Machine | None = None
        self.last: Reading | None = None
        self.told: set[str] = set()
        """What readings have carried so far, by the fields' names."""
        self._driver, self._now, self._changed = driver, now, changed
        self._running: asyncio.Future[None] | None = None
        self._asking: asyncio.Future[None] | None = None
        self._over = asyncio.Event()

    async def lead(self, step: Step) -> Step:
        """Return the step as it ended; the link stays up for the next one."""
        self.step = step
        self._over.clear()
        if self._running is None or self._running.done():
            self.machine = self.last = None
            self._running = asyncio.ensure_future(self._run())
        elif self.machine is not None:  # connected before: the step is told so
            self.tell(replace(self.machine, at=self._now()))
        async with asyncio.timeout(None):
            while not self._over.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._over.wait(), TICK_S)
                self.tell(Passed(self._now()))
        ended, self.step = self.step, None
        return ended

    def tell(self, event: Event) -> None:
        """Give the step an event, and carry out what it wants."""
        if self.step is None or self.step.ended is not None:
            return
        self.step, want = self.step.after(event)
        if want is not None:
            self._asking = asyncio.ensure_future(self._ask(want, self.step))
        if self.step.ended is not None:
            self._over.set()
        self._changed()

    def type(self, text: str) -> None:
        """Give the step what staff typed; END ends it, and nothing more is sent."""
        self.tell(GivenUp(self._now()) if text.strip().lower() == END else Typed(self._now(), text))

    async def close(self) -> None:
        """End the link; nothing is sent."""
        for task in (self._asking, self._running):
            if task is not None:
                task.cancel()
        await asyncio.gather(*(task for task in (self._asking, self._running) if task), return_exceptions=True)

    async def _run(self) -> None:
        why = "it ended"
        try:
            async with asyncio.timeout(self._driver.connect_limit) as limit:
                await self._driver.run(lambda said: self._hear(said, limit))
        except TimeoutError:
            why = "the treadmill did not answer in time"
        except DriverError as error:
            why = str(error)
        except Exception as error:  # a driver's bug ends the step, and nothing is sent
            log.exception("The driver failed in a way that it should not.")
            why = f"the driver failed: {error!r}"
        self.tell(Gone(self._now(), why))

    def _hear(self, said: Said, limit: asyncio.Timeout) -> None:
        if isinstance(said, Machine):
            limit.reschedule(None)
            self.machine = said
        elif isinstance(said, Reading):
            self.last = said
            self.told.update(name for name in ASKED if getattr(said, name) is not None)
        self.tell(said)

    async def _ask(self, want: Want, step: Step) -> None:
        """Ask for control and for what is wanted, each under the step's own permit; tell what came of it."""

        def permit() -> bool:
            return self.step is not None and type(self.step) is type(step) and self.step.permits(self._now())

        try:
            if isinstance(self._driver, RequestsControl):
                await perform(self._driver, RequestControl(1), permit)
            await perform(self._driver, want, permit)
            why = ""
        except DriverError as error:
            why = str(error)
        self.tell(Answered(self._now(), why))

"""The one holder of the driver: what the machine says goes into the core, what the core wants goes to the machine.

Everything enters by `submit`, at once and in order, so that nothing can lie between a reading and the decision that
it must stop: the permit asked before bytes leave sees all that arrived. The core decides; this room carries out.
"""

import asyncio
import logging
from collections.abc import Callable
from enum import Enum

from daemon.backoff import delay
from daemon.clock import Clock
from daemon.policy import permits, step
from daemon.policy.events import (
    Effect,
    Event,
    Happened,
    LinkDown,
    MachineEffect,
    Outcome,
    RaiseIncline,
    ReleaseLink,
    RemakeLink,
    RequestControl,
    Result,
    SetWorkoutTime,
    Slot,
    Spent,
    StopOnce,
    TakeLink,
    Tick,
)
from daemon.policy.state import Link, State
from daemon.snapshot import Feed, Snapshot, snapshot
from drivers.contract import (
    RETRIED,
    Driver,
    DriverError,
    LinkLost,
    Machine,
    Permit,
    RaisesIncline,
    Refused,
    RequestsControl,
    Said,
    SeesSlot,
    SetsWorkoutTime,
    StopsOnce,
    Unsupported,
    Withdrawn,
)

log = logging.getLogger(__name__)

TICK_S = 0.25
SLOT_S = 5.0
SILENT_MS = 30_000
"""A link that is up and silent for this long is not alive; the driver should have ended it long before."""

type Record = Callable[[Spent | Happened], None]
type Watch = Callable[[State, Event, tuple[Effect, ...]], None]
"""Is told each step of the core: the state before it, the event, what came of it. It must not wait and not raise."""


class Errand(Enum):
    """What the link loop is doing, for the watchdog."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    WAITING = "waiting"  # for the next attempt
    LENT = "lent"
    GIVEN_UP = "given_up"  # this machine cannot be driven; staff must act


class Runner:
    """Runs one machine: `submit` takes events from anywhere in this loop, `run` lives until cancelled."""

    def __init__(self, driver: Driver, state: State, clock: Clock, record: Record, watch: Watch | None = None) -> None:
        self.state = state
        self.fault: str | None = None
        self.feed = Feed(snapshot(state, 0, clock.now()))
        self._driver = driver
        self._clock = clock
        self._record = record
        self._watch = watch
        self._tasks: asyncio.TaskGroup | None = None
        self._errand = Errand.WAITING
        self._until = clock.now() + SILENT_MS  # the errand's own limit
        self._wanted = asyncio.Event()
        self._released = asyncio.Event()
        self._attempts = 0

    async def run(self) -> None:
        """Keep the link up and time going; ends only by being cancelled."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            tasks.create_task(self._keep_ticking())
            tasks.create_task(self._keep_link())

    def alive(self) -> bool:
        """Tell whether the loop that matters goes on: readings come, or an attempt is younger than its limit."""
        return self._errand in (Errand.LENT, Errand.GIVEN_UP) or self._clock.now() <= self._until

    def submit(self, event: Event) -> None:
        """Let the core take event, publish what is new and carry out what it wants."""
        before, state = self.feed.latest, self.state
        self.state, effects = step(state, event)
        if self._watch is not None:  # before anything is carried out: that may bring the next event
            self._watch(state, event, effects)
        for effect in effects:
            if isinstance(effect, Spent | Happened):
                self._record(effect)
            elif isinstance(effect, ReleaseLink | RemakeLink):
                self._released.set()
            elif isinstance(effect, TakeLink):
                self._wanted.set()
            elif self._tasks is not None:
                self._tasks.create_task(self._carry_out(effect))
        seen = snapshot(self.state, before.seq + 1, self._clock.now())
        if seen != before:
            self.feed.publish(seen)

    def hear(self, said: Said) -> None:
        """Take what the machine says; the driver's sink, never raises."""
        now = self._clock.now()
        if isinstance(said, Machine):
            self._attempts, self.fault = 0, None
            self._errand = Errand.CONNECTED
        self._until = now + SILENT_MS
        try:
            self.submit(said)
        except Exception:  # a bug of ours must not make the driver's callback deaf
            log.exception("The core failed on %r; it is dropped and nothing is sent.", said)

    async def _keep_ticking(self) -> None:
        """Let time pass while nothing else tells the core of it."""
        while True:
            late_s = (self._clock.now() - self.state.at) / 1000
            if late_s >= TICK_S:
                self.submit(Tick(self._clock.now()))
                late_s = 0.0
            await asyncio.sleep(TICK_S - max(0.0, late_s))

    async def _keep_link(self) -> None:
        while True:
            if self.state.link is Link.LENT:
                await self._stay_away()
            reason = await self._connect_once()
            if self.state.link is Link.LENT:
                continue
            self.submit(LinkDown(self._clock.now(), reason))
            pause = delay(self._attempts)
            self._attempts += 1
            self._errand, self._until = Errand.WAITING, self._clock.now() + round(pause * 1000) + SILENT_MS
            await asyncio.sleep(pause)

    async def _connect_once(self) -> str:
        """Run the driver until its link ends or is given away; return why."""
        self._released.clear()
        limit = self._driver.connect_limit
        self._errand, self._until = Errand.CONNECTING, self._clock.now() + round(limit * 1000) + SILENT_MS
        running = asyncio.ensure_future(self._driver.run(self.hear))
        released = asyncio.ensure_future(self._released.wait())
        overdue = asyncio.get_running_loop().call_later(limit, self._give_up_connecting, running)
        try:
            await asyncio.wait((running, released), return_when=asyncio.FIRST_COMPLETED)
            if not running.done():
                return "the link was given back"
            return await self._why(running)
        finally:
            overdue.cancel()
            released.cancel()
            running.cancel()
            await asyncio.gather(running, released, return_exceptions=True)

    def _give_up_connecting(self, running: asyncio.Future[None]) -> None:
        if self._errand is Errand.CONNECTING:
            running.cancel("connect took too long")

    async def _why(self, running: asyncio.Future[None]) -> str:
        if running.cancelled():
            self.fault = "The treadmill did not answer in time; trying again."
            return self.fault
        error = running.exception()
        if isinstance(error, Unsupported):
            return await self._give_up(error)
        if isinstance(error, RETRIED):
            self._complain(str(error))
        elif error is not None:
            log.error("The driver failed in a way that it should not; trying again.", exc_info=error)
        return self.fault or str(error)

    def _complain(self, fault: str) -> None:
        if fault != self.fault:
            log.warning("%s", fault)
        self.fault = fault

    async def _give_up(self, error: Unsupported) -> str:
        """Stay without a link: trying again would change nothing."""
        self.fault = str(error)
        log.error("%s", error)
        self.submit(LinkDown(self._clock.now(), self.fault))
        self._errand = Errand.GIVEN_UP
        await asyncio.Event().wait()
        return self.fault

    async def _stay_away(self) -> None:
        """While a member's app has the machine: look now and then whether its one link is free again."""
        self._errand = Errand.LENT
        while self.state.link is Link.LENT:
            self._wanted.clear()
            try:
                await asyncio.wait_for(self._wanted.wait(), SLOT_S)
            except TimeoutError:
                self.submit(Slot(self._clock.now(), await self._slot_free()))

    async def _slot_free(self) -> bool:
        if not isinstance(self._driver, SeesSlot):
            return True
        try:
            return await self._driver.slot_free()
        except DriverError as error:
            self._complain(str(error))
            return False

    async def _carry_out(self, effect: MachineEffect) -> None:
        def permit() -> bool:
            return permits(self.state, effect.id, self._clock.now())

        try:
            await perform(self._driver, effect, permit)
            result = Result.ACCEPTED
        except Withdrawn:
            result = Result.WITHDRAWN
        except (Refused, Unsupported) as error:
            log.warning("The treadmill refused: %s", error)
            result = Result.REFUSED
        except DriverError as error:
            log.warning("What the treadmill did is unknown: %s", error)
            result = Result.UNKNOWN
        except Exception:  # whatever went wrong, the outcome is unknown and the daemon goes on
            log.exception("Carrying out %r failed; what the treadmill did is unknown.", effect)
            result = Result.UNKNOWN
        self.submit(Outcome(self._clock.now(), effect.id, result))


async def perform(driver: Driver, effect: MachineEffect, permit: Permit) -> None:
    """Ask the machine for effect by the ability that fits; Unsupported when the driver has none."""
    if isinstance(effect, RequestControl) and isinstance(driver, RequestsControl):
        await driver.request_control(permit)
    elif isinstance(effect, RaiseIncline) and isinstance(driver, RaisesIncline):
        await driver.raise_incline(effect.target, permit)
    elif isinstance(effect, SetWorkoutTime) and isinstance(driver, SetsWorkoutTime):
        await driver.set_workout_time(effect.seconds, permit)
    elif isinstance(effect, StopOnce) and isinstance(driver, StopsOnce):
        await driver.stop_once(permit)
    else:
        raise Unsupported(f"This driver cannot carry out {type(effect).__name__}.")


__all__ = ["LinkLost", "Runner", "Snapshot", "perform"]

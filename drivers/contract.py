"""What a driver is: the words that every machine, driver and room of the daemon shares.

A driver has one method to write: `run`. It connects, says what the machine says to a `Sink`, and raises a
`DriverError` when the link ends; it is then run again. What a machine can be asked to do stands in one-method
abilities (`RequestsControl`, `RaisesIncline`, `SetsWorkoutTime`, `StopsOnce`) that a driver has or has not.

Numbers are integers in the wire's own units: incline 0.1 %, speed 0.01 km/h, distance 1 m, time 1 ms. `at` is
milliseconds of the monotonic clock, stamped when the bytes arrived. None means that the machine did not say.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, runtime_checkable


class Ability(Enum):
    """What a machine says that it can be asked to do; a claim until commissioning has proved it."""

    RAISE_INCLINE = "raise_incline"
    WORKOUT_TIME = "workout_time"
    STOP = "stop"


class Training(Enum):
    """The machine's own word for the workout's phase; the groups are those of the decision on words."""

    UNKNOWN = "unknown"
    IDLE = "idle"
    WARM_UP = "warm_up"
    COOL_DOWN = "cool_down"
    MANUAL = "manual"
    PROGRAMME = "programme"  # intervals, heart-rate or watt control, fitness test: the console sets the incline
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class InclineRange:
    """The incline that a machine accepts, in 0.1 %: least <= incline <= most in steps of step > 0."""

    least: int
    most: int
    step: int

    def __post_init__(self) -> None:
        if self.step <= 0 or self.least >= self.most:
            raise ValueError(f"no range: {self.least}..{self.most} in steps of {self.step}")


@dataclass(frozen=True, slots=True)
class Machine:
    """Who a machine says it is and what it can do; said once per link, before its first reading."""

    at: int
    protocol: str
    maker: str | None = None
    model: str | None = None
    firmware: str | None = None
    incline: InclineRange | None = None  # None: no range said, or one that makes no sense
    abilities: frozenset[Ability] = frozenset()
    tells_training: bool = False  # without it `enforce` is not allowed


@dataclass(frozen=True, slots=True)
class Reading:
    """One complete record of the machine; a field that the record did not carry, or marks N/A, is None."""

    at: int
    speed: int | None = None  # 0.01 km/h
    incline: int | None = None  # 0.1 %, negative downhill
    distance: int | None = None  # m, since the machine's own start
    elapsed: int | None = None  # s, the console's clock; may wrap
    remaining: int | None = None  # s
    training: Training | None = None


class Key(Enum):
    """What happened at the machine, as far as it tells."""

    STOPPED = "stopped"
    PAUSED = "paused"
    STARTED = "started"
    SAFETY = "safety"  # the safety key was pulled
    SPEED = "speed"  # target speed changed, not by us
    INCLINE = "incline"  # target incline changed, not by us
    RESET = "reset"
    OTHER = "other"
    CONTROL_LOST = "control_lost"


@dataclass(frozen=True, slots=True)
class Notice:
    """The machine tells of a key or of control; value is the new target where one was told."""

    at: int
    key: Key
    value: int | None = None


type Said = Machine | Reading | Notice


class Sink(Protocol):
    """Takes what a machine says, at once and in order; never raises, never blocks."""

    def __call__(self, said: Said, /) -> None: ...


type Permit = Callable[[], bool]
"""Asked at the last line before the bytes leave: False withdraws them. The member wins every race here."""


class Driver(Protocol):
    """One treadmill, reached by one link."""

    connect_limit: float
    """Seconds that a connect may take; a younger attempt counts as alive."""

    async def run(self, sink: Sink, /) -> None:
        """Connect, say `Machine` and then all that comes to sink; raise DriverError when the link ends.

        Writes nothing but subscriptions. Cancelling it closes the link. It may be run again.
        """
        ...


@runtime_checkable
class RequestsControl(Protocol):
    """Asks the machine for control. Refused when the machine says no; Timeout when it says nothing."""

    async def request_control(self, permit: Permit, /) -> None: ...


@runtime_checkable
class RaisesIncline(Protocol):
    """Asks for a target incline in 0.1 %, sent exactly or not at all; success is not arrival."""

    async def raise_incline(self, target: int, permit: Permit, /) -> None: ...


@runtime_checkable
class SetsWorkoutTime(Protocol):
    """Sets the console's own workout time in seconds; only where commissioning armed it."""

    async def set_workout_time(self, seconds: int, permit: Permit, /) -> None: ...


@runtime_checkable
class StopsOnce(Protocol):
    """Asks for one stop; only where commissioning armed it."""

    async def stop_once(self, permit: Permit, /) -> None: ...


@runtime_checkable
class SeesSlot(Protocol):
    """Tells whether the machine's one link is free, without taking it (an advertisement was heard)."""

    async def slot_free(self) -> bool: ...


class Listener(Protocol):
    """The driver's end of a link: what arrives, and that it is over. Neither may raise."""

    def heard(self, channel: int, data: bytes, /) -> None: ...

    def lost(self, reason: str, /) -> None: ...


class Link(Protocol):
    """Bytes on numbered channels: a GATT characteristic's 16 bits, or 0 for a plain stream.

    Every method raises a DriverError leaf. One link is opened once at a time; after `lost` or `close` it may be
    opened again.
    """

    open_limit: float

    async def open(self, listener: Listener, /) -> frozenset[int]:
        """Connect and return the channels found; nothing is written and nothing heard yet."""
        ...

    async def subscribe(self, channel: int, /) -> None: ...

    async def read(self, channel: int, /) -> bytes: ...

    async def write(self, channel: int, data: bytes, permit: Permit, /) -> None:
        """Send data whole; permit is asked after every wait, right before the bytes leave."""
        ...

    async def close(self) -> None: ...


class DriverError(Exception):
    """The root; what happened, where, what to do.

    DriverError
    ├── LinkLost       the link ended or could not be opened   retry with backoff
    ├── Timeout        the machine did not answer in time      outcome unknown: never retry the write
    ├── ProtocolError  bytes that make no sense                counted, dropped
    ├── Refused        the machine said no                     not this session
    ├── Withdrawn      the permit was gone before sending      nothing left the house
    └── Unsupported    this machine or spec cannot do it       never retry
    """


class LinkLost(DriverError):
    """The link ended, or could not be opened."""


class Timeout(DriverError, TimeoutError):
    """The machine did not answer in time; what it did is unknown."""


class ProtocolError(DriverError, ValueError):
    """The machine's bytes make no sense; carries them in hex."""


class Refused(DriverError):
    """The machine said no."""


class Withdrawn(DriverError):
    """The permit was gone before the bytes left; nothing was sent."""


class Unsupported(DriverError, NotImplementedError):
    """This machine, or this spec, cannot do it."""


RETRIED = (LinkLost, Timeout, ProtocolError)
"""A run that ends in one of these is tried again, for ever, with backoff."""

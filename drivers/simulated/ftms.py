"""A treadmill's FTMS side without a radio: what a client reads, writes and is told, in the machine's own time.

Time passes only in `advance` and `advance_to`; every record, answer and drop comes at its own moment of it, however
the time is cut. One client at a time, as machines in the field have it (HF issue 16). Keys go through `press`.

A real machine tells a key with its next notification. So does this one: a key pressed after a record and before a
Control Point write is a race that the client cannot see; it is made by calling `press`, then `write`, or by
`before_write`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Flag, auto
from typing import Final

from drivers.simulated import codec, packets
from drivers.simulated.build import Belt, Key
from drivers.simulated.codec import Op, Request, Result
from drivers.simulated.obey import act, echo, key_status, said
from drivers.simulated.profile import NORMAL, Profile, Range, Status
from drivers.simulated.treadmill import Treadmill


class Can(Flag):
    """What a characteristic can."""

    READ = auto()
    NOTIFY = auto()
    WRITE = auto()
    INDICATE = auto()


CHARACTERISTICS: Final[dict[int, Can]] = {
    codec.FEATURE: Can.READ,
    codec.TREADMILL_DATA: Can.NOTIFY,
    codec.TRAINING_STATUS: Can.READ | Can.NOTIFY,
    codec.SPEED_RANGE: Can.READ,
    codec.INCLINE_RANGE: Can.READ,
    codec.CONTROL_POINT: Can.WRITE | Can.INDICATE,
    codec.MACHINE_STATUS: Can.NOTIFY,
}
DEVICE_INFORMATION: Final[dict[int, Can]] = dict.fromkeys(packets.STRINGS, Can.READ)

# ATT errors (Core 5.3 Vol 3 Part F 3.4.1.1; Core Specification Supplement Part B 1.2)
WRITE_NOT_PERMITTED: Final = 0x03
NOT_SUBSCRIBED: Final = 0xFD
IN_PROGRESS: Final = 0xFE


@dataclass(frozen=True, slots=True)
class Written:
    """A write that the machine got; result is the Control Point's, error the ATT layer's."""

    at: int
    uuid: int
    data: bytes
    result: Result | None
    error: int | None


@dataclass(slots=True)
class Client:
    """Who is connected: how it is told, and what it asked for."""

    notify: Callable[[int, bytes], None]
    dropped: Callable[[], None]
    drop_at: int | None
    record_at: int
    subscriptions: set[int] = field(default_factory=set)
    control: bool = False
    answer: bytes | None = None  # a procedure is under way
    answer_at: int | None = None
    statuses: list[bytes] = field(default_factory=list)  # told with the next record
    training: bytes = b""  # told last


class FtmsServer:
    """One treadmill as a GATT server; `at` is its clock in ms, best the monotonic one."""

    def __init__(self, treadmill: Treadmill | None = None, profile: Profile = NORMAL, *, at: int = 0) -> None:
        self.treadmill = treadmill or Treadmill(profile.build)
        self.profile = profile
        self.at = at
        self.characteristics = {
            uuid: can
            for uuid, can in CHARACTERISTICS.items()
            if not (uuid == codec.INCLINE_RANGE and profile.incline_range is Range.MISSING)
            and not (uuid == codec.TRAINING_STATUS and profile.training is Status.MISSING)
        }
        self.writes: list[Written] = []
        self.tell: Callable[[int, str], None] = lambda _at, _text: None
        """Told in plain words what happens, with its time."""
        self.before_write: Callable[[bytes], None] = lambda _data: None
        """Called with a write that has left the client and has not reached the machine: the place for a race."""
        self._client: Client | None = None
        self._records = 0

    @property
    def connected(self) -> bool:
        """Whether someone has the one link."""
        return self._client is not None

    @property
    def controlled(self) -> bool:
        """Whether the client may use the Control Point (FTMS 4.16.2.1)."""
        return self._client is not None and self._client.control

    def connect(self, notify: Callable[[int, bytes], None], dropped: Callable[[], None]) -> None:
        """Give the one link to a client; RuntimeError when it is taken."""
        if self._client:
            raise RuntimeError("this treadmill has one link and it is taken; disconnect first")
        drops = self.profile.drops_after_ms
        self._client = Client(
            notify, dropped, None if drops is None else self.at + drops, self.at + self.profile.period_ms
        )
        self.tell(self.at, "a client connected")

    def disconnect(self) -> None:
        """Take the link back; subscriptions, control and a pending answer go with it."""
        if self._client:
            self._client = None
            self.tell(self.at, "the client is gone")

    def subscribe(self, uuid: int, *, on: bool = True) -> None:
        """Set or clear the client's configuration of a characteristic."""
        if self._client is None:
            return
        if on:
            self._client.subscriptions.add(uuid)
        else:
            self._client.subscriptions.discard(uuid)

    def read(self, uuid: int) -> bytes:
        """Return the value; KeyError when it cannot be read here."""
        return packets.readable(self.treadmill, self.profile)[uuid]

    def write(self, uuid: int, data: bytes) -> int | None:
        """Take a write; return an ATT error, or None: then the answer is indicated later (FTMS 4.16.3)."""
        self.before_write(data)
        error = self._att_error(uuid)
        result = None if error else self._obey(data)
        self.writes.append(Written(self.at, uuid, data, result, error))
        self.tell(self.at, f"write {data.hex(' ')} to {uuid:04X}: {said(result, error)}")
        if result and self._client:
            delay = self.profile.answer_ms
            self._client.answer = codec.encode_answer(data[0] if data else 0, result)
            self._client.answer_at = None if delay is None else self.at + delay
        return error

    def press(self, key: Key) -> bool:
        """Let the member press a key; False when the machine ignores it."""
        was = self.treadmill.belt
        done = self.treadmill.press(key)
        self.tell(self.at, f"key {key.value}" + ("" if done else ", ignored"))
        self._tell_belt(was)
        client = self._client
        if done and client:
            client.statuses += key_status(key, self.treadmill)
            if client.control and self.profile.key_takes_control:
                client.control = False
                client.statuses.append(codec.CONTROL_LOST)
        return done

    def cut_power(self) -> None:
        """Pull the mains plug: the machine forgets its client without a word."""
        self._client = None
        self.treadmill.cut_power()
        self.tell(self.at, "plug pulled")

    def advance(self, ms: int) -> None:
        """Let ms pass."""
        self.advance_to(self.at + ms)

    def advance_to(self, at: int) -> None:
        """Let time pass until `at`; what lies in the past is ignored."""
        while (due := self.due) is not None and due <= at:
            self._pass(due)
            self._fire()
        self._pass(at)

    @property
    def due(self) -> int | None:
        """The next moment at which the client hears something, or is dropped; None without a client."""
        if not (client := self._client):
            return None
        return min(t for t in (client.record_at, client.answer_at, client.drop_at) if t is not None)

    def _pass(self, at: int) -> None:
        while self.at < at:
            was, step = self.treadmill.belt, min(at - self.at, self.profile.period_ms)
            self.treadmill.advance(step)
            self.at += step
            self._tell_belt(was)

    def _tell_belt(self, was: Belt) -> None:
        if self.treadmill.belt is not was:
            self.tell(self.at, f"belt {self.treadmill.belt.value}")

    def _fire(self) -> None:
        client = self._client
        if client and client.answer is not None and client.answer_at is not None and client.answer_at <= self.at:
            answer, client.answer, client.answer_at = client.answer, None, None
            self._notify(client, codec.CONTROL_POINT, answer)
        if client and client.drop_at is not None and client.drop_at <= self.at:
            self.disconnect()
            client.dropped()
        elif client and client.record_at <= self.at:
            client.record_at += self.profile.period_ms
            self._notify_record(client)

    def _notify_record(self, client: Client) -> None:
        statuses, client.statuses = client.statuses, []
        for status in statuses:
            self._notify(client, codec.MACHINE_STATUS, status)
        if codec.TRAINING_STATUS in self.characteristics:
            training = packets.training(self.treadmill, self.profile)
            if training != client.training:
                client.training = training
                self._notify(client, codec.TRAINING_STATUS, training)
        self._records += 1
        if not self.profile.silent:
            for packet in packets.packets(self.treadmill, self.profile, self._records):
                self._notify(client, codec.TREADMILL_DATA, packet)

    def _notify(self, client: Client, uuid: int, data: bytes) -> None:
        if client is self._client and uuid in client.subscriptions:
            client.notify(uuid, data)

    def _att_error(self, uuid: int) -> int | None:
        if uuid != codec.CONTROL_POINT or self._client is None:
            return WRITE_NOT_PERMITTED
        if codec.CONTROL_POINT not in self._client.subscriptions:
            return NOT_SUBSCRIBED
        return None if self._client.answer is None else IN_PROGRESS

    def _obey(self, data: bytes) -> Result:
        request, client = codec.parse_control(data), self._client
        if client is None or isinstance(request, Result):
            return Result.FAILED if isinstance(request, Request) else request
        if request.op is Op.REQUEST_CONTROL:
            client.control = self.profile.grants_control
            return Result.SUCCESS if client.control else Result.NOT_PERMITTED
        if not client.control:
            return Result.NOT_PERMITTED
        was = self.treadmill.belt
        result = act(self.treadmill, self.profile, request)
        self._tell_belt(was)
        if request.op is Op.RESET:
            client.control = False  # FTMS 4.16.2.2
        if result is Result.SUCCESS and self.profile.echoes:
            client.statuses += echo(request)
        return result

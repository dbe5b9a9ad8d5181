"""The driver's end of one link: turns what arrives into what the machine says, and knows when it is over."""

import asyncio
from collections.abc import Callable

from drivers.contract import InclineRange, Machine, ProtocolError, Reading, Sink, Training
from drivers.ftms.codec import TREADMILL_DATA, Joiner, decode_data, plausible
from drivers.ftms.control import ControlPoint
from drivers.ftms.words import CONTROL_POINT, MACHINE_STATUS, TRAINING_STATUS, decode_notice, decode_training
from drivers.odd import Odd


class Hearing:
    """A contract.Listener for one link; make a new one for each link, so that no part or value outlives it."""

    control: ControlPoint

    def __init__(self, sink: Sink, odd: Odd, now: Callable[[], int]) -> None:
        self._sink, self._odd, self._now = sink, odd, now
        self._joiner = Joiner()
        self._training: Training | None = None
        self._incline: InclineRange | None = None
        self._ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._beat = 0
        self._silence: asyncio.Timeout | None = None
        self._silent_s = 0.0

    def say(self, machine: Machine) -> None:
        """Tell who the machine is, and measure its inclines by its own range from here on."""
        self._incline = machine.incline
        self._sink(machine)

    def heard(self, channel: int, data: bytes, /) -> None:
        """Take one value of a characteristic; never raises."""
        if self._ended.done():
            return
        if channel == TREADMILL_DATA:
            self._reset_silence()
            self._on_data(data)
        elif channel == CONTROL_POINT:
            self.control.heard(data)
        elif channel == MACHINE_STATUS:
            self._on_status(data)
        elif channel == TRAINING_STATUS:
            self._on_training(data)

    def lost(self, reason: str, /) -> None:
        """Take the end of the link, by whomever; the first reason stands."""
        if not self._ended.done():
            self._ended.set_result(reason)
            self.control.lost(reason)

    async def over(self, silent_s: float) -> str:
        """Wait for the end and return its reason; no treadmill data for `silent_s` seconds is an end."""
        self._silent_s, before = silent_s, self._beat
        try:
            async with asyncio.timeout(silent_s) as self._silence:
                return await self._ended
        except TimeoutError:
            first = "connected but silent" if self._beat == before else "the machine fell silent"
            return f"{first}: no treadmill data for {silent_s:g} s"

    def _reset_silence(self) -> None:
        self._beat += 1
        if self._silence and not self._silence.expired():
            self._silence.reschedule(asyncio.get_running_loop().time() + self._silent_s)

    def _on_data(self, data: bytes) -> None:
        at = self._now()
        try:
            packet = decode_data(data)
        except ProtocolError:
            self._odd.note("treadmill data without flags", data)
            return
        if packet.odd:
            self._odd.note(f"treadmill data: {packet.odd}", data)
        dropped = self._joiner.dropped
        record = self._joiner.join(packet, at)
        if self._joiner.dropped > dropped:
            self._odd.note("treadmill data: the end of a split record never came", data)
        if record is None:
            return
        incline = record.get("incline")
        if not plausible(incline, self._incline):
            self._odd.note("an incline that this machine cannot have", data)
            incline = None
        self._sink(
            Reading(
                at=at,
                speed=record.get("speed"),
                incline=incline,
                distance=record.get("distance"),
                elapsed=record.get("elapsed"),
                remaining=record.get("remaining"),
                training=self._training,
            )
        )

    def _on_training(self, data: bytes) -> None:
        self._training = decode_training(data)
        if self._training is Training.UNKNOWN:
            self._odd.note("training status", data)

    def _on_status(self, data: bytes) -> None:
        if self.control.is_echo(data):
            return
        notice = decode_notice(data, self._now())
        if notice is None:
            self._odd.note("machine status", data)
        else:
            self._sink(notice)

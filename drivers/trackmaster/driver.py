"""The treadmill of the family A0 to DF: polled four times a second with questions, and with nothing else."""

import asyncio
from dataclasses import dataclass

from drivers.contract import (
    Ability,
    InclineRange,
    Link,
    LinkLost,
    Machine,
    Notice,
    Reading,
    Sink,
    Timeout,
    Unsupported,
)
from drivers.odd import Odd
from drivers.trackmaster.asking import ANSWER_S, SETTLE_S, Asking, mute
from drivers.trackmaster.codec import No, number
from drivers.trackmaster.gate import WATCHED_BELT, Seen
from drivers.trackmaster.meaning import (
    INCLINE_LEAP,
    SPEED_LEAP,
    Twice,
    incline_of,
    set_notice,
    speed_of,
    state_notice,
    training_of,
)
from drivers.trackmaster.variants import NOES, TIMED_OUT, WATCHED, Ask, Variant
from drivers.transports.gated import STREAM

POLL_S = 0.25
SILENT_S = 10.0
"""A line on which nothing is answered for this long is dead."""
TRIES = 6
"""Questions before a line counts as one without a treadmill."""
GOALS = (Ask.SET_SPEED, Ask.SET_INCLINE)
RAW = (Ask.STATE, Ask.FIRMWARE)
"""Answered by bytes that need not be digits."""


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds: from poll to poll, for an answer, of silence after a bad one, until a silent line is dead."""

    poll: float = POLL_S
    answer: float = ANSWER_S
    settle: float = SETTLE_S
    silent: float = SILENT_S


@dataclass(frozen=True, slots=True)
class Look:
    """What one poll found: the deck's place and target in 0.1 %, None where not told."""

    incline: int | None
    goal: int | None


class Met:
    """What is known of one link's machine; a new one for each link."""

    def __init__(self, asking: Asking) -> None:
        self.asking = asking
        self.speed, self.incline = Twice(SPEED_LEAP), Twice(INCLINE_LEAP)
        self.goals: dict[Ask, int | None] = {}
        self.ours: int | None = None
        """A target that we have sent and not yet seen."""


class TrackmasterDriver:
    """A treadmill of this family over a link; implements Driver. Made by `raising.trackmaster_driver`.

    `odd.counts` counts what made no sense, by kind. `where` is the port's name and speed, for sentences.
    """

    def __init__(
        self,
        link: Link,
        seen: Seen,
        variant: Variant,
        unit: str,
        where: tuple[str, int],
        incline: InclineRange | None,
        times: Times,
    ) -> None:
        self.connect_limit = link.open_limit + (TRIES + 8) * (times.answer + 4 * times.settle + 1)
        self.odd = Odd()
        self._link, self._seen, self._variant, self._unit = link, seen, variant, unit
        self._where, self._incline, self._times = where, incline, times
        self._one = asyncio.Lock()
        self._met: Met | None = None
        self._sink: Sink | None = None
        """Both are set once the machine has been told of."""
        self._due = 0.0
        """Of the loop's clock: when the next poll is."""

    async def run(self, sink: Sink, /) -> None:
        """Ask what the belt does, then poll; LinkLost when the link ends or is silent. Sends nothing but questions.

        Unsupported, at once and for good: the belt was started so that it stops when its host falls silent.
        """
        if self._seen.watched:
            raise Unsupported(WATCHED_BELT)
        self._seen.saw(None)
        met = Met(Asking(self._link, self.odd, self._times.answer, self._times.settle))
        try:
            await self._link.open(met.asking)
            await self._link.subscribe(STREAM)
            await self._meet(met)
            sink(await self._identify(met))
            self._met, self._sink = met, sink
            while True:
                await self._poll_or_end(met)
        finally:
            self._met = self._sink = None
            await self._link.close()

    async def _meet(self, met: Met) -> None:
        """Look around once, untold: a value counts from its second time on. LinkLost tells of a mute line."""
        for _ in range(TRIES):
            try:
                await self._poll(met)
            except Timeout:
                continue
            return
        raise LinkLost(mute(*self._where, met.asking))

    async def _identify(self, met: Met) -> Machine:
        """Return what can be said of the machine: these say neither maker nor range."""
        firmware = None
        if Ask.FIRMWARE in self._variant.codes:
            try:
                value = await self._ask(met, Ask.FIRMWARE)
            except Timeout:
                value = None
            firmware = None if value is None else value.hex()
        able = frozenset({Ability.RAISE_INCLINE} if self._incline else ())
        return Machine(
            at=self._seen.now(),
            protocol=self._variant.name,
            firmware=firmware,
            incline=self._incline,
            abilities=able,
        )

    async def _poll_or_end(self, met: Met) -> None:
        """Poll on a grid of time, so that what the answers take is no drift."""
        loop = asyncio.get_running_loop()
        try:
            async with self._one:
                await self._poll(met)
        except Timeout as late:
            if loop.time() - met.asking.answered_at >= self._times.silent:
                raise LinkLost(f"{self._where[0]} fell silent: no answer for {self._times.silent:g} s") from late
        self._due = max(self._due + self._times.poll, loop.time())
        await met.asking.rest(self._due - loop.time())

    async def _poll(self, met: Met) -> Look:
        """Ask once around and tell what was said; Timeout when an answer is missing, and nothing of it is told."""
        said = {ask: await self._ask(met, ask) for ask in self._variant.polled}
        at = self._seen.now()
        speed, incline = said[Ask.SPEED], said[Ask.INCLINE]
        reading = Reading(
            at=at,
            speed=met.speed.take(None if speed is None else speed_of(speed, self._variant, self._unit)),
            incline=met.incline.take(None if incline is None else incline_of(incline)),
            training=training_of(self._seen.state, self._variant),
        )
        goals = {ask: None if (value := said.get(ask)) is None else number(value) for ask in GOALS}
        for ask, goal in goals.items():
            self._tell_key(met, ask, goal, at)
        self._tell(reading)
        return Look(reading.incline, goals[Ask.SET_INCLINE])

    def _tell_key(self, met: Met, ask: Ask, goal: int | None, at: int) -> None:
        """Tell of a set value that changed and not by us."""
        before, met.goals[ask] = met.goals.get(ask), goal
        if ask is Ask.SET_INCLINE and goal is not None and goal == met.ours:
            met.ours = None
            return
        self._tell(set_notice(ask, before, goal, at))

    def _tell(self, said: Reading | Notice | None) -> None:
        if self._sink and said:
            self._sink(said)

    async def _ask(self, met: Met, ask: Ask) -> bytes | None:
        """Ask one thing; None when the machine does not know it."""
        answer = await met.asking.ask(
            bytes([self._variant.codes[ask]]),
            self._variant.length(ask),
            digits=ask not in RAW,
        )
        if isinstance(answer, No):
            if answer.code == TIMED_OUT and self._variant.says_timed_out:
                self._give_up()
            self.odd.note(f"{ask.value}: {NOES[answer.code]}", bytes([answer.code]))
            return None
        if ask is Ask.STATE:
            self._saw(answer.data[0])
        return answer.data

    def _saw(self, state: int) -> None:
        """Take the belt's state; a belt that stops when we fall silent ends all talk, at once."""
        if state == WATCHED:
            self._give_up()
        before = self._seen.state
        self._seen.saw(state)
        self._tell(state_notice(before, state, self._variant, self._seen.at))

    def _give_up(self) -> None:
        self._seen.watched = True
        raise Unsupported(WATCHED_BELT)

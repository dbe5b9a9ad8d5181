"""The gym now: one row for each machine, and whoever watches hears each change."""

import asyncio
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from daemon.clock import Clock
from daemon.floor.collector import Collector
from daemon.floor.faults import Key, keep, open_faults, turned
from daemon.floor.layers import Standing as SettingsStanding
from daemon.floor.level import Cause, Facts, Level, LevelName, causes, level
from daemon.floor.presence import Seen, Standing, Waiting, heard, standing, state_of
from daemon.floor.pushing import Pushing
from daemon.floor.service import Condition, Intervals, conditions, said_waiting
from daemon.floor.store import FloorStore, ms
from daemon.messages import Message
from daemon.mqtt.topics import ONLINE
from daemon.store import StoreError

log = logging.getLogger(__name__)

DEPTH: Final = 256
"""Messages that wait for one reader; one for which more would wait is cut off."""
SETTLE_MS: Final = 15_000
"""After a connect, machines tell anew what they are: until then, no fault begins or ends."""


class CauseShown(Message):
    """Why a machine is not well."""

    code: str
    level: LevelName
    text: str
    since: datetime


class ServiceShown(Message):
    """What a machine ran since its last service."""

    distance_km: float
    hours: float
    share: float
    """Of the service interval, 1 is due; 0 where none is configured."""
    serviced: datetime | None


class MachineNow(Message):
    """One machine at this moment."""

    machine: str
    name: str
    zone: str
    modality: str
    standing: Standing
    since: datetime
    """Since when it is that, as far as the floor saw it."""
    level: LevelName
    causes: list[CauseShown]
    """The most urgent first."""
    seen: datetime | None
    """When it was heard last; null: not since the floor began."""
    phase: str | None
    mode: str | None
    settings: SettingsStanding
    """What became of the settings that the floor wants of it; none: it wants nothing."""
    service: ServiceShown


@dataclass(eq=False)
class Reader:
    """One who watches; `cut` is set when too much waits for them."""

    lines: asyncio.Queue[MachineNow] = field(default_factory=lambda: asyncio.Queue(DEPTH))
    cut: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, row: MachineNow) -> None:
        """Add a change; a reader that is too slow gets nothing more."""
        if self.lines.full():
            self.cut.set()
        elif not self.cut.is_set():
            self.lines.put_nowait(row)


class Board:
    """All machines; `run` lives until cancelled."""

    def __init__(
        self, collector: Collector, pushing: Pushing, store: FloorStore, clock: Clock, intervals: Intervals,
        *, tick_s: float = 1.0, look_s: float = 30.0, settle_ms: int = SETTLE_MS,
    ) -> None:  # fmt: skip
        self._collector = collector
        self._pushing = pushing
        self._store = store
        self._clock = clock
        self._intervals = intervals
        self._tick_s = tick_s
        self._look_s = look_s
        self._settle_ms = settle_ms
        self._conditions: Mapping[str, Condition] = {}
        self._rows: dict[str, MachineNow] = {}
        self._links: dict[str, tuple[str, int]] = {}
        self._causes: dict[Key, Cause] = {}
        self._faults: frozenset[Key] | None = None
        self._readers: set[Reader] = set()
        self._looked = asyncio.Event()
        self._watched: int | None = None
        self._turned = asyncio.Event()

    def rows(self) -> list[MachineNow]:
        """Return all machines, by their names."""
        return [self._rows[name] for name in sorted(self._rows)]

    async def refresh(self) -> None:
        """Look at the store now, and wait until that is on the board."""
        self._looked.clear()
        self._turned.set()
        await self._looked.wait()

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """Yield a reader that hears each change from now on."""
        reader = Reader()
        self._readers.add(reader)
        try:
            yield reader
        finally:
            self._readers.discard(reader)

    async def run(self) -> None:
        """Keep the board current for ever."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep_looking())
            tasks.create_task(self._keep_ticking())

    async def _keep_looking(self) -> None:
        while True:
            self._turned.clear()
            with suppress(StoreError):  # the collector tells of it
                await self._look()
            self._looked.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._look_s):
                    await self._turned.wait()

    async def _look(self) -> None:
        self._conditions = await asyncio.to_thread(conditions, self._store)
        self._collector.broken = frozenset(name for name, one in self._conditions.items() if one.out_at)
        said = await asyncio.to_thread(said_waiting, self._store)
        if said is not None:
            self._collector.inbox.waiting.append(Waiting(*said))
        if self._faults is None:
            self._faults = await asyncio.to_thread(open_faults, self._store)
        self._tick()

    async def _keep_ticking(self) -> None:
        while True:
            self._tick()
            await self._keep_faults()
            await asyncio.sleep(self._tick_s)

    def _tick(self) -> None:
        wall = self._clock.wall()
        if wall is None:
            return
        now = ms(wall)
        if not self._collector.connected.is_set():
            self._watched = None
        elif self._watched is None:
            self._watched = now
        found: dict[Key, Cause] = {}
        speaking = {name for name, one in self._collector.inbox.seen.items() if one.status == ONLINE}
        for machine in self._conditions.keys() | self._collector.inbox.seen.keys():
            why = self._judge(machine, now, others=bool(speaking - {machine}))
            found |= {(machine, one.code): one for one in why}
            self._put(machine, now, why)
        self._causes = found

    def _judge(self, machine: str, now: int, *, others: bool) -> list[Cause]:
        """Return the causes of one machine, each beginning when it was first seen."""
        seen = self._collector.inbox.seen.get(machine, Seen())
        one = self._conditions.get(machine) or Condition(machine, machine, "", seen.modality)
        link, at = self._links.get(machine, ("", now))
        if link != seen.link:
            at = now
        self._links[machine] = seen.link, at
        facts = Facts(
            now=now, watched=now if self._watched is None else self._watched, status=seen.status, link=seen.link,
            link_at=at, heard=last_heard(seen), others=others, out_at=one.out_at, out_why=one.out_why,
            alerts=seen.alerts, refusal=seen.refusal, service=self._intervals.share(one), unused=self._unused(one, now),
        )  # fmt: skip
        return [_since(cause, self._causes.get((machine, cause.code))) for cause in causes(facts)]

    def _unused(self, one: Condition, now: int) -> int:
        """Return the days without a session while another of its kind had some on each of the last two."""
        today = datetime.fromtimestamp(now / 1000, UTC).astimezone(self._store.zone).date()
        peers = [p.used for p in self._conditions.values() if p.modality == one.modality and p.machine != one.machine]
        used = [day for day in peers if day is not None and (today - day).days <= 1]
        return (today - one.used).days - 1 if one.used is not None and used and one.used < today else 0

    def _put(self, machine: str, now: int, why: list[Cause]) -> None:
        seen = self._collector.inbox.seen.get(machine, Seen())
        one = self._conditions.get(machine) or Condition(machine, machine, "", seen.modality)
        state, before, last = state_of(seen), self._rows.get(machine), last_heard(seen)
        stands = standing(seen, now, broken=bool(one.out_at))
        row = MachineNow(
            machine=machine,
            name=one.name,
            zone=one.zone,
            modality=one.modality,
            standing=stands,
            since=before.since if before is not None and before.standing == stands else moment(now),
            level=_name(level(why)),
            causes=[
                CauseShown(code=c.code, level=_name(c.level), text=c.text, since=moment(c.began)) for c in why
            ],
            seen=moment(last) if last else None,
            phase=None if state is None or stands == "unknown" else state.phase,
            mode=None if state is None else state.mode,
            settings=self._pushing.standing(machine),
            service=service_shown(one, self._intervals),
        )  # fmt: skip
        self._rows[machine] = row
        if before is None or row.model_copy(update={"seen": before.seen}) != before:
            for reader in self._readers:
                reader.tell(row)

    async def _keep_faults(self) -> None:
        wall = self._clock.wall()
        if self._faults is None or self._watched is None or wall is None or ms(wall) - self._watched < self._settle_ms:
            return
        change = turned(self._faults, self._causes)
        if not change.new and not change.over:
            return
        with suppress(StoreError):  # the collector tells of it; it is tried again
            await asyncio.to_thread(keep, self._store, change, ms(wall))
            self._faults = (self._faults | change.new.keys()) - change.over


def _since(cause: Cause, known: Cause | None) -> Cause:
    """Return cause as of when it was first seen; what is told of it may be new."""
    began = cause.began if known is None else min(known.began, cause.began)
    return Cause(cause.code, cause.level, cause.text, began)


def _name(one: Level) -> LevelName:
    names: tuple[LevelName, ...] = ("ok", "watch", "unknown", "act")
    return names[one]


def last_heard(seen: Seen) -> int:
    """Return when a machine's last state held, 0: never."""
    state = state_of(seen)
    return 0 if state is None else heard(seen, state)


def moment(at: int) -> datetime:
    """Return Unix ms as a moment, to the second."""
    return datetime.fromtimestamp(at // 1000, UTC)


def service_shown(one: Condition, intervals: Intervals) -> ServiceShown:
    """Return a machine's service counters in their wire form."""
    return ServiceShown(
        distance_km=round(one.distance / 1000, 1),
        hours=round(one.belt / 3_600_000, 1),
        share=round(intervals.share(one), 3),
        serviced=None if one.serviced_at is None else moment(one.serviced_at),
    )

"""What each machine is now, and what the floor says of all of them. Pure; times are Unix ms.

Doubt is told as doubt: a machine that is silent is unknown, never free, and where nothing is known to be free while
something is unknown, nothing is said.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal

from pydantic import ValidationError

from daemon.floor.record import unix_ms
from daemon.messages import Alert, FloorState, Nearby, NearbyMachine, Settings, State
from daemon.mqtt.topics import ONLINE, STALE

SILENT_MS: Final = 90_000
"""A machine tells its state at least every 30 s; after three of those it is silent."""
NEARBY_MS: Final = 180_000
"""Machines nearby are told of each minute; after three of those the word is old."""
WAITING_MS: Final = 15 * 60_000
"""How long it holds that somebody said that people wait."""
BUSY: Final = frozenset({"warm_up", "running", "programme", "cool_down", "paused"})

type Standing = Literal["free", "busy", "out", "unknown"]


@dataclass(slots=True)
class Seen:
    """What was heard of one machine, as it came; state is parsed when somebody asks."""

    status: str = ""
    link: str = ""
    modality: str = "treadmill"
    state: bytes = b""
    at: int = 0
    """When state came."""
    kept: bool = False
    """The broker had kept it: it may be old."""
    nearby: bytes = b""
    """What it hears of machines that have no computer of their own."""
    settings: bytes = b""
    refusal: str | None = None
    """Why it would not take what the floor wants of it."""
    limit_action: str = "announce"
    alerts: dict[str, Alert] = field(default_factory=dict)

    def told(self) -> Settings | None:
        """Return the settings that it says are in force, as far as they can be read."""
        try:
            return Settings.model_validate_json(self.settings) if self.settings else None
        except ValidationError:
            return None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody said at a moment that people wait, or that nobody does."""

    at: int
    people: bool


def standing(seen: Seen, now: int, *, broken: bool = False) -> Standing:
    """Return what a machine is now; broken: staff took it out of order."""
    if broken:
        return "out"
    state = state_of(seen) if seen.status == ONLINE and seen.link in (ONLINE, STALE) else None
    if state is None or not 0 <= now - heard(seen, state) <= SILENT_MS or state.link != "up":
        return "unknown"
    if seen.link == ONLINE and state.phase != "unknown":
        return "busy" if state.phase in BUSY else "free"
    word: dict[bool | None, Standing] = {True: "busy", False: "free", None: "unknown"}
    return word[state.occupied] if state.phase == "unknown" else "unknown"


def state_of(seen: Seen) -> State | None:
    """Return the state that was heard last, as far as it can be read."""
    try:
        return State.model_validate_json(seen.state)
    except ValidationError:
        return None


def heard(seen: Seen, state: State) -> int:
    """Return when the state held: of one that the broker kept, only its own date tells."""
    return (unix_ms(state.ts) or 0) if seen.kept else seen.at


def floor_state(seen: Mapping[str, Seen], broken: Collection[str], told: Iterable[Waiting], now: int) -> FloorState:
    """Return what the floor says of the gym."""
    sums: dict[Standing, Counter[str]] = {"free": Counter(), "busy": Counter(), "out": Counter(), "unknown": Counter()}
    heard_of = nearby(seen, now)
    for name, one in seen.items():
        sums[standing(one, now, broken=name in broken)][one.modality] += 1
    for other in heard_of:
        sums["out" if other.machine in broken else other.standing][other.kind] += 1
    kinds = {one.modality for one in seen.values()} | {other.kind for other in heard_of}
    free = {kind: sums["free"][kind] for kind in kinds if sums["free"][kind] or not sums["unknown"][kind]}
    return FloorState(
        ts=datetime.fromtimestamp(now / 1000, UTC),
        waiting=waiting(told, now),
        free=free,
        busy={kind: sums["busy"][kind] for kind in kinds},
        out_of_order={kind: sums["out"][kind] for kind in kinds},
        unknown={kind: sums["unknown"][kind] for kind in kinds},
    )


def nearby(seen: Mapping[str, Seen], now: int) -> list[NearbyMachine]:
    """Return the machines without a computer of their own, each as it was heard last; old word is unknown."""
    told: dict[str, tuple[int, NearbyMachine]] = {}
    for one in seen.values():
        with suppress(ValidationError):
            message = Nearby.model_validate_json(one.nearby)
            at = unix_ms(message.ts) or 0
            fresh = one.status == ONLINE and 0 <= now - at <= NEARBY_MS
            for other in message.machines:
                if other.machine not in seen and at >= told.get(other.machine, (0, other))[0]:
                    told[other.machine] = at, other if fresh else other.model_copy(update={"standing": "unknown"})
    return [other for _, other in told.values()]


def waiting(told: Iterable[Waiting], now: int) -> int | None:
    """Return 1 when somebody said of late that people wait, 0 when that nobody does; None: nobody knows."""
    young = [one for one in told if 0 <= now - one.at <= WAITING_MS]
    return int(max(young, key=lambda one: one.at).people) if young else None

"""What a console's answer says of the treadmill, in the contract's words; pure."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from drivers.contract import Ability, InclineRange, Key, Machine, Notice, Reading, Training
from drivers.csafe.capability import Capability
from drivers.csafe.units import DISTANCE, FASTEST, GRADE, SPEED, STEEPEST, scaled, seconds
from drivers.csafe.words import Get, Reply, State

MAKERS = {1: "Precor", 9: "Life Fitness", 22: "Concept2"}
"""Numbers that were seen: a copy of Precor's table, captures of a Life Fitness, Concept2's definition."""
IN_WORKOUT = frozenset({State.IN_USE, State.PAUSED, State.MANUAL, State.OFF_LINE})
MOVING = IN_WORKOUT - {State.PAUSED}
"""Manual and OffLine are what a console says after its own start key: somebody is on it, and CSAFE is not."""
AT_REST = frozenset({State.READY, State.IDLE, State.HAVE_ID, State.FINISHED})


def training_of(state: State | None) -> Training:
    """Return the workout's phase as far as CSAFE knows it; a programme is not told from other use."""
    if state in AT_REST:
        return Training.IDLE
    return Training.OTHER if state in IN_WORKOUT else Training.UNKNOWN


def notice_of(before: State | None, after: State | None, at: int) -> Notice | None:
    """Return what a change of state tells; whatever is not understood is a key of the member's."""
    if before == after:
        return None
    if after is State.PAUSED:
        return Notice(at, Key.PAUSED)
    if after in MOVING and before not in MOVING:
        return Notice(at, Key.STARTED)
    if after in AT_REST and before not in AT_REST:
        return Notice(at, Key.STOPPED)
    return Notice(at, Key.OTHER)


def machine_of(version: bytes | None, at: int, abilities: frozenset[Ability], incline: InclineRange | None) -> Machine:
    """Return who the console says it is: maker, class, model, version, release (GetVersion); CSAFE tells no range."""
    known = version is not None and len(version) >= 5
    maker, kind, model, major, minor = tuple(version[:5]) if version is not None and known else (0, 0, 0, 0, 0)
    return Machine(
        at=at,
        protocol="csafe",
        maker=MAKERS.get(maker, f"maker {maker}") if known else None,
        model=f"model {kind}.{model}" if known else None,
        firmware=f"{major}.{minor}" if known else None,
        incline=incline,
        abilities=abilities,
    )


def incline_of(reply: Reply, capability: Capability) -> int | None:
    """Return the incline in 0.1 %, None when none was told, or one that no treadmill has."""
    value = reply.values.get(Get.INCLINE)
    return None if value is None else _bounded(value, GRADE, capability.incline_count, STEEPEST)


def reading_of(reply: Reply, capability: Capability, at: int) -> Reading:
    """Return the reading; what the console did not say, or said in another dimension, is None."""
    said = {get: reply.values.get(get) for get in capability.asks}
    speed, distance, time = said.get(Get.SPEED), said.get(Get.DISTANCE), said.get(Get.TIME)
    passed = None if time is None else seconds(time)
    return Reading(
        at=at,
        speed=None if speed is None else _bounded(speed, SPEED, capability.speed_count, FASTEST),
        incline=incline_of(reply, capability) if Get.INCLINE in said else None,
        distance=None if distance is None else scaled(distance, DISTANCE),
        elapsed=None if capability.counts_down else passed,
        remaining=passed if capability.counts_down else None,
        training=training_of(reply.status.state),
    )


def odd_values(reply: Reply, reading: Reading, capability: Capability) -> Iterator[tuple[str, bytes]]:
    """Yield what was said and could not be taken: a name for each, and its bytes."""
    time = reading.remaining if capability.counts_down else reading.elapsed
    took = {Get.SPEED: reading.speed, Get.INCLINE: reading.incline, Get.DISTANCE: reading.distance, Get.TIME: time}
    for get in capability.asks:
        if took[get] is None and get in reply.values:
            yield f"{get.name.lower()}: another dimension, length or size than a treadmill's", reply.values[get]


def _bounded(value: bytes, table: Mapping[int, Fraction], count: Fraction | None, most: int) -> int | None:
    whole = scaled(value, table, count)
    return whole if whole is not None and whole <= most else None

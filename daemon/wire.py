"""From what the daemon holds to what it says: integers of the wire's units become km/h, % and seconds. Pure."""

from dataclasses import dataclass
from typing import Literal

from daemon.clock import Clock, dated
from daemon.messages import Info, LimitShown, State
from daemon.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Identity:
    """Which machine this is, as configured."""

    site: str
    machine: str
    name: str
    zone: str
    driver: str
    software: str
    units: Literal["km/h", "mph"] = "km/h"
    run: str = ""
    proved: bool = False
    """A raise was tried on this machine, and its keys answered after it."""


def state_message(seen: Snapshot, clock: Clock, fault: str | None = None) -> State:
    """Return a snapshot in its wire form; unknown stays null."""
    target = seen.prompt.target if seen.raising and seen.prompt is not None else None
    return State(
        ts=dated(clock, seen.at),
        boot=clock.boot,
        uptime_ms=seen.at,
        seq=seen.seq,
        link=seen.link.value,
        phase=seen.phase.value,
        occupied=seen.occupied,
        mode=mode_name(seen),
        speed_kmh=None if seen.speed is None else seen.speed / 100,
        incline_pct=tenth(seen.incline),
        min_incline_pct=seen.min_incline / 10,
        incline_target_pct=tenth(target),
        session=seen.session,
        elapsed_s=seen.totals.belt // 1000,
        distance_m=seen.totals.distance,
        flat_s=seen.totals.flat // 1000,
        limit=limit_shown(seen),
        blocked=seen.blocked,
        fault=fault,
    )


def info_message(identity: Identity, seen: Snapshot) -> Info:
    """Return who and what this machine is."""
    steps = seen.range
    return Info(
        site=identity.site,
        machine=identity.machine,
        name=identity.name,
        zone=identity.zone,
        driver=identity.driver,
        maker=seen.maker,
        model=seen.model,
        firmware=seen.firmware,
        software=identity.software,
        incline_min_pct=tenth(steps.least if steps else None),
        incline_max_pct=tenth(steps.most if steps else None),
        incline_step_pct=tenth(steps.step if steps else None),
        control="none" if steps is None else "verified" if identity.proved else "unverified",
        limit_action=seen.limit_action.value,
        run=identity.run,
    )


def limit_shown(seen: Snapshot) -> LimitShown | None:
    """Return the time limit that counts, if one does."""
    stages: dict[str | None, Literal["counting", "grace", "over"]] = {s: s for s in ("counting", "grace", "over")}
    stage = stages.get(seen.limit)
    return None if stage is None else LimitShown(stage=stage, left_s=seen.limit_left)


def tenth(value: int | None) -> float | None:
    """Return 0.1 % as %."""
    return None if value is None else value / 10


MODES: tuple[Literal["observe", "nudge", "assist", "enforce"], ...] = ("observe", "nudge", "assist", "enforce")


def mode_name(seen: Snapshot) -> Literal["observe", "nudge", "assist", "enforce"]:
    """Return the mode in words."""
    return MODES[seen.mode]

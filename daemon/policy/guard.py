"""What must hold before a nudge and before the deck moves, as tables; the first that fails is the reason shown.

The names are the keys of docs/why.md. Doubt is a failure: an unknown value passes no check.
"""

from collections.abc import Callable

from daemon.policy import rules as r
from daemon.policy.rules import Action, Mode, When
from daemon.policy.state import Control, Kind, Link, State
from daemon.policy.turn import fresh
from drivers.contract import Ability, Training

type Check = Callable[[State, int], bool]

NOTES = frozenset(
    {Kind.DECLINED, Kind.RAISED, Kind.NOT_MOVED, Kind.USE_KEYS, Kind.LONG_STAY, Kind.EXTENDED, Kind.LIFTED}
    | {Kind.LIMIT_OFF, Kind.TAKEN, Kind.TRAINER}
)
"""Prompts that ask nothing: a nudge may take their place."""


def goal(state: State) -> int | None:
    """Return the lowest incline that the machine can take and that is not flat (0.1 %); None: only suggest."""
    steps = state.machine.incline if state.machine else None
    if steps is None:
        return None
    least = state.rules.min_incline
    target = steps.least + max(0, -(-(least - steps.least) // steps.step)) * steps.step
    return target if target <= min(steps.most, r.CEILING, least + r.ABOVE_MINIMUM) else None


def next_step(state: State, to: int) -> int | None:
    """Return the next incline on the way up to the goal: a small step, or one wide increment; None: there is none."""
    steps = state.machine.incline if state.machine else None
    now = state.incline.value if state.incline else None
    if steps is None or now is None:
        return None
    first = steps.least + ((now - steps.least) // steps.step + 1) * steps.step
    small = steps.least + (min(to, now + r.STEP) - steps.least) // steps.step * steps.step
    target = small if small > now else first
    rise = target - now
    fits = target <= to and rise <= (r.STEP if small > now else r.WIDE_STEP)
    within = state.session is not None and state.session.risen + rise <= r.RISE_A_SESSION
    return target if fits and within else None


def moving(state: State, at: int) -> bool:
    """Tell whether the belt is known to move."""
    return (fresh(state.speed, at, r.FRESH_MS) or 0) >= r.MOVING


def warm(state: State, _at: int) -> bool:
    """Tell whether the session's warm-up is over."""
    over = state.session is not None and state.session.totals.belt >= state.rules.warm_up_ms
    return over and state.training is not Training.WARM_UP


def not_cooling(state: State, _at: int) -> bool:
    """Tell whether the console is not in its cool-down or its last part, and no limit's grace is on."""
    if state.session is not None and state.session.grace_since is not None:
        return False
    return console_on(state)


def console_on(state: State) -> bool:
    """Tell whether the console itself is not in its cool-down or its last part."""
    last = state.remaining is not None and 0 < state.remaining.value <= r.LAST_PART_S
    return state.training is not Training.COOL_DOWN and not last


def has_lift(state: State, _at: int) -> bool:
    """Tell whether the machine can be off the flat, as far as it says; a machine without a range may."""
    return state.machine is not None and (state.machine.incline is None or goal(state) is not None)


def steady(state: State, _at: int) -> bool:
    """Tell whether the belt's speed has hardly changed of late."""
    values = [gauge.value for gauge in state.speeds]
    return bool(values) and max(values) - min(values) <= r.STEADY


def screen(state: State, at: int) -> bool:
    """Tell whether a screen holds the lease and is alive."""
    return state.lease is not None and at - state.lease.at <= r.LEASE_MS


def standing(state: State, at: int) -> bool:
    """Tell whether the belt has been seen to stand for IDLE_MS, until just now."""
    still = fresh(state.speed, at, r.FRESH_TO_COMMAND_MS) == 0 and all(gauge.value == 0 for gauge in state.speeds)
    return still and bool(state.speeds) and at - state.speeds[0].at >= r.IDLE_MS


def in_window(state: State, at: int) -> bool:
    """Tell whether the belt is slow and fast enough for the deck to be moved."""
    speed = fresh(state.speed, at, r.FRESH_TO_COMMAND_MS)
    return speed is not None and state.rules.speed_least <= speed <= state.rules.speed_most


def can(state: State, ability: Ability) -> bool:
    """Tell whether the machine says that it can be asked to."""
    return state.machine is not None and ability in state.machine.abilities


BELT: tuple[tuple[str, Check], ...] = (
    ("link", lambda s, at: s.link is Link.UP),
    ("hold", lambda s, at: s.hold_until is not None and at >= s.hold_until),
    ("safety_key", lambda s, at: not s.safety_out),
    ("standing", moving),
    ("no_session", lambda s, at: s.session is not None and s.session.opened),
    ("warm_up", warm),
    ("cool_down", not_cooling),
    ("programme", lambda s, at: s.training is not Training.PROGRAMME),
    ("no_lift", has_lift),
)
"""What a nudge and a raise both need of the belt."""

NUDGE: tuple[tuple[str, Check], ...] = (
    ("mode", lambda s, at: s.rules.mode >= Mode.NUDGE),
    *BELT,
    ("incline_unknown", lambda s, at: fresh(s.incline, at, r.FRESH_MS) is not None),
    ("not_flat", lambda s, at: s.flat_since is not None),
    ("left_alone", lambda s, at: s.session is not None and not s.session.left_alone),
    ("declined", lambda s, at: s.session is not None and at >= (s.session.quiet_until or 0)),
    ("enough", lambda s, at: s.session is not None and s.session.nudges < s.rules.nudges_a_session),
    (
        "spacing",
        lambda s, at: (
            s.session is not None
            and (s.session.nudged_at is None or at - s.session.nudged_at >= s.rules.nudge_spacing_ms)
        ),
    ),
    ("no_screen", lambda s, at: s.session is not None and (not s.session.unseen or screen(s, at))),
    ("busy", lambda s, at: s.raising is None and (s.prompt is None or s.prompt.kind in NOTES)),
    ("not_yet", lambda s, at: s.flat_since is not None and at - s.flat_since >= s.rules.nudge_after_ms),
)
"""What a nudge needs."""

SAFE: tuple[tuple[str, Check], ...] = (
    ("mode", lambda s, at: s.rules.mode >= Mode.ASSIST),
    *BELT,
    ("ability", lambda s, at: can(s, Ability.RAISE_INCLINE)),
    ("range", lambda s, at: goal(s) is not None),
    ("control", lambda s, at: s.control is not Control.LOST),
    ("over", lambda s, at: s.session is not None and not s.session.raising_over and not s.session.left_alone),
    ("stale", lambda s, at: fresh(s.incline, at, r.FRESH_TO_COMMAND_MS) is not None),
    ("speed", in_window),
    ("unsteady", steady),
    ("changed", lambda s, at: s.changed_at is None or at - s.changed_at >= s.rules.quiet_ms),
    ("screen", screen),
)
"""What must hold all through a raise."""

RAISE: tuple[tuple[str, Check], ...] = (
    *SAFE,
    ("restless", lambda s, at: s.equal_inclines >= r.REST_SAMPLES),
    ("downhill", lambda s, at: s.incline is not None and s.incline.value >= 0),
    ("not_flat", lambda s, at: (to := goal(s)) is not None and next_step(s, to) is not None),
)
"""What must hold when a step of the deck is sent."""

ENFORCE: tuple[tuple[str, Check], ...] = (
    ("asks", lambda s, at: s.rules.mode is Mode.ENFORCE),
    ("once", lambda s, at: s.session is not None and not s.session.enforce_over),
    (
        "training",
        lambda s, at: s.machine is not None and s.machine.tells_training and s.training is not Training.UNKNOWN,
    ),
)
"""What a raise needs besides when the member did not ask for it."""

STOP: tuple[tuple[str, Check], ...] = (
    ("mode", lambda s, at: s.rules.mode >= Mode.NUDGE),
    ("action", lambda s, at: s.rules.limit_action is Action.STOP and s.rules.proved_stop),
    ("ability", lambda s, at: can(s, Ability.STOP)),
    ("link", lambda s, at: s.link is Link.UP),
    ("hold", lambda s, at: s.hold_until is not None and at >= s.hold_until),
    ("over", lambda s, at: s.session is not None and s.session.over and not s.session.stop_over),
    ("control", lambda s, at: s.control is not Control.LOST),
    ("safety_key", lambda s, at: not s.safety_out),
    ("speed", lambda s, at: r.MOVING <= (fresh(s.speed, at, r.FRESH_TO_COMMAND_MS) or 0) <= r.STOP_SPEED),
    ("unsteady", steady),
    ("changed", lambda s, at: s.changed_at is None or at - s.changed_at >= s.rules.quiet_ms),
    ("screen", screen),
    ("raising", lambda s, at: s.raising is None),
)
"""What must hold all through a stop, and when it is sent."""

TIMER: tuple[tuple[str, Check], ...] = (
    ("action", lambda s, at: s.rules.limit_action is Action.MACHINE and s.rules.proved_time),
    ("always", lambda s, at: s.rules.limit_when is When.ALWAYS and s.rules.limit_ms > 0),
    ("mode", lambda s, at: s.rules.mode >= Mode.NUDGE),
    ("ability", lambda s, at: can(s, Ability.WORKOUT_TIME)),
    ("link", lambda s, at: s.link is Link.UP),
    ("hold", lambda s, at: s.hold_until is not None and at >= s.hold_until),
    ("control", lambda s, at: s.control is not Control.LOST),
    ("safety_key", lambda s, at: not s.safety_out),
    ("session", lambda s, at: s.session is None and not s.timed and not s.timer_over),
    ("idle", lambda s, at: standing(s, at)),
    ("changed", lambda s, at: s.changed_at is None or at - s.changed_at >= r.IDLE_MS),
)
"""What must hold while the console's workout time is set, and when it is sent."""


def blocked(state: State, at: int, checks: tuple[tuple[str, Check], ...]) -> str | None:
    """Return the name of the first check that fails, or None."""
    return next((name for name, check in checks if not check(state, at)), None)

"""What the machine says becomes gauges, and what the member did is told from what we did.

Any change that a step of ours under way does not explain is the member's; in doubt it is the member's.
"""

from daemon.policy import rules as r
from daemon.policy.accounts import prove, spend
from daemon.policy.state import Control, Gauge, Link, Stage, State
from daemon.policy.turn import Turn
from drivers.contract import Key, Machine, Notice, Reading, Training

KEPT = ("distance", "elapsed", "remaining")


def meet(turn: Turn, machine: Machine) -> None:
    """Take a new link as up; nothing that was known of the machine counts any more."""
    spend(turn, turn.at)
    seen = None if turn.state.sample_at is None else turn.at
    turn.set(
        link=Link.UP, machine=machine, control=Control.NOT_ASKED, sample_at=seen, speed=None, incline=None,
        distance=None, elapsed=None, remaining=None, training=Training.UNKNOWN, equal_inclines=0, speeds=(),
        speed_ref=None, changed_at=None, safety_out=False, slot_free_since=None, remaking=False,
    )  # fmt: skip


def hear(turn: Turn, reading: Reading) -> bool:
    """Take a reading; tell whether it shows a change that the member made."""
    spend(turn, reading.at)
    prove(turn, reading)
    changed = _incline_changed(turn.state, reading) | _speed_changed(turn.state, reading)
    turn.set(sample_at=reading.at)
    _take_speed(turn, reading)
    _take_incline(turn, reading)
    said = {name: value for name in KEPT if (value := getattr(reading, name)) is not None}
    turn.set(**{name: Gauge(value, reading.at) for name, value in said.items()})
    if reading.training is not None:
        turn.set(training=reading.training)
    return changed


def _take_speed(turn: Turn, reading: Reading) -> None:
    if reading.speed is None:
        return
    gauge = Gauge(reading.speed, reading.at)
    past = turn.state.speeds
    # the newest value from before the window stays: it was in force when the window began
    old = [g for g in past if g.at <= reading.at - r.STEADY_MS][-1:]
    kept = (*old, *(g for g in past if g.at > reading.at - r.STEADY_MS))
    turn.set(speed=gauge, speeds=kept if kept and kept[-1].value == gauge.value else (*kept, gauge))
    if turn.state.even_since is None or abs(reading.speed - turn.state.even_speed) > r.EVEN_SPEED:
        turn.set(even_since=reading.at, even_speed=reading.speed)
    reference = turn.state.speed_ref
    if reference is None or abs(reading.speed - reference) >= r.SPEED_NOISE:
        turn.set(speed_ref=reading.speed)
    if reading.speed >= r.MOVING:
        turn.set(safety_out=False)
    elif past and past[-1].value >= r.MOVING and _stepped_lately(turn.state, turn.at):
        turn.set(halted_at=turn.at)


def _stepped_lately(state: State, at: int) -> bool:
    step = state.session.raised_at if state.session is not None else None
    return step is not None and at - step <= r.UNEXPECTED_MS


def _take_incline(turn: Turn, reading: Reading) -> None:
    if reading.incline is None:
        return
    past = turn.state.incline
    same = past is not None and past.value == reading.incline and reading.at - past.at <= r.FRESH_TO_COMMAND_MS
    turn.set(incline=Gauge(reading.incline, reading.at), equal_inclines=turn.state.equal_inclines + 1 if same else 1)


def _speed_changed(state: State, reading: Reading) -> bool:
    if reading.speed is None or state.speed_ref is None:
        return False
    return abs(reading.speed - state.speed_ref) >= r.SPEED_NOISE


def ours(state: State, incline: int) -> bool:
    """Tell whether a step under way explains this incline: upwards, from where it began, not past its target."""
    raising = state.raising
    if raising is None or raising.stage not in (Stage.SENT, Stage.MOVING) or state.incline is None:
        return False
    width = state.machine.incline.step if state.machine and state.machine.incline else 1
    return state.incline.value <= incline < raising.step + width and incline >= raising.start


def _incline_changed(state: State, reading: Reading) -> bool:
    if reading.incline is None or state.incline is None or reading.incline == state.incline.value:
        return False
    return not ours(state, reading.incline)


def lowered(state: State, reading: Reading) -> bool:
    """Tell whether the incline fell below what was known."""
    return reading.incline is not None and state.incline is not None and reading.incline < state.incline.value


def note(turn: Turn, notice: Notice) -> bool:
    """Take what the machine tells of its keys; tell whether the member did it."""
    if notice.key is Key.CONTROL_LOST:
        turn.set(control=Control.LOST)
        turn.set_session(raising_over=True)
        return False
    if notice.key in (Key.STOPPED, Key.PAUSED, Key.SAFETY):
        turn.set(key_at=turn.at)
    if notice.key is Key.SAFETY:
        turn.set(safety_out=True)
    # some machines echo a target of ours, though they should tell only the others (FTMS 4.17.1)
    raising = turn.state.raising
    echo = raising is not None and raising.stage in (Stage.SENT, Stage.MOVING) and notice.value == raising.step
    return not (notice.key is Key.INCLINE and echo)

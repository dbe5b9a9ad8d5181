"""What an attentive onlooker knows, from events and effects alone: ages in ms, clipped where they matter no more.

Nothing here asks the core what it believes; only the names of the session and of the prompt on the screen are its own.
"""

from typing import NamedTuple

from daemon.policy import rules as r
from daemon.policy.events import (
    Answer,
    Answered,
    Confirmed,
    Effect,
    Event,
    Extended,
    Happened,
    HelpAsked,
    LendAsked,
    Lifted,
    LinkDown,
    Outcome,
    RaiseIncline,
    RequestControl,
    Result,
    SetWorkoutTime,
    StopOnce,
)
from daemon.policy.lease import digit
from daemon.policy.state import Kind, Link, State
from drivers.contract import Key, Machine, Notice, Reading, Training

FAR = 8_000
"""An age of this and more is long ago for every rule of the small world."""
ASKING = (RequestControl, RaiseIncline, SetWorkoutTime, StopOnce)


class Senses(NamedTuple):
    """The machine and the member's hand."""

    up: bool = False
    speed: int | None = None
    speed_age: int = FAR
    incline: int | None = None
    incline_age: int = FAR
    rest: int = 0  # equal inclines in a row
    still: int = FAR  # ms since the belt was last heard moving, or was not heard
    changed: int = FAR  # ms since the member's last change
    unsure: int = FAR  # ms since the link, the clock or the rules changed
    training: Training | None = None
    remaining: int | None = None
    safety: bool = False
    aim: int | None = None  # of a step of ours that is under way
    start: int = 0  # where it began


class Shown(NamedTuple):
    """A countdown, and what the screen showed of it."""

    prompt: Kind | None = None
    since: int | None = None  # ms since the first confirmation, without a break
    last: int | None = None  # ms since the last
    pressed: bool = False  # the member asked for it
    ended: bool = False  # something ended it


class Tally(NamedTuple):
    """What was used up in the session under way."""

    risen: int = 0
    step: int = FAR  # ms since the last step
    arrived: bool = True  # it was seen to arrive
    in_raise: bool = False  # it belongs to the raise under way
    unasked: int = 0
    noes: int = 0
    no: int = FAR  # ms since the last
    spoilt: str = ""  # why nothing may move the deck any more in this session
    helped: bool = False
    touched: bool = False  # a stop was cancelled by a hand, or sent
    nudges: int = 0
    nudge: int = FAR  # ms since the last
    suggested: int = 0
    warned: int = 0


class Look(NamedTuple):
    """All of it, and whether an answer of the machine is owed."""

    senses: Senses = Senses()
    shown: Shown = Shown()
    tally: Tally = Tally()
    flying: bool = False


def older(age: int, by: int, most: int) -> int:
    """Return an age that much later; from most on, it is long ago."""
    return FAR if age + by >= most else age + by


def sense(s: Senses, before: State, event: Event, after: State) -> Senses:
    """Take what the event says about the machine."""
    dt = after.at - before.at
    if dt:
        stale, rules = r.FRESH_MS + 1, after.rules
        s = s._replace(
            speed_age=older(s.speed_age, dt, stale), incline_age=older(s.incline_age, dt, stale),
            still=older(s.still, dt, r.IDLE_MS), changed=older(s.changed, dt, rules.quiet_ms),
            unsure=older(s.unsure, dt, rules.link_hold_ms),
        )  # fmt: skip
    if dt > r.CLOCK_GAP_MS or after.rules is not before.rules:
        s = s._replace(unsure=0, rest=0)
    match event:
        case Reading() if before.link is Link.UP and event.at == after.at and dt:
            return _hear(s, event)
        case Machine():
            return Senses(up=True, still=0, unsure=0)
        case LinkDown() | LendAsked() if s.up:
            return s._replace(up=False, unsure=0, rest=0)
        case Notice():
            return _key(s, event)
        case _:
            return s


def _key(s: Senses, notice: Notice) -> Senses:
    echo = notice.key is Key.INCLINE and s.aim is not None and notice.value == s.aim
    changed = s.changed if echo or notice.key is Key.CONTROL_LOST else 0
    return s._replace(changed=changed, safety=s.safety or notice.key is Key.SAFETY)


def _hear(s: Senses, reading: Reading) -> Senses:
    hand = _speed_moved(s, reading) or _incline_moved(s, reading)
    new = s._replace(
        changed=0 if hand else s.changed, training=reading.training or s.training,
        remaining=s.remaining if reading.remaining is None else reading.remaining,
    )  # fmt: skip
    if reading.speed is not None:
        moving = reading.speed >= r.MOVING
        new = new._replace(
            speed=reading.speed, speed_age=0, safety=s.safety and not moving, still=0 if reading.speed else s.still
        )
    if reading.incline is not None:
        same = reading.incline == s.incline and s.incline_age <= r.FRESH_TO_COMMAND_MS + 1_000
        new = new._replace(incline=reading.incline, incline_age=0, rest=min(r.REST_SAMPLES, s.rest + 1) if same else 1)
    return new


def _speed_moved(s: Senses, reading: Reading) -> bool:
    return None not in (reading.speed, s.speed) and abs(reading.speed - s.speed) >= 10  # type: ignore[operator]  # neither is None


def _incline_moved(s: Senses, reading: Reading) -> bool:
    if reading.incline is None or s.incline is None or reading.incline == s.incline:
        return False
    ours = s.aim is not None and max(s.start, s.incline) <= reading.incline < s.aim + 10
    return not ours


def show(s: Shown, before: State, event: Event, after: State, *, changed: bool) -> Shown:
    """Take what the screen shows of a countdown, and what ends it."""
    dt = after.at - before.at
    since = None if s.since is None else older(s.since, dt, 3_000)
    last = None if s.last is None else older(s.last, dt, r.LEASE_MS + 1)
    if last is not None and last > r.LEASE_MS:
        since = last = None
    prompt, new = before.prompt, after.prompt
    if isinstance(event, Confirmed) and prompt is not None and event.prompt == prompt.id:
        right = prompt.kind in LASTING and abs(event.digit - digit(prompt, after.at)) <= 1
        if right:
            since, last = (0 if since is None else since), 0
    ended = s.ended or changed or _cancels(event, before)
    if new is None or new.kind not in LASTING:
        return Shown()
    if prompt is not None and prompt.id == new.id:
        return Shown(new.kind, since, last, s.pressed, ended)
    if new.kind is Kind.RAISING:  # it follows its countdown: shown as that was, until it is drawn
        return Shown(new.kind, since, 0, s.pressed, ended)
    return Shown(new.kind, pressed=isinstance(event, Answered) and event.answer is Answer.RAISE)


LASTING = frozenset({Kind.COUNTDOWN, Kind.RAISING, Kind.STOP})


def _cancels(event: Event, before: State) -> bool:
    prompt = before.prompt
    mine = isinstance(event, Answered) and prompt is not None and event.prompt == prompt.id
    return mine and prompt is not None and prompt.kind in LASTING and event.answer is Answer.CANCEL  # type: ignore[union-attr]  # it is Answered


def tally(t: Tally, before: State, event: Event, after: State, old: Senses, new: Senses) -> Tally:
    """Take what the event uses up in the session."""
    dt = after.at - before.at
    if after.session is None or before.session is None or before.session.id != after.session.id:
        return Tally()
    if dt:
        rules = after.rules
        t = t._replace(
            step=older(t.step, dt, rules.step_spacing_ms), no=older(t.no, dt, rules.decline_hold_ms),
            nudge=older(t.nudge, dt, rules.nudge_spacing_ms),
        )  # fmt: skip
    match event:
        case Reading() if dt and None not in (old.incline, new.incline):
            lower = new.incline < old.incline  # type: ignore[operator]  # neither is None
            arrived = t.arrived or (new.incline_age == 0 and new.incline >= (old.aim or FAR))  # type: ignore[operator]  # it is not None
            return t._replace(spoilt=t.spoilt or ("over" if lower and t.risen > 0 else ""), arrived=arrived)
        case Answered():
            return _answered(t, event, before)
        case Outcome(result=Result.UNKNOWN | Result.REFUSED) | Notice(key=Key.CONTROL_LOST):
            return t._replace(spoilt="over")
        case HelpAsked():
            return t._replace(helped=True, touched=True)
        case Extended() | Lifted():
            return t._replace(touched=t.touched or before.stopping is not None, warned=0)
        case _:
            return t


def _answered(t: Tally, event: Answered, before: State) -> Tally:
    prompt = before.prompt
    t = t._replace(touched=t.touched or before.stopping is not None)
    if prompt is None or prompt.id != event.prompt:
        return t
    declined = event.answer is Answer.DECLINE and prompt.kind is Kind.NUDGE
    cancelled = event.answer is Answer.CANCEL and prompt.kind in (Kind.COUNTDOWN, Kind.RAISING)
    return t._replace(noes=min(2, t.noes + 1), no=0) if declined or cancelled else t


def offered(effects: tuple[Effect, ...], kind: str) -> str | None:
    """Return the form of what was offered, if it was."""
    for effect in effects:
        if isinstance(effect, Happened) and effect.kind == kind and dict(effect.data)["step"] == "offered":
            return str(dict(effect.data).get("form", kind))
    return None


def settle(look: Look, after: State, effects: tuple[Effect, ...]) -> Look:
    """Take what the core did, after it was judged."""
    s, t, flying = look.senses, look.tally, look.flying
    for effect in effects:
        if isinstance(effect, RaiseIncline):
            rise = effect.target - (s.incline or 0)
            s = s._replace(aim=effect.target, start=s.incline or 0)
            t = t._replace(risen=t.risen + rise, step=0, arrived=False, in_raise=True)
        elif isinstance(effect, StopOnce):
            t = t._replace(touched=True)
        elif isinstance(effect, Happened):
            t = _told(t, effect)
        flying = flying or isinstance(effect, ASKING)
    if after.raising is None:
        s, t = s._replace(aim=None), t._replace(in_raise=False, arrived=True)
    if t.spoilt:  # whatever else was used up, nothing moves any more
        t = t._replace(risen=0, step=FAR, unasked=0)
    if t.noes > 1 or t.helped:  # nothing is asked any more
        t = t._replace(noes=2, no=FAR, nudges=0, nudge=FAR)
    flying = flying and (after.raising is not None or after.stopping is not None or after.timing is not None)
    return Look(s, look.shown, t, flying)


def _told(t: Tally, effect: Happened) -> Tally:
    data = dict(effect.data)
    match effect.kind, data.get("step"):
        case "nudge", "offered":
            by_itself = data["form"] == "countdown"
            return t._replace(nudges=t.nudges + 1, nudge=0, unasked=t.unasked + by_itself)
        case "nudge", "ended" if data["outcome"] == "undelivered":
            return t._replace(nudge=FAR)
        case "suggestion", "offered":
            return t._replace(suggested=t.suggested + 1)
        case "limit", "warned":
            return t._replace(warned=t.warned + 1)
        case "limit", "taken_off" | "announced":
            return t._replace(warned=0)
        case _:
            return t


def watch(look: Look, before: State, event: Event, after: State) -> Look:
    """Return what is known once the event is heard, before what the core did about it counts."""
    senses = sense(look.senses, before, event, after)
    changed = senses.changed == 0 and isinstance(event, Notice | Reading)
    shown = show(look.shown, before, event, after, changed=changed)
    done = tally(look.tally, before, event, after, look.senses, senses)
    flying = look.flying and not isinstance(event, Outcome)
    return Look(senses, shown, done, flying)

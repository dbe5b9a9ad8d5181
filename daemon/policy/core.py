"""The core: `step(state, event) -> (state, effects)`. It waits for nothing, reads nothing and knows no clock.

Whatever others believe, this is the only place where something is decided. Events must come in the order of their
time; one that is older than the newest is taken as of now, an older or repeated reading changes nothing.
"""

from daemon.policy import limits, stopping, switching, workout
from daemon.policy import rules as r
from daemon.policy.accounts import close, restore, silence
from daemon.policy.baseline import close_spell, watch_spell
from daemon.policy.events import (
    Answered,
    Confirmed,
    Effect,
    Event,
    Extended,
    FloorTold,
    HelpAsked,
    HourTold,
    LendAsked,
    Lifted,
    LinkDown,
    Outcome,
    ReleaseLink,
    Restored,
    ReturnAsked,
    RulesSet,
    ScreenGone,
    Slot,
    TakeLink,
    TrainerAsked,
    WaitingTold,
)
from daemon.policy.guard import NOTES, RAISE, SAFE, blocked
from daemon.policy.hearing import hear, lowered, meet, note
from daemon.policy.incline import (
    answer,
    end_raise,
    nudge_when_due,
    outcome,
    raise_on,
    watch_flat,
    watch_halt,
    watch_nudged,
    watch_screen,
)
from daemon.policy.lease import confirm, unbroken
from daemon.policy.prompts import expire, settle, withdraw
from daemon.policy.rules import Rules
from daemon.policy.state import Control, Kind, Link, Prompt, Stage, State
from daemon.policy.turn import Turn, fresh
from drivers.contract import Key, Machine, Notice, Reading

TOUCHES = (Answered, HelpAsked, TrainerAsked, LendAsked, ReturnAsked, Extended, Lifted)
"""Whatever a hand does at the screen, or staff for the member, ends a stop under way."""


def fresh_state(origin: str, rules: Rules, at: int) -> State:
    """Return the state of a daemon that starts at `at`; origin names this run and is never used again."""
    return State(origin, rules, at)


def step(state: State, event: Event) -> tuple[State, tuple[Effect, ...]]:
    """Return what follows from event: the next state, and what is to be done, in order."""
    if isinstance(event, Reading) and not _is_news(state, event):
        return state, ()
    turn = Turn(state, max(state.at, event.at))
    if turn.at - state.at > r.CLOCK_GAP_MS:
        _interrupt(turn, "clock")
    turn.set(at=turn.at)
    watch_screen(turn)  # before anything is taken: a late confirmation must not mend a break
    stopping.watch_screen(turn)
    if isinstance(event, TOUCHES):
        stopping.cancel(turn, "touched")
    session = turn.state.session
    _take(turn, event)
    _pass_time(turn)
    if session is not None and (turn.state.session is None or turn.state.session.id != session.id):
        _leave(turn)
    return turn.state, tuple(turn.effects)


def permits(state: State, effect: int, at: int) -> bool:
    """Tell whether machine effect number `effect` may still be sent at `at`; asked right before the bytes leave."""
    raising = state.raising
    if raising is None or raising.effect != effect:
        return stopping.permitted(state, effect, at) or workout.permitted(state, effect, at)
    if not unbroken(state, at):
        return False
    if raising.stage is Stage.ASKING:
        return blocked(state, at, RAISE) is None
    untouched = state.incline is not None and state.incline.value == raising.start
    return raising.stage is Stage.SENT and untouched and blocked(state, at, SAFE) is None


def _is_news(state: State, reading: Reading) -> bool:
    late = state.sample_at is not None and reading.at <= state.sample_at
    old = state.at - reading.at > r.FRESH_MS  # also where no newer one is remembered
    return state.link is Link.UP and not late and not old


def _take(turn: Turn, event: Event) -> None:  # noqa: C901, one line for each kind of event
    match event:
        case Machine():
            meet(turn, event)
            _interrupt(turn, "link")
            turn.tell("link", state="up", model=event.model)
        case Reading():
            fell = lowered(turn.state, event)
            if hear(turn, event):
                _member_changed(turn, lower=fell)
        case Notice():
            if note(turn, event):
                _member_changed(turn, lower=False)
            elif event.key is Key.CONTROL_LOST:
                end_raise(turn, "control")
                stopping.cancel(turn, "control")
        case LinkDown():
            _lose(turn, event)
        case Outcome():
            outcome(turn, event)
            stopping.outcome(turn, event)
            workout.outcome(turn, event)
        case Answered():
            _answered(turn, event)
        case Confirmed():
            confirm(turn, event)
        case ScreenGone():
            if turn.state.lease is not None and turn.state.lease.screen == event.screen:
                turn.set(lease=None)
        case HelpAsked():
            _help(turn)
        case TrainerAsked():
            _trainer(turn)
        case LendAsked():
            _lend(turn)
        case ReturnAsked():
            _take_back(turn)
        case Slot():
            _slot(turn, event)
        case HourTold():
            limits.hour(turn, event)
        case FloorTold():
            limits.floor(turn, event)
        case WaitingTold():
            limits.waiting(turn, event)
        case Extended():
            limits.extend(turn, event)
        case Lifted():
            limits.lift(turn, event)
        case RulesSet():
            turn.set(rules_next=event.rules)
        case Restored():
            restore(turn, event)
        case _:
            pass  # a Tick: only time passes


def _answered(turn: Turn, event: Answered) -> None:
    prompt = turn.state.prompt
    if prompt is not None and prompt.id == event.prompt and prompt.kind is Kind.SUGGESTION:
        switching.answer(turn, event.answer)
    else:
        answer(turn, event)


def _pass_time(turn: Turn) -> None:
    """Do what is due by now."""
    silence(turn)
    _change_rules(turn)
    watch_flat(turn)
    watch_halt(turn)
    limits.watch_limit(turn)
    stopping.stop_on(turn)
    stopping.begin_when_due(turn)
    raise_on(turn)
    watch_nudged(turn)
    watch_spell(turn)
    expire(turn)
    if not switching.instead(turn.state, turn.at):
        nudge_when_due(turn)
    switching.suggest_when_due(turn)
    workout.set_when_idle(turn)
    switching.deal(turn)


def _interrupt(turn: Turn, reason: str) -> None:
    """Drop all that is pending and hold: we do not know what happened meanwhile."""
    end_raise(turn, reason)
    stopping.cancel(turn, reason)
    workout.forget(turn)
    withdraw(turn)
    settle(turn)
    close_spell(turn)
    turn.set(hold_until=turn.at + turn.state.rules.link_hold_ms, flat_since=None, equal_inclines=0, speeds=())
    turn.set(even_since=None)


def _leave(turn: Turn) -> None:
    """Clear the screen of what the ended session asked; what was refused in it may be asked again."""
    end_raise(turn, "session")
    stopping.cancel(turn, "session")
    withdraw(turn)
    settle(turn)
    close_spell(turn)
    if turn.state.prompt is not None and turn.state.prompt.kind is not Kind.HELP:
        turn.set(prompt=None)
    if turn.state.control is Control.LOST:
        turn.set(control=Control.NOT_ASKED)


def _member_changed(turn: Turn, *, lower: bool) -> None:
    turn.set(changed_at=turn.at)
    session = turn.state.session
    end_raise(turn, "member")
    stopping.changed(turn)
    withdraw(turn)
    if lower and session is not None and session.risen > 0 and not session.raising_over:
        soon = session.raised_at is not None and turn.at - session.raised_at <= r.SOON_MS
        turn.tell("command", what="raise", result="lowered_after", soon=soon)
        turn.set_session(raising_over=True, enforce_over=True, quiet_until=turn.at + turn.state.rules.decline_hold_ms)


def _lose(turn: Turn, event: LinkDown) -> None:
    if turn.state.link is Link.UP:
        ours = turn.state.remaking
        turn.set(link=Link.DOWN, control=Control.NOT_ASKED, remaking=False, timed=turn.state.timed and ours)
        _interrupt(turn, "link")
        turn.tell("link", state="down", reason=event.reason)


def _help(turn: Turn) -> None:
    end_raise(turn, "help")
    withdraw(turn)
    settle(turn)
    turn.set_session(left_alone=True, suggest_over=True)
    turn.set(trainer=True)
    turn.show(Prompt(turn.number(), Kind.HELP, turn.at, turn.at + turn.state.rules.nudge_shown_ms))
    turn.tell("help")


def _trainer(turn: Turn) -> None:
    """Pass it on; a countdown, a raise or a stop keeps the screen."""
    turn.set(trainer=True)
    turn.set_session(suggest_over=True)
    turn.tell("trainer")
    withdraw(turn)
    prompt = turn.state.prompt
    if prompt is None or prompt.kind in NOTES:
        turn.say(Kind.TRAINER)


def _lend(turn: Turn) -> None:
    if turn.state.link is Link.UP:
        _interrupt(turn, "lent")
        turn.set(link=Link.LENT, slot_free_since=None, control=Control.NOT_ASKED)
        turn.emit(ReleaseLink())
        turn.tell("lent", step="lent")


def _take_back(turn: Turn) -> None:
    if turn.state.link is Link.LENT:
        turn.set(link=Link.DOWN, slot_free_since=None)
        turn.emit(TakeLink())
        turn.tell("lent", step="taken_back")


def _slot(turn: Turn, event: Slot) -> None:
    """Take the link back once nobody else has held it for a while; a machine that is held does not advertise."""
    since = turn.state.slot_free_since
    if turn.state.link is not Link.LENT:
        return
    if not event.free:
        turn.set(slot_free_since=None)
    elif since is None:
        turn.set(slot_free_since=turn.at)
    elif turn.at - since >= r.SLOT_FREE_MS:
        _take_back(turn)


def _change_rules(turn: Turn) -> None:
    """Put new rules in force on an idle belt, never under a runner."""
    state = turn.state
    if state.rules_next is None:
        return
    speed = fresh(state.speed, turn.at, r.FRESH_MS)
    idle = speed < r.MOVING if state.link is Link.UP and speed is not None else state.session is None
    if idle and not (state.link is Link.UP and speed is None):
        turn.set(rules=state.rules_next, rules_next=None)
        _interrupt(turn, "rules")
        turn.tell("policy", mode=state.rules_next.mode.name.lower(), min_incline=state.rules_next.min_incline)


__all__ = ["close", "fresh_state", "permits", "step"]

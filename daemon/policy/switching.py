"""Suggestions: another machine, intervals, a hill while the belt runs; warm-ups, hips and core while it stands.

Rules in their order, the first that fits speaks. Each suggestion names its rule and the text that says why. What is
free is said only when the floor has just said so. R7, for members who are known, is not here: nobody is.
"""

from collections.abc import Callable, Sequence

from daemon.policy import catalogue as c
from daemon.policy import rules as r
from daemon.policy.events import Answer
from daemon.policy.guard import BELT, Check, blocked, has_lift, screen
from daemon.policy.limits import floor_now, left, others
from daemon.policy.prompts import ENDS, end_suggestion
from daemon.policy.rules import Mode
from daemon.policy.session import Session
from daemon.policy.state import Card, Kind, Link, Prompt, State
from daemon.policy.turn import Turn, fresh

type Pick = Callable[[State, int, Session], str | None]
"""Returns the item that a rule suggests now, or None."""

SOON_MS = 60_000
"""R2 may speak so soon after a message: it belongs to the message about time."""
TEN_MIN, TWENTY_MIN = 600_000, 1_200_000

SUGGEST: tuple[tuple[str, Check], ...] = (
    ("mode", lambda s, at: s.rules.mode >= Mode.NUDGE),
    *(row for row in BELT if row[0] != "no_lift"),
    ("speed", lambda s, at: (fresh(s.speed, at, r.FRESH_MS) or 0) <= r.SUGGEST_BELOW),
    ("busy", lambda s, at: s.prompt is None and s.raising is None and s.stopping is None),
    ("screen", screen),
    ("over", lambda s, at: s.session is not None and not s.session.suggest_over),
    ("enough", lambda s, at: s.session is not None and len(s.session.suggested) < s.rules.suggestions_a_session),
    ("declined", lambda s, at: s.session is not None and at >= _quiet_until(s.session)),
    ("spacing", lambda s, at: s.message_at is None or at - s.message_at >= SOON_MS),
)
"""What a suggestion on the belt needs, whatever its rule (R0)."""


def _quiet_until(session: Session) -> int:
    return max(session.quiet_until or 0, session.suggest_quiet_until or 0)


def _next(state: State, items: Sequence[str]) -> str | None:
    """Return the item whose turn it is, without those that the club switched off."""
    on = [item for item in items if item not in state.rules.items_off]
    return on[state.turns % len(on)] if on else None


def _r2(state: State, at: int, session: Session) -> str | None:
    remaining, floor = left(session), floor_now(state, at)
    soon = remaining is not None and remaining <= TEN_MIN
    if session.totals.belt < TWENTY_MIN or not (soon or others(state, at)):
        return None
    free = dict(floor.free) if floor is not None else {}
    return _next(state, [item for item, kind in c.MACHINES.items() if free.get(kind, 1) > 0])


def _r3(state: State, at: int, session: Session) -> str | None:
    rested = state.message_at is None or at - state.message_at >= r.MESSAGE_SPACING_MS
    return _next(state, c.ROUND) if rested and prefers_flat(session) else None


def _r4(state: State, at: int, session: Session) -> str | None:
    first = session.totals.belt >= TWENTY_MIN and not session.suggested
    return _next(state, c.ROUND) if first and _rested(state, at) else None


def _r5(state: State, at: int, session: Session) -> str | None:
    even = state.even_since is not None and at - state.even_since >= r.EVEN_MS
    long = even and session.totals.belt >= r.EVEN_MS
    return _next(state, ("mod.intervals",)) if long and _rested(state, at) else None


def _r6(state: State, at: int, _session: Session) -> str | None:
    return None if has_lift(state, at) or not _rested(state, at) else _next(state, ("mod.hill", "mod.stair"))


def _rested(state: State, at: int) -> bool:
    return state.message_at is None or at - state.message_at >= r.MESSAGE_SPACING_MS


def prefers_flat(session: Session) -> bool:
    """Tell whether the member passed two nudges and stays flat: a change is another way."""
    t = session.totals
    return session.passed >= 2 and t.belt >= TEN_MIN and t.flat * 10 >= t.eligible * 8 > 0


RULES: tuple[tuple[str, Pick], ...] = (("R2", _r2), ("R3", _r3), ("R4", _r4), ("R5", _r5), ("R6", _r6))
"""On the belt; each at most once in a session."""


def instead(state: State, _at: int) -> bool:
    """Tell whether the next word is a suggestion's (R3) and not a third nudge's."""
    session = state.session
    if session is None or session.suggest_over or "R3" in session.suggested:
        return False
    return prefers_flat(session) and len(session.suggested) < state.rules.suggestions_a_session


def suggest_when_due(turn: Turn) -> None:
    """Make the suggestion of the first rule that fits."""
    state, at, session = turn.state, turn.at, turn.state.session
    if session is None or blocked(state, at, SUGGEST) is not None:
        return
    for rule, pick in RULES:
        item = None if rule in session.suggested else pick(state, at, session)
        if item is not None:
            _offer(turn, session, rule, item)
            return


def _offer(turn: Turn, session: Session, rule: str, item: str) -> None:
    state, floor = turn.state, floor_now(turn.state, turn.at)
    free = floor is not None and dict(floor.free).get(c.MACHINES.get(item, ""), 0) > 0
    until = turn.at + state.rules.nudge_shown_ms
    minutes = max(0, left(session) or 0) // 60_000
    turn.set_session(suggested=(*session.suggested, rule))
    turn.set(turns=state.turns + 1)
    if rule == "R3":  # it has the turn of a nudge
        turn.set_session(nudges=session.nudges + 1, nudged_at=turn.at)
    turn.show(
        Prompt(
            turn.number(), Kind.SUGGESTION, turn.at, until,
            minutes=minutes, item=item, rule=rule, why=_why(state, turn.at, rule), free=free,
        )
    )  # fmt: skip
    shown = turn.state.prompt
    turn.tell("suggestion", step="offered", prompt=shown.id if shown else 0, rule=rule, item=item)


def _why(state: State, at: int, rule: str) -> str:
    speed = fresh(state.speed, at, r.FRESH_MS)
    if rule not in ("R3", "R4") or speed is None or r.WALK_MOST < speed < r.RUN_LEAST:
        return f"why_{rule}"
    return f"why_{rule}_{'walk' if speed <= r.WALK_MOST else 'run'}"


def answer(turn: Turn, given: Answer) -> None:
    """Take the member's answer to the suggestion on the screen."""
    if given not in ENDS:
        return
    item = turn.state.prompt.item if turn.state.prompt is not None else ""
    end_suggestion(turn, ENDS[given])
    if given is Answer.DECLINE:
        turn.set_session(suggest_quiet_until=turn.at + turn.state.rules.decline_hold_ms)
    elif given is Answer.NOT_TODAY:
        turn.set_session(suggest_over=True)
    if given is Answer.TAKE:
        turn.say(Kind.TAKEN, item=item)
    else:
        turn.say(Kind.DECLINED)


def deal(turn: Turn) -> None:
    """Keep a card on the screen of a belt that is known to stand, and take it off any other."""
    state, at = turn.state, turn.at
    standing = state.link is Link.UP and fresh(state.speed, at, r.FRESH_MS) == 0 and state.session is None
    if not standing or state.prompt is not None or state.rules.mode < Mode.NUDGE:
        turn.set(card=None)
    elif state.card is None or at - state.card.since >= r.CARD_MS:
        rule, items = _cards(state, at)
        item = _next(state, items)
        turn.set(card=None if item is None else Card(item, rule, at), turns=state.turns + 1)


def _cards(state: State, at: int) -> tuple[str, Sequence[str]]:
    if state.ended_at is not None and at - state.ended_at < r.CARDS_AFTER_MS:
        if state.trainer:
            return "R9", ("pro.talk",)
        return "R8", [item for pair in zip(c.HIPS * 3, c.CORE * 2, strict=True) for item in pair]
    if state.evening and state.turns % 3 == 2:
        return "R1", ("hip.sitting",)
    if state.turns % 7 == 6:
        return "R1", (*c.EXTRAS, *sorted(state.rules.items_own))
    return "R1", c.WARM_UPS

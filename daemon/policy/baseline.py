"""What members do unasked: in `observe` each moment at which a question would have come, and what the belt did then.

Without it acceptance cannot be told from what would have happened anyhow. The same moments count as for a question, and
as seldom; nothing is shown and nothing is sent.
"""

from daemon.policy import rules as r
from daemon.policy.guard import NUDGE, blocked, moving
from daemon.policy.rules import Mode
from daemon.policy.turn import Turn, fresh

UNASKED = tuple(check for check in NUDGE if check[0] not in {"mode", "no_screen"})
"""What a nudge needs of belt and session; nobody needs to see what is not shown."""


def watch_spell(turn: Turn) -> None:
    """Close the open spell when the member took the belt off the flat or time is up; else open one that is due."""
    state, at = turn.state, turn.at
    if state.spell is None:
        _open_when_due(turn)
        return
    incline = fresh(state.incline, at, r.FRESH_MS)
    if state.rules.mode is not Mode.OBSERVE or incline is None or not moving(state, at):
        close_spell(turn)
    elif incline >= state.rules.min_incline:
        _close(turn, "ended")
    elif at - state.spell >= r.ACCEPTED_WITHIN_MS:
        _close(turn, "stayed")


def close_spell(turn: Turn) -> None:
    """End the open spell without a finding: the belt stopped, or we stopped seeing it."""
    if turn.state.spell is not None:
        _close(turn, "unseen")


def _open_when_due(turn: Turn) -> None:
    state, at = turn.state, turn.at
    if state.rules.mode is not Mode.OBSERVE or state.session is None or blocked(state, at, UNASKED) is not None:
        return
    turn.set_session(nudges=state.session.nudges + 1, nudged_at=at)
    turn.set(spell=at)
    turn.tell("spell", step="began")


def _close(turn: Turn, outcome: str) -> None:
    turn.set(spell=None)
    turn.tell("spell", step="ended", outcome=outcome)

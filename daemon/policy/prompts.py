"""How questions leave the screen: each nudge and each suggestion has one outcome, told once."""

from dataclasses import replace

from daemon.policy.events import Answer
from daemon.policy.guard import moving
from daemon.policy.lease import COUNTS, digit
from daemon.policy.state import Kind
from daemon.policy.turn import Turn

ENDS = {Answer.TAKE: "taken", Answer.DECLINE: "declined", Answer.NOT_TODAY: "not_today"}
"""Answers to a suggestion, and the outcome that each is."""
PASSED = frozenset({"declined", "expired"})
"""Outcomes that say: not this."""


def settle(turn: Turn, outcome: str | None = None) -> None:
    """Close the open nudge with its one outcome."""
    nudged = turn.state.nudged
    if nudged is None:
        return
    turn.set(nudged=None)
    end = outcome or (nudged.otherwise if nudged.shown else "undelivered")
    if end == "undelivered" and not nudged.watched:
        turn.set_session(unseen=True, nudged_at=None)
    if end in PASSED and turn.state.session is not None:
        turn.set_session(passed=turn.state.session.passed + 1)
    turn.tell("nudge", step="ended", prompt=nudged.prompt, outcome=end)


def end_suggestion(turn: Turn, outcome: str) -> None:
    """Take the suggestion off the screen; one that no screen showed was not made."""
    prompt = turn.state.prompt
    if prompt is None or prompt.kind is not Kind.SUGGESTION:
        return
    turn.set(prompt=None)
    seen = outcome if prompt.confirmed or outcome in ENDS.values() else "undelivered"
    turn.tell("suggestion", step="ended", prompt=prompt.id, rule=prompt.rule, item=prompt.item, outcome=seen)


def withdraw(turn: Turn) -> None:
    """Take a question off the screen; a note may stay."""
    end_suggestion(turn, "withdrawn")
    if turn.state.prompt is not None and turn.state.prompt.kind is Kind.NUDGE:
        turn.set(prompt=None)
        if turn.state.nudged is not None:
            turn.set(nudged=replace(turn.state.nudged, otherwise="withdrawn"))


def expire(turn: Turn) -> None:
    """Take a prompt off the screen whose time is up; no answer is no consent and no refusal."""
    prompt = turn.state.prompt
    if prompt is None:
        return
    if prompt.kind in COUNTS:
        turn.set(prompt=replace(prompt, digit=digit(prompt, turn.at)))
    elif prompt.until is not None and turn.at >= prompt.until:
        end_suggestion(turn, "expired")
        turn.set(prompt=None)
    elif not moving(turn.state, turn.at):
        withdraw(turn)  # a question only

"""The one screen that confirms what the member sees; without it no deck moves (docs/safety.md).

The first screen to be alive holds the lease; it loses it by LEASE_MS of silence or by closing its line. While a
countdown or a raise is on, it must draw that prompt's number and digit all the time: a break is a cancel.
"""

from dataclasses import replace

from daemon.policy import rules as r
from daemon.policy.events import Confirmed
from daemon.policy.state import Kind, Lease, Prompt, State
from daemon.policy.turn import Turn

COUNTS = frozenset({Kind.COUNTDOWN, Kind.STOP})
"""Countdowns: they run from their first confirmation."""
CONFIRMED = COUNTS | {Kind.RAISING}


def digit(prompt: Prompt, at: int) -> int:
    """Return what the screen must draw now: seconds left, or the target in tenths while the deck rises."""
    if prompt.kind not in COUNTS:
        return prompt.target
    return prompt.digit if prompt.until is None else max(0, -(-(prompt.until - at) // 1000))


def confirm(turn: Turn, event: Confirmed) -> None:
    """Take a screen's confirmation; one from a screen without the lease does nothing."""
    lease = turn.state.lease
    if lease is None or turn.at - lease.at > r.LEASE_MS:
        lease = Lease(event.screen, turn.at)
    elif lease.screen != event.screen:
        return
    turn.set(lease=replace(lease, at=turn.at))
    prompt, nudged = turn.state.prompt, turn.state.nudged
    if prompt is not None and nudged is not None and nudged.prompt == prompt.id:
        turn.set(nudged=replace(nudged, watched=True))
    if prompt is None or event.prompt != prompt.id:
        return
    if prompt.kind in CONFIRMED and abs(event.digit - digit(prompt, turn.at)) > r.DIGIT_SLACK:
        return
    turn.set(lease=replace(lease, at=turn.at, good=turn.at), prompt=replace(prompt, confirmed=True))
    if turn.state.nudged is not None and turn.state.nudged.prompt == prompt.id:
        turn.set(nudged=replace(turn.state.nudged, shown=True))


def unbroken(state: State, at: int) -> bool:
    """Tell whether the prompt that must be confirmed has been, until now; a new one has LEASE_MS to be drawn."""
    prompt, lease = state.prompt, state.lease
    if prompt is None or prompt.kind not in CONFIRMED or lease is None:
        return False
    return at - (prompt.since if lease.good is None else lease.good) <= r.LEASE_MS and at - lease.at <= r.LEASE_MS

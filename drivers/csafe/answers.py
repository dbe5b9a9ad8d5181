"""What a console's frames mean for what was asked: whether one answers it, and how a command ended.

CSAFE numbers nothing. What tells an answer from a status that a console sends by itself, and from one that comes late,
is the toggle bit, which turns with each frame that was accepted, and what the frame holds.
"""

from collections import Counter
from enum import Enum

from drivers.contract import Refused, Timeout
from drivers.csafe.words import Previous, Reply, Status

ECHO, UNASKED = "our own echo", "an answer to nothing asked"
"""Names of what is odd on a line."""


class Fit(Enum):
    """Whether a reply answers a request."""

    YES = "yes"
    MAYBE = "maybe"  # as far as it shows; a better one may follow
    NO = "no"


def fit(asked: bytes, reply: Reply, before: Status | None) -> Fit:
    """Say whether reply answers the contents asked, when `before` was the last status heard.

    Values answer only who asked for them. Without values or without a turned toggle it may be a status of the
    console's own accord, or what came twice; some consoles never turn theirs, so it is not certain either way.
    """
    if not asked:
        return Fit.NO if reply.values else Fit.YES
    if reply.values and not reply.values.keys() & set(asked):
        return Fit.NO
    turned = before is not None and before.toggle != reply.status.toggle
    judged = before is not None and before.previous is Previous.OK is not reply.status.previous
    return Fit.YES if turned or (judged and not reply.values) else Fit.MAYBE


def conclusive(status: Status, before: Status | None) -> bool:
    """Say whether a status tells by itself how a command ended, when `before` was the last one ahead of it."""
    refused = status.previous in (Previous.REJECT, Previous.BAD)
    turned = before is not None and before.toggle != status.toggle
    return refused or (turned and status.previous is Previous.OK)


def verdict(frame: bytes, status: Status, before: Status | None) -> None:
    """Return when the command in frame was accepted; Refused, or Timeout when nobody can tell."""
    sent = frame.hex(" ")
    if status.previous is Previous.REJECT:
        raise Refused(f"the console rejected {sent}: not in this state, or not at all; use the machine's own keys")
    if status.previous is Previous.BAD:
        raise Refused(f"the console got {sent} damaged, and did not obey it")
    if not conclusive(status, before):
        raise Timeout(f"the console does not tell what became of {sent}; it is unknown, and not sent again")


def mute(name: str, speed: int, heard: int, odd: Counter[str]) -> str:
    """Return the sentence for a line on which nothing was answered, by what was heard instead."""
    if not heard:
        return (
            f"{name} is silent: is CSAFE switched on in the console's own settings (it often is not), the cable in its "
            "CSAFE socket, and the adapter one for RS-232?"
        )
    if odd[ECHO]:
        return f"{name} says what we say: the line is joined to itself, there is no console on it"
    if odd and not odd[UNASKED]:
        return f"{name} says nothing that makes sense: is {speed} its speed, and CSAFE what it speaks?"
    return f"{name} talks, yet answers nothing: is the line from here to it broken?"

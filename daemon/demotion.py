"""A machine that surprises us goes back to `nudge`: what counts as a surprise, and when there were too many. Pure.

An outcome that nobody knows and a belt that stopped right after a step of the deck are enough once; a deck that the
member lowered within a minute of our raise, twice. Seven days later a surprise is forgotten; one whose day nobody
knows, because no clock was right, is not.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

from daemon.policy.events import Happened

NOTE = "surprises"
"""The name under which they are kept in the store."""
WITHIN = timedelta(days=7)
ENOUGH = {"unknown": 1, "halted_after": 1, "lowered_after": 2}
WORDS = {
    "unknown": "the treadmill did not say what it did with a command",
    "halted_after": "the belt stopped right after the deck was raised",
    "lowered_after": "members lowered the deck within a minute of a raise, twice",
}
KEPT = 20


class Surprise(BaseModel):
    """One thing that should not have happened."""

    model_config = ConfigDict(frozen=True)
    what: str
    when: datetime | None = None
    boot: str | None = None
    at: int | None = None
    """ms of the boot's monotonic clock: within one boot it tells the age, whatever the date did."""

    def age(self, new: "Surprise", now: datetime | None) -> timedelta | None:
        """Return how long before new it was; None: nobody knows."""
        if self.boot is not None and self.boot == new.boot and self.at is not None and new.at is not None:
            return timedelta(milliseconds=new.at - self.at)
        return None if now is None or self.when is None else now - self.when


def surprise(happened: Happened, when: datetime | None, boot: str | None = None) -> Surprise | None:
    """Return the surprise that an event is, if it is one."""
    data = dict(happened.data)
    what = str(data.get("result"))
    if happened.kind != "command" or what not in ENOUGH or (what == "lowered_after" and not data.get("soon")):
        return None
    return Surprise(what=what, when=when, boot=boot, at=happened.at)


def kept(before: Sequence[Surprise], new: Surprise, now: datetime | None) -> tuple[Surprise, ...]:
    """Return what is remembered with the new one."""
    ages = ((one, one.age(new, now)) for one in before)
    young = [one for one, age in ages if age is None or age <= WITHIN]
    return (*young, new)[-KEPT:]


def verdict(known: Sequence[Surprise]) -> str | None:
    """Return why the machine goes back to `nudge`, in words, or None."""
    for what, enough in ENOUGH.items():
        if sum(one.what == what for one in known) >= enough:
            return WORDS[what]
    return None


def read(noted: object) -> tuple[Surprise, ...]:
    """Return what was noted; what cannot be read is no surprise."""
    if not isinstance(noted, list):
        return ()
    try:
        return tuple(Surprise.model_validate(one) for one in noted)[-KEPT:]
    except ValueError:
        return ()

"""One step's working place: the state as it becomes, and the effects so far; nothing of it outlives the step."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from daemon.policy.events import Effect, Happened
from daemon.policy.rules import NOTE_MS
from daemon.policy.session import Session
from daemon.policy.state import Gauge, Kind, Link, Prompt, State
from drivers.contract import Machine


class Turn:
    """The state under change at time `at`; `step` makes one and returns what it holds at the end."""

    __slots__ = ("at", "effects", "state")

    def __init__(self, state: State, at: int) -> None:
        self.state = state
        self.at = at
        self.effects: list[Effect] = []

    def set(self, **changes: Any) -> None:  # noqa: ANN401, checked by `changed` at once
        """Change fields of the state."""
        self.state = changed(self.state, changes)

    def set_session(self, **changes: Any) -> None:  # noqa: ANN401, as above
        """Change fields of the session under way, if there is one."""
        if self.state.session is not None:
            self.set(session=changed(self.state.session, changes))

    def emit(self, effect: Effect) -> None:
        """Want effect done, after those before it."""
        self.effects.append(effect)

    def tell(self, kind: str, session: Session | None = None, **data: str | int | bool | None) -> None:
        """Record that something happened now, in the session under way unless one is given."""
        of = session or self.state.session
        opened = of.id if of is not None and of.opened else None
        self.emit(Happened(self.at, kind, tuple(data.items()), opened))

    def number(self) -> int:
        """Return the next number for a prompt or an effect; never used twice in one run."""
        number = self.state.next_id
        self.set(next_id=number + 1)
        return number

    def show(self, prompt: Prompt) -> None:
        """Put prompt on the screen in place of what is there; what confirmed the old one does not confirm it."""
        lease = self.state.lease
        good = None if lease is None else replace(lease, good=None)
        self.set(prompt=prompt, lease=good, message_at=self.at, card=None)

    def say(self, kind: Kind, target: int = 0, *, minutes: int = 0, item: str = "", lasts: int = NOTE_MS) -> None:
        """Show a message that asks nothing, for `lasts` ms, in place of the prompt."""
        self.show(Prompt(self.number(), kind, self.at, self.at + lasts, target, minutes=minutes, item=item))


def changed[T: (State, Session)](old: T, changes: Mapping[str, object]) -> T:
    """Return old with changes, itself when it is so already (most are, four times a second).

    TypeError for a field that there is not. `dataclasses.replace` sets each field by itself: with 35 of them that was
    most of what a step cost.
    """
    fields = vars(old)
    if not changes.keys() <= fields.keys():
        raise TypeError(f"{type(old).__name__} has no field {sorted(changes.keys() - fields.keys())}")
    if all(fields[name] == value for name, value in changes.items()):
        return old
    new = object.__new__(type(old))
    vars(new).update(fields, **changes)
    return new


def fresh(gauge: Gauge | None, at: int, limit: int) -> int | None:
    """Return the gauge's value if it is at most limit ms old, else None."""
    return gauge.value if gauge is not None and at - gauge.at <= limit else None


def machine_of(state: State) -> Machine | None:
    """Return the machine while the link is up."""
    return state.machine if state.link is Link.UP else None

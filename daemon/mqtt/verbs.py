"""The verbs of cmd/{verb}, as data: what each does. None moves, starts, stops or speeds up a belt."""

from collections.abc import Callable, Mapping

from pydantic import ValidationError

from daemon.messages import Ack, Command, SettingsWanted
from daemon.mqtt.orders import Order, first_mistake, refused
from daemon.mqtt.ports import Ports
from daemon.refusal import Refusal

TEXT = 120
"""Longest message of staff on a screen, in characters."""
BUSY = "a countdown is on the screen"
LONGEST_REASON = 500

type Verb = Callable[[Ports, Command], str | None]
"""Does what is asked; returns None, or the reason why not."""


def identify(ports: Ports, _: Command) -> str | None:
    """Show on the screen which machine this is."""
    return None if ports.identify() else BUSY


def message(ports: Ports, command: Command) -> str | None:
    """Show args.text of staff on the screen, never while the deck may be about to move."""
    text = command.args.get("text")
    if not isinstance(text, str) or not 0 < len(text) <= TEXT or not text.isprintable():
        return f"args.text must have 1 to {TEXT} printable characters"
    return None if ports.show(text) else BUSY


def refresh(_: Ports, __: Command) -> str | None:
    """Publish all that is retained again, as every accepted command does."""
    return None


def settings(ports: Ports, command: Command) -> str | None:
    """Change the policy; args are those of settings/desired."""
    try:
        wanted = SettingsWanted.model_validate(command.args)
    except ValidationError as error:
        return f"args: {first_mistake(error)}"
    return change(ports, wanted, command.by)


def extend(ports: Ports, command: Command) -> str | None:
    """Give the session args.minutes (5, 10 or 15) more, for args.reason; args.session: only if it is this one."""
    minutes = command.args.get("minutes")
    if not isinstance(minutes, int) or isinstance(minutes, bool):
        return "args.minutes must be a number"
    return _tried(lambda: ports.staff.extend(minutes, command.by, *_why(command)))


def lift(ports: Ports, command: Command) -> str | None:
    """Take the time limit off the session, for args.reason; args.session: only if it is this one."""
    return _tried(lambda: ports.staff.lift(command.by, *_why(command)))


def waiting(ports: Ports, command: Command) -> str | None:
    """Say that people wait, for 15 min; with args.on false, that nobody does."""
    on = command.args.get("on", True)
    if not isinstance(on, bool):
        return "args.on must be true or false"
    return _tried(lambda: ports.staff.waiting(command.by, on=on))


def _why(command: Command) -> tuple[str, str | None]:
    reason, session = command.args.get("reason"), command.args.get("session")
    return reason if isinstance(reason, str) else "", session if isinstance(session, str) else None


def _tried(act: Callable[[], None]) -> str | None:
    try:
        act()
    except Refusal as error:
        return "; ".join(error.reasons)[:LONGEST_REASON]
    return None


def unsupported(_: Ports, __: Command) -> str | None:
    """Say no: a verb of the tree that this version does not carry out."""
    return "unsupported"


VERBS: Mapping[str, Verb] = {
    "identify": identify,
    "message": message,
    "refresh": refresh,
    "settings": settings,
    "out_of_order": unsupported,
    "extend": extend,
    "lift": lift,
    "waiting": waiting,
}


def obey(order: Order, ports: Ports) -> Ack:
    """Carry out an order and return its ack."""
    reason = VERBS[order.verb](ports, order.command)
    if reason is None:
        return Ack(id=order.command.id, verb=order.verb, result="accepted")
    return refused(order.command.id, order.verb, reason)


def change(ports: Ports, wanted: SettingsWanted, by: str) -> str | None:
    """Put wanted in force; return None, or every reason why not."""
    try:
        ports.rulebook.change(wanted, by)
    except Refusal as error:
        return "; ".join(error.reasons)[:LONGEST_REASON]
    return None

"""The set-up in a terminal: the same questions one by one, each with its default in brackets."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

from daemon.firstrun.answers import wrong
from daemon.firstrun.near import Nearby
from daemon.firstrun.questions import Answers, Choice, Here, Kind, Question, applies, questions

AGAIN = "again"
QUIET = frozenset({Kind.SECRET})
"""Kinds whose answer is not shown while it is typed, nor as a default."""


class Ended(Exception):
    """There is nobody to answer: the input is at its end."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """Who answers: `read` shows a prompt and returns a line (EOFError at the end), `secret` likewise, unseen."""

    read: Callable[[str], str]
    secret: Callable[[str], str]
    say: Callable[[str], None]
    listen: Callable[[], Nearby]

    def line(self, prompt: str, *, hidden: bool = False) -> str:
        """Return one line without the spaces around it; Ended when there is none."""
        try:
            given = (self.secret if hidden else self.read)(prompt)
        except EOFError:
            raise Ended from None
        return given if hidden else given.strip()

    def sure(self, prompt: str) -> bool:
        """Ask for a yes or a no until there is one; an empty line is a no."""
        while True:
            given = self.line(f"{prompt} [y/N] ").lower()
            if given in {"", "n", "no"}:
                return False
            if given in {"y", "yes"}:
                return True


def ask_all(terminal: Terminal, here: Here, before: Answers) -> dict[str, str]:
    """Return the answers to all that is asked; what was answered before is the default."""
    answers: dict[str, str] = {}
    for question in questions(here):
        if applies(question, answers):
            old = before.get(question.key, "")
            answers[question.key] = ask(
                terminal, question, old if old and not wrong(question, old) else question.default
            )
    return answers


def ask(terminal: Terminal, question: Question, default: str) -> str:
    """Return the answer to one question; a wrong one is asked for again, with what is allowed."""
    terminal.say(f"\n{question.ask}")
    if question.hint:
        terminal.say(f"  {question.hint}")
    choices = listed(terminal, question)
    while True:
        shown = f" [{default}]" if default and question.kind not in QUIET else ""
        given = terminal.line(f"{prompt(question)}{shown}: ", hidden=question.kind in QUIET)
        if question.kind is Kind.TREADMILL and given == AGAIN:
            choices = listed(terminal, question)
            continue
        answer = meant(given, choices) or default
        why = wrong(question, answer)
        if why is None:
            return answer
        terminal.say(f"  {given or 'That'}: {why}" if given not in why else f"  {why}")


def prompt(question: Question) -> str:
    """Return what stands before the place to type."""
    match question.kind:
        case Kind.CHOICE:
            return "Number or word"
        case Kind.TREADMILL:
            return f"Number, or its address, or {AGAIN} to listen again"
        case Kind.ZONE:
            return "Such as Europe/Berlin"
        case _:
            return "Answer"


def listed(terminal: Terminal, question: Question) -> tuple[Choice, ...]:
    """Print what there is to choose, with numbers, and return it."""
    choices = question.choices
    if question.kind is Kind.TREADMILL:
        terminal.say("Listening ...")
        heard = terminal.listen()
        if heard.fault:
            terminal.say(f"  {heard.fault}")
        found = (Choice(near.spec, f"{near.about}{_signal(near.signal)}") for near in heard.found)
        choices = (*found, *choices)
    for number, choice in enumerate(choices, 1):
        terminal.say(f"  {number}  {choice.value:<12}  {choice.about}".rstrip())
    return choices


def _signal(dbm: int | None) -> str:
    return "" if dbm is None else f", {dbm} dBm"


def meant(given: str, choices: tuple[Choice, ...]) -> str:
    """Return what a line means: a choice's number stands for the choice, everything else for itself."""
    if choices and given.isascii() and given.isdecimal() and len(given) < 4 and 1 <= int(given) <= len(choices):
        return choices[int(given) - 1].value
    return given


def at_terminal(listen: Callable[[], Nearby]) -> Terminal:
    """Return the terminal of this process; a secret is read unseen where that can be."""
    from getpass import getpass

    secret = getpass if sys.stdin.isatty() else input
    return Terminal(input, secret, lambda text: print(text, flush=True), listen)  # noqa: T201, it is a conversation

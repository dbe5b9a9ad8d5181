"""Members as they come: how long they stay, what they do about a flat belt, what they say to the screen. Pure."""

from dataclasses import dataclass
from random import Random
from typing import Final

from daemon.policy.events import Answer
from daemon.policy.state import Kind, Prompt

HOURS: Final = (1, 0, 0, 0, 0, 2, 9, 12, 8, 5, 5, 6, 8, 6, 5, 6, 10, 16, 19, 17, 12, 7, 3, 1)
"""How often somebody comes, by the hour of the day."""
SUNDAY: Final = 0.7
"""Of the visits of another day."""
ANSWER_S: Final = (3, 12)
"""How long one looks at a question before touching it."""
HABITS: Final = (("own", 2), ("raise", 4), ("decline", 3), ("ignore", 3))
"""What a member does about a flat belt, and how many of twelve are so: raise it by the machine's own keys, say yes to
the question, say no, or not look at it."""


@dataclass(frozen=True, slots=True)
class Person:
    """One visit; speed in 0.01 km/h, incline in 0.1 %, times in s."""

    speed: int
    incline: int
    """At which they begin; 0: flat."""
    stays: int
    habit: str
    thinks: int
    """How long until they touch a key of the screen."""
    cools: int
    """How long they slow down at the end."""


def person(chance: Random) -> Person:
    """Return somebody."""
    habits, weights = [habit for habit, _ in HABITS], [weight for _, weight in HABITS]
    return Person(
        speed=chance.choice((450, 500, 550, 600, 850, 950, 1050, 1150)),
        incline=chance.choices((0, 5, 10, 20, 40), (62, 8, 14, 10, 6))[0],
        stays=min(4200, max(420, round(chance.lognormvariate(7.4, 0.4)))),
        habit=chance.choices(habits, weights)[0],
        thinks=chance.randint(*ANSWER_S),
        cools=chance.choice((0, 60, 120)),
    )


def says(who: Person, prompt: Prompt, shown_ms: int) -> Answer | None:
    """Return what somebody touches while a prompt is on the screen for so long; None: nothing, yet or at all."""
    if shown_ms < who.thinks * 1000 or who.habit == "ignore":
        return None
    if prompt.kind is Kind.NUDGE:
        if who.habit == "raise" and prompt.can_raise:
            return Answer.RAISE
        return Answer.DECLINE if who.habit == "decline" else None
    if prompt.kind is Kind.COUNTDOWN:
        return Answer.CANCEL if who.habit == "decline" else None
    if prompt.kind is Kind.SUGGESTION:
        return Answer.TAKE if who.habit == "raise" else Answer.DECLINE
    return None


def visits(chance: Random, weekday: int, share: float) -> list[int]:
    """Return when people come to one machine on a day, s since midnight; weekday 6 is Sunday; share of 1 is busy."""
    many = chance.gauss(9 * share * (SUNDAY if weekday == 6 else 1), 2)
    hours = sorted(chance.choices(range(24), HOURS, k=max(0, round(many))))
    return [hour * 3600 + chance.randint(0, 3000) for hour in hours]

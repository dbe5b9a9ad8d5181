"""Settings that cannot all be meant: each may be, and together they undo one another. Pure."""

from collections.abc import Iterator

from daemon.policy.rules import Action, Mode, Rules, When

NARROWEST = 100
"""A window of speeds on which the deck is moved is no narrower, 0.01 km/h."""


def contradictions(rules: Rules) -> list[tuple[str, str]]:
    """Return each contradiction as (the field to look at, a sentence without its name)."""
    return list(_found(rules))


def _found(rules: Rules) -> Iterator[tuple[str, str]]:
    if rules.limit_action is Action.MACHINE and rules.limit_when is not When.ALWAYS:
        yield (
            "limit_when",
            "must be always on a machine whose limit_action is machine: its console cannot wait for others",
        )
    if rules.speed_most - rules.speed_least < NARROWEST:
        yield "speed_most", "is less than 1 km/h above speed_least: no deck would ever be moved"
    asks = rules.mode >= Mode.NUDGE and rules.nudges_a_session > 0
    limited = rules.limit_when is When.ALWAYS and rules.limit_ms > 0
    if asks and limited and rules.warm_up_ms + rules.nudge_after_ms >= rules.limit_ms:
        yield "nudge_after_ms", "comes, after warm_up, no sooner than limit: no question would ever be asked"

"""A session: one stretch of use of one machine, and what its time was made of. Pure data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of a session in ms (distance in m); defined in docs/metrics.md."""

    belt: int = 0
    pause: int = 0
    eligible: int = 0
    flat: int = 0
    unknown: int = 0
    gap: int = 0
    distance: int = 0

    @property
    def occupied(self) -> int:
        """Belt and pause time."""
        return self.belt + self.pause


@dataclass(frozen=True)  # no slots: Turn changes it by its dictionary
class Session:
    """What is known of the session under way; saved every few seconds and continued after a restart."""

    id: str
    started: int  # at
    last: int  # at of the newest sample in it
    min_incline: int  # in force then; later edits do not rewrite history
    opened: bool = False  # False for its first ten seconds
    totals: Totals = Totals()
    elapsed: int | None = None  # the console's clock at `last`, s
    stopped_since: int | None = None  # at, while the belt stands
    # what the policy has used up in it
    nudges: int = 0
    nudged_at: int | None = None
    unseen: bool = False  # no screen showed the last nudge: the next one waits for a screen and for nothing else
    declines: int = 0
    quiet_until: int | None = None  # no nudge before
    left_alone: bool = False  # no incline nudge any more
    enforce_over: bool = False  # from now on we only ask
    raising_over: bool = False  # nothing moves the deck any more
    risen: int = 0  # 0.1 %
    raised_at: int | None = None  # at of the last step of the deck
    # the time limit
    used: int = 0  # ms that count: belt and pauses, no cool-down
    limit_at: int | None = None  # `used` at which the limit falls due; None: none counts
    calm_since: int | None = None  # at, since when it would not count any more
    warned: tuple[int, ...] = ()  # those of WARNINGS_MS that were said
    grace_since: int | None = None  # at
    over: bool = False  # the grace is over, staff know
    extended: int = 0  # ms
    lifted: bool = False
    long_noted: bool = False
    stop_over: bool = False  # nothing asks this belt to stop any more
    # suggestions
    passed: int = 0  # nudges that the member declined or let pass
    suggested: tuple[str, ...] = ()  # rules that spoke on the belt
    suggest_quiet_until: int | None = None
    suggest_over: bool = False

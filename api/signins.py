"""Wrong tokens: told in the audit once a minute, however many there were, and slowed down. Pure but for its counts."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from api.pace import SIGN_INS, Pace
from daemon.policy.events import Happened

MINUTE_MS = 60_000
SEVERAL = "several"
"""Stands for the address, or the reason, where there was more than one."""


@dataclass(slots=True)
class SignIns:
    """The wrong tokens of one daemon; tell gets an audit event a minute after the first of them."""

    tell: Callable[[Happened], None]
    pace: Pace = field(default_factory=lambda: Pace(SIGN_INS))
    _since: int | None = None
    _count: int = 0
    _from: Counter[str] = field(default_factory=Counter)
    _why: Counter[str] = field(default_factory=Counter)

    def refused(self, address: str, why: str, now: int) -> int:
        """Count one; return 0, or in how many ms the next may come from there."""
        self.flush(now)
        self._since = now if self._since is None else self._since
        self._count += 1
        for seen, what in ((self._from, address), (self._why, why)):
            if what in seen or len(seen) <= 1:  # two of a kind are several
                seen[what] += 1
        return self.pace.wait(address, now)

    def flush(self, now: int, *, all_: bool = False) -> None:
        """Tell what there is to tell once its minute is over; all_: at once."""
        if self._since is None or not (all_ or now - self._since >= MINUTE_MS):
            return
        data = (
            ("what", "sign_in_refused"),
            ("count", self._count),
            ("address", _one(self._from)),
            ("why", _one(self._why)),
        )
        self._since, self._count = None, 0
        self._from.clear()
        self._why.clear()
        self.tell(Happened(now, "audit", data))


def _one(seen: Counter[str]) -> str:
    return next(iter(seen)) if len(seen) == 1 else SEVERAL

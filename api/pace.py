"""How often one address may call: the generic cell rate algorithm (ITU-T I.371), one number for each address. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network

KNOWN = 1024
"""Most addresses that are remembered; beyond it the calmest is forgotten."""


@dataclass(frozen=True, slots=True)
class Rate:
    """One call in `every` ms in the long run, `burst` at once."""

    every: int
    burst: int


CALLS = Rate(every=50, burst=60)
"""Of all requests and handshakes: 20 a second."""
SIGN_INS = Rate(every=6_000, burst=10)
"""Of wrong tokens: 10 a minute."""


def admitted(due: int, now: int, rate: Rate) -> tuple[int, int]:
    """Return when the address will have paid for all its calls, and ms to wait for this one; 0: it may come."""
    due = max(due, now)
    wait = due - now - (rate.burst - 1) * rate.every
    return (due, wait) if wait > 0 else (due + rate.every, 0)


@dataclass(slots=True)
class Pace:
    """Who called how often, at one rate; now is ms of a clock that only goes forward."""

    rate: Rate
    _due: dict[str, int] = field(default_factory=dict)

    def wait(self, address: str, now: int) -> int:
        """Count a call of address; return 0, or in how many ms it may come again."""
        self._due[address], wait = admitted(self._due.get(address, now), now, self.rate)
        if len(self._due) > KNOWN:
            self._due = forgotten(self._due, now)
        return wait


def forgotten(due: Mapping[str, int], now: int) -> dict[str, int]:
    """Return due without those that have paid, and without the calmest while there are too many."""
    owing = sorted((item for item in due.items() if item[1] > now), key=lambda item: item[1])
    return dict(owing[-KNOWN:])


def caller(address: str) -> str:
    """Return by what an address is counted: itself, or for IPv6 its /64, which is one household's or gym's."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return str(known)
    return str(known.ipv4_mapped or ip_network((known.packed[:8] + bytes(8), 64)))

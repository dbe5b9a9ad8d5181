"""Runs `inclined run` with a member on its simulated treadmill, and notes when each record leaves the machine.

    python -m benchmarks.walk NOTES run --config FILE

NOTES gets one line for each record when the daemon ends: ns of the monotonic clock. All else is the product's own.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import override

from daemon import claim
from daemon.main import main
from drivers.contract import Listener
from drivers.simulated import link
from drivers.simulated.build import Key

RECORD = 0x2ACD
LEFT: list[int] = []


class Noting:
    """A listener that notes the moment before it hands a record on."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self.lost = listener.lost

    def heard(self, channel: int, data: bytes, /) -> None:
        if channel == RECORD:
            LEFT.append(time.monotonic_ns())
        self._listener.heard(channel, data)


class WalkedLink(link.SimulatedLink):
    """A simulated treadmill on which someone presses start as soon as it is connected."""

    @override
    async def open(self, listener: Listener, /) -> frozenset[int]:
        channels = await super().open(Noting(listener))
        self.press(Key.START)
        return channels


def claim_own(what: str, claimed: Callable[[str], claim.Claim] = claim.claim) -> claim.Claim:
    """Claim what no other daemon on this computer has: a demo may run beside."""
    return claimed(f"{what}{os.getpid()}")


if __name__ == "__main__":
    claim.claim = claim_own
    link.SimulatedLink = WalkedLink  # type: ignore[misc]  # the registry takes it from here
    code = main(sys.argv[2:])
    Path(sys.argv[1]).write_text("\n".join(map(str, LEFT)), encoding="ascii")
    sys.exit(code)

"""Another device at the set-up: one code at a time, and one device that said it."""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from hmac import compare_digest

from daemon.clock import Clock
from daemon.firstrun.code import DIGITS, Code, Door, closed, door, fresh, holds, tried

SECRET_BYTES = 32


def chance() -> str:
    """Return the digits of a new code."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


class Pairing:
    """Holds the code that is on the screen, and the secret of the device that said it; both end together."""

    def __init__(self, clock: Clock, digits: Callable[[], str] = chance) -> None:
        self._clock = clock
        self._digits = digits
        self._code: Code | None = None
        self._secret: str | None = None
        self.asked = asyncio.Event()
        """Set while another device may come."""
        self._turned = asyncio.Event()
        self.fault: str | None = None
        """Why no other device can come here, though one was asked for."""

    def ask(self) -> None:
        """Make a new code, for who stands at the screen; the one before it and its device are out."""
        self._code, self._secret, self.fault = fresh(self._digits(), self._clock.now()), None, None
        self.asked.set()
        self._turned.set()

    async def over(self) -> None:
        """Wait until no other device may come any more."""
        while self._code is not None and self.holds():
            self._turned.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._turned.wait(), (self._code.until - self._clock.now()) / 1000)
        self.asked.clear()

    def end(self) -> None:
        """Take the code back."""
        if self._code is not None:
            self._code = closed(self._code)
        self.asked.clear()
        self._turned.set()

    def fail(self, why: str) -> None:
        """End, because no other device can come here."""
        self.end()
        self.fault = why

    def say(self, digits: str) -> str | None:
        """Return the secret of the device that said the right digits, or None."""
        if self._code is None:
            return None
        self._code, right = tried(self._code, digits, self._clock.now())
        self._turned.set()
        if right:
            self._secret = secrets.token_urlsafe(SECRET_BYTES)
        return self._secret if right else None

    def knows(self, secret: str) -> bool:
        """Tell whether secret is the device's that said the code, and its time is not over."""
        return self._secret is not None and self.holds() and compare_digest(secret.encode(), self._secret.encode())

    def holds(self) -> bool:
        """Tell whether another device may come here now."""
        return self._code is not None and holds(self._code, self._clock.now())

    @property
    def door(self) -> Door | None:
        """How the code stands; None when none was asked for."""
        return None if self._code is None else door(self._code, self._clock.now())

    @property
    def digits(self) -> str | None:
        """What the screen shows: the code, while it may be said."""
        return self._code.digits if self._code is not None and self.door is Door.OPEN else None

    @property
    def seconds(self) -> int:
        """How long the code, and who said it, have left."""
        return 0 if self._code is None else max(0, (self._code.until - self._clock.now()) // 1000)

    @property
    def tries(self) -> int:
        """How many tries are left."""
        return 0 if self._code is None else self._code.tries

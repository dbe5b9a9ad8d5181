"""The tokens as the running daemon knows them: read anew when the file changed, none while it is damaged."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hmac import compare_digest
from pathlib import Path

from daemon.tokens.file import Token, Tokens, TokensDamaged, hashed, read

log = logging.getLogger(__name__)

type Stamp = tuple[int, ...] | None
"""What of a file changes when it is written anew; None: there is no file."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a token does not count, in a sentence for who sent it; `why` names it in the audit."""

    why: str
    words: str


UNKNOWN = Refused("unknown", "This token is not known here: it is mistyped, was revoked, or is another machine's.")
CLOCKLESS = Refused("clock", "This token has an end, and this machine's clock is not right yet; try again later.")
CLOSED = Refused("damaged", "No token counts now: tokens.toml on this machine cannot be read; its health says why.")


@dataclass(frozen=True, slots=True)
class Seen:
    """The file as it was read: its stamp, its tokens, and what is wrong with it."""

    stamp: Stamp
    tokens: Tokens
    fault: str | None = None


class TokenBook:
    """The tokens of one daemon; `changed` hears what was there before and what is there now."""

    def __init__(
        self,
        path: Path | None,
        wall: Callable[[], datetime | None],
        changed: Callable[[Tokens, Tokens], None] = lambda _before, _after: None,
    ) -> None:
        """Read the file, blocking once; path None: there are no tokens."""
        self._path = path
        self._wall = wall
        self._changed = changed
        self._seen = Seen(None, {}) if path is None else look(path)
        self._complain()

    @property
    def fault(self) -> str | None:
        """What is wrong with the file, in one line."""
        return self._seen.fault

    async def look(self) -> None:
        """Read the file anew if it changed; what is damaged holds no token."""
        if self._path is None:
            return
        fresh = await asyncio.to_thread(look, self._path, self._seen)
        before = self._seen
        if fresh.stamp == before.stamp and fresh.fault == before.fault:
            return
        self._seen = fresh
        self._complain()
        if fresh.fault is None and before.fault is None:
            self._changed(before.tokens, fresh.tokens)

    async def find(self, secret: str) -> Token | Refused:
        """Return the token that secret is, as the file has it at this moment, or why it does not count."""
        await self.look()
        if self.fault is not None:
            return CLOSED
        return judged(secret, self._seen.tokens, self._wall())

    def _complain(self) -> None:
        if self.fault is not None:
            log.error("No token counts: %s", self.fault)


def judged(secret: str, tokens: Tokens, now: datetime | None) -> Token | Refused:
    """Return the token that secret is at now (None: not known), or why it does not count; every hash is compared."""
    found = hashed(secret)
    known = [token for token in tokens.values() if compare_digest(found, token.hash)]
    if not known:
        return UNKNOWN
    token = known[0]
    if token.expires is None:
        return token
    if now is None:
        return CLOCKLESS
    if now >= token.expires:
        return Refused(
            "expired", f"This token ended on {token.expires.astimezone(UTC):%Y-%m-%d %H:%M} UTC; ask for a new one."
        )
    return token


def look(path: Path, known: Seen | None = None) -> Seen:
    """Return the file as it is; known itself when nothing changed since. Blocks."""
    try:
        stamp = stamp_of(path)
        return known if known is not None and stamp == known.stamp else _read(path, stamp)
    except OSError as error:
        return Seen((), {}, f"{path} cannot be read: {error.strerror or error}; chown it root:inclined, chmod it 640")


def _read(path: Path, stamp: Stamp) -> Seen:
    try:
        return Seen(stamp, read(path))
    except TokensDamaged as error:
        return Seen(stamp, {}, str(error))


def stamp_of(path: Path) -> Stamp:
    """Return what changes when the file is written anew; None: there is none."""
    try:
        seen = path.stat()
    except FileNotFoundError:
        return None
    return seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns

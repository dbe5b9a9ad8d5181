"""The last quarter of an hour of the core, in memory: bounded by time, by count and by bytes.

What is kept are the lines of a trace, in pieces; each piece holds the core's state before it, so that the oldest can
go and what is left is still a whole trace. It costs about 100 bytes for each event, some 1 MB in all.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from daemon.policy.events import Effect, Event
from daemon.policy.state import State
from daemon.trace.file import body

KEPT_MS = 900_000
MOST_STEPS = 20_000
MOST_BYTES = 4_000_000
PIECE_MS = 30_000
PIECE_STEPS = 1_000
PIECE_BYTES = 200_000


@dataclass(slots=True)
class Piece:
    """Some steps in a row, as lines, and the state before them."""

    state: State
    since: int  # at
    steps: int = 0
    text: bytearray = field(default_factory=bytearray)

    def full(self, at: int) -> bool:
        """Tell whether the next step goes into a piece of its own."""
        return at - self.since >= PIECE_MS or self.steps >= PIECE_STEPS or len(self.text) >= PIECE_BYTES


class Ring:
    """Takes every step; the oldest pieces go when there is too much."""

    def __init__(self) -> None:
        self._pieces: deque[Piece] = deque()
        self.steps = 0
        self.size = 0
        """Bytes."""

    def take(self, before: State, event: Event, effects: Sequence[Effect]) -> None:
        """Keep one step. ValueError, with nothing kept of it, for text that no file can hold."""
        lines = body(event, effects).encode()
        at = max(before.at, event.at)
        if not self._pieces or self._pieces[-1].full(at):
            self._pieces.append(Piece(before, at))
        piece = self._pieces[-1]
        piece.text += lines
        piece.steps += 1
        self.steps += 1
        self.size += len(lines)
        self._let_go(at)

    def clear(self) -> None:
        """Forget all."""
        self._pieces.clear()
        self.steps = self.size = 0

    def kept(self) -> tuple[State, list[bytes]] | None:
        """Return the oldest state kept and the lines from there on; None when there is nothing."""
        if not self._pieces:
            return None
        return self._pieces[0].state, [bytes(piece.text) for piece in self._pieces]

    def _let_go(self, at: int) -> None:
        while len(self._pieces) > 1 and (
            self._pieces[1].since <= at - KEPT_MS or self.steps > MOST_STEPS or self.size > MOST_BYTES
        ):
            gone = self._pieces.popleft()
            self.steps -= gone.steps
            self.size -= len(gone.text)

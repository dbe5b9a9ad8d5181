"""Commissioning at a terminal: what to do is printed once, what the machine tells is printed as it changes."""

import asyncio
import sys
import threading
from collections.abc import Callable
from typing import Final

from daemon.commissioning.line import Line
from daemon.commissioning.steps import Step

PACE_S: Final = 1.0
"""Readings are not printed more often."""


class Ended(Exception):
    """There is nobody to answer: the input is at its end."""


class Talk:
    """Who answers: `lines` brings what is typed, None at the end; `say` prints a line, `ask` one that stays open."""

    def __init__(
        self, lines: asyncio.Queue[str | None], say: Callable[[str], None], ask: Callable[[str], None]
    ) -> None:
        self.say = say
        self._ask = ask
        self._lines = lines
        self._typed: asyncio.Future[str | None] | None = None
        self._renewed = asyncio.Event()

    def renew(self) -> None:
        """Look again at the step: something has changed."""
        self._renewed.set()

    async def line(self, prompt: str) -> str:
        """Return one line without the spaces around it; Ended when there is none."""
        self._ask(prompt)
        return taken(await self._next())

    async def sure(self, prompt: str, *, default: bool = False) -> bool:
        """Ask for a yes or a no until there is one; an empty line is the default."""
        while True:
            given = (await self.line(prompt)).lower()
            if given in ("y", "yes", "n", "no", ""):
                return given.startswith("y") if given else default

    async def lead(self, line: Line, step: Step) -> Step:
        """Show the step and what the machine tells, and hand on what is typed, until it ends."""
        leading = asyncio.ensure_future(line.lead(step))
        said, hint, told, spoke = "", "", "", -PACE_S
        loop = asyncio.get_running_loop()
        try:
            while True:
                now = leading.result() if leading.done() else line.step or step
                if now.says != said:
                    said = now.says
                    self.say(f"  {said}")
                if now.hint != hint:
                    hint = now.hint
                    self.say(f"  {hint}" if hint else "")
                fresh = told_now(line)
                if fresh != told and loop.time() - spoke >= PACE_S:
                    told, spoke = fresh, loop.time()
                    self.say(f"    {told}")
                if leading.done():
                    return now
                await self._something(leading, line)
        finally:
            leading.cancel()

    async def _something(self, leading: asyncio.Future[Step], line: Line) -> None:
        """Wait until the step ends, something changes or a line is typed, which goes to the step."""
        self._renewed.clear()
        renewed = asyncio.ensure_future(self._renewed.wait())
        typed = self._next()
        await asyncio.wait((leading, renewed, typed), return_when=asyncio.FIRST_COMPLETED)
        renewed.cancel()
        if typed.done():
            self._typed = None
            line.type(taken(typed.result()))

    def _next(self) -> "asyncio.Future[str | None]":
        """Return the next line to come; one that nobody has taken yet stays."""
        if self._typed is None or self._typed.done():
            self._typed = asyncio.ensure_future(self._lines.get())
        return self._typed


def taken(line: str | None) -> str:
    """Return a line without the spaces around it; Ended where there is none."""
    if line is None:
        raise Ended
    return line.strip()


def told_now(line: Line) -> str:
    """Return what the machine tells now, in words."""
    reading = line.last
    if reading is None:
        return ""
    speed = "-" if reading.speed is None else f"{reading.speed / 100:.1f} km/h"
    incline = "-" if reading.incline is None else f"{reading.incline / 10:.1f} %"
    return f"it tells: {speed}, {incline}"


def at_terminal() -> Talk:
    """Return the terminal of this process."""
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        for text in sys.stdin:
            loop.call_soon_threadsafe(lines.put_nowait, text)
        loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read, daemon=True).start()  # a read of a terminal cannot be cancelled
    return Talk(lines, lambda text: print(text, flush=True), lambda text: print(text, end="", flush=True))  # noqa: T201

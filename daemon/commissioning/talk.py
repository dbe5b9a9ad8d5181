"""Commissioning at a terminal: what to do is printed once, what the machine tells is printed as it changes."""

import asyncio
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from textwrap import fill
from typing import Final

from daemon.commissioning.label import Label
from daemon.commissioning.line import END, Line
from daemon.commissioning.steps import Step

PACE_S: Final = 1.0
"""Readings are not printed more often."""
WIDTH: Final = 100


class Ended(Exception):
    """There is nobody to answer: the input is at its end."""


class Terminal:
    """Who answers: `lines` brings what is typed, None at the end; `say` prints a line, `ask` one that stays open."""

    def __init__(
        self,
        lines: asyncio.Queue[str | None],
        say: Callable[[str], None],
        ask: Callable[[str], None],
        label: Path | None = None,
    ) -> None:
        self.say = say
        self._ask = ask
        self._label = label
        self._lines = lines
        self._typed: asyncio.Future[str | None] | None = None
        self._renewed = asyncio.Event()
        self.leads: Line | None = None
        """The machine of the step in hand."""

    def renew(self) -> None:
        """Look again at the step: something has changed."""
        self._renewed.set()

    def heading(self, title: str, place: str) -> None:
        """Begin something new."""
        self.say(f"\n{place}: {title}" if place else f"\n{title}")

    def changes(self, lines: Sequence[str]) -> None:
        """Show what changes in a file."""
        self.say("\n".join(f"  {each}" for each in lines) or "  nothing")

    def label(self, label: Label) -> None:
        """Show the treadmill's label, and write it where it was asked for."""
        self.say(f"\n{label.terminal()}\n{label.text}")
        if self._label is not None:
            self._label.write_text(label.svg(), encoding="utf-8")
            self.say(f"The label, to be printed: {self._label}")

    async def sure(self, prompt: str, yes: str, no: str, *, default: bool = False) -> bool:
        """Ask for a yes or a no until there is one; an empty line is the default."""
        words = f"y: {yes.lower()}, n: {no.lower()}" if yes != "Begin" else "y/n"
        while True:
            given = (await self._line(f"{prompt} ({words}) [{'y' if default else 'n'}] ")).lower()
            if given in ("y", "yes", "n", "no", ""):
                return given.startswith("y") if given else default

    async def choose(self, prompt: str, choices: dict[str, str], default: str) -> str:
        """Return one of the choices."""
        for value, about in choices.items():
            self.say(f"  {value:<8} {about}")
        while True:
            given = await self._line(f"{prompt} [{default}]: ") or default
            if given in choices:
                return given
            self.say(f"  {given}: it may be {', '.join(choices)}")

    async def lead(self, line: Line, step: Step) -> Step:
        """Show the step and what the machine tells, and hand on what is typed, until it ends."""
        self.say(f"  ({END} and Enter ends this step.)")
        leading, self.leads = asyncio.ensure_future(line.lead(step)), line
        said, hint, told, spoke = "", "", "", -PACE_S
        loop = asyncio.get_running_loop()
        try:
            while True:
                now = leading.result() if leading.done() else line.step or step
                if now.says != said:
                    said = now.says
                    self.say(f"  {said}")
                    if now.asks is not None and now.asks.words:
                        self.say(f"  Type: {now.asks.words}")
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
            self.leads = None
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

    async def _line(self, prompt: str) -> str:
        """Return one line without the spaces around it; Ended when there is none."""
        self._ask(prompt)
        return taken(await self._next())

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


def filled(text: str) -> str:
    """Return a text in lines that a terminal shows whole; what is indented stays so."""
    lines = (fill(line, WIDTH, subsequent_indent=" " * (len(line) - len(line.lstrip()))) for line in text.split("\n"))
    return "\n".join(lines)


def at_terminal(label: Path | None = None) -> Terminal:
    """Return the terminal of this process."""
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        for text in sys.stdin:
            loop.call_soon_threadsafe(lines.put_nowait, text)
        loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read, daemon=True).start()  # a read of a terminal cannot be cancelled
    show = partial(print, flush=True)
    return Terminal(lines, lambda text: show(filled(text)), partial(show, end=""), label)

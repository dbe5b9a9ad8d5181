"""Commissioning on the screen: what stands on it now, and where a touch goes. The page asks for it again and again."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from daemon.commissioning.label import Label
from daemon.commissioning.line import END, Line
from daemon.commissioning.steps import Step


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: a key for each choice, with what is said of it."""

    prompt: str
    choices: dict[str, str]
    default: str
    answer: asyncio.Future[str]


@dataclass(slots=True)
class OnScreen:
    """Implements Talk; `number` goes up with each thing that can be answered, so that a late touch meets nothing."""

    title: str = "One moment"
    place: str = ""
    said: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    shown_label: Label | None = None
    over: str = ""
    """Why it ended; empty while it goes on."""
    number: int = 0
    asked: Asked | None = None
    line: Line | None = None
    step: Step | None = None

    def heading(self, title: str, place: str) -> None:
        """Begin something new: what was said before is gone."""
        self.title, self.place = title, place
        self.said, self.changed, self.shown_label = [], [], None

    def say(self, text: str) -> None:
        """Show one more paragraph."""
        self.said.append(text)

    def changes(self, lines: Sequence[str]) -> None:
        """Show what changes in a file."""
        self.changed = list(lines) or ["nothing"]

    def label(self, label: Label) -> None:
        """Show the treadmill's label."""
        self.shown_label = label

    def renew(self) -> None:
        """Do nothing: the page looks by itself."""

    async def sure(self, prompt: str, yes: str, no: str, *, default: bool = False) -> bool:
        """Ask with two keys."""
        return await self._ask(prompt, {yes: "", no: ""}, yes if default else no) == yes

    async def choose(self, prompt: str, choices: dict[str, str], default: str) -> str:
        """Ask with a key for each choice."""
        return await self._ask(prompt, choices, default)

    async def lead(self, line: Line, step: Step) -> Step:
        """Show the step until it ends."""
        self.line, self.step, self.said = line, step, []
        self.number += 1
        try:
            ended = await line.lead(step)
        finally:
            self.line = self.step = None
        self.say(ended.says)
        return ended

    async def _ask(self, prompt: str, choices: dict[str, str], default: str) -> str:
        self.number += 1
        self.asked = Asked(prompt, choices, default, asyncio.get_running_loop().create_future())
        try:
            return await self.asked.answer
        finally:
            self.asked = None

    def take(self, number: int, text: str) -> bool:
        """Take an answer to what has this number; False when it is not asked any more, or may not be that."""
        if number != self.number:
            return False
        if self.asked is not None and not self.asked.answer.done():
            if text not in self.asked.choices:
                return False
            self.asked.answer.set_result(text)
            return True
        step = self.line.step if self.line is not None else None
        if self.line is not None and step is not None and (text == END or step.asks is not None):
            self.line.type(text)
            return True
        return False

"""A whole daemon in virtual time behind its real sockets, and a page that is told what to say."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect

from daemon.policy.lease import digit
from daemon.policy.state import Kind, Prompt
from tests.house.fixtures import STEP_MS, Lived, free_port, lived, settled

BEFORE_MS = 290_000
"""How long the belt runs flat before a screen comes; the countdown is due some 10 s later."""


@dataclass
class Sight:
    """What a page knows in one step of time: the clock, the prompt on it, and the digit that it should draw."""

    at: int
    prompt: Prompt | None
    step: int

    @property
    def shown(self) -> tuple[int, int]:
        """What an honest page confirms."""
        return (self.prompt.id, digit(self.prompt, self.at)) if self.prompt else (0, 0)

    @property
    def counting(self) -> bool:
        """Whether the prompt is the countdown, or the raise that it became."""
        return self.prompt is not None and self.prompt.kind in {Kind.COUNTDOWN, Kind.RAISING}


@dataclass
class Pages:
    """Pages that are signed in, on the real socket; whatever they are shown is read and forgotten."""

    living: Lived
    port: int
    lines: list[ClientConnection] = field(default_factory=list)
    steps: int = 0

    def sight(self) -> Sight:
        return Sight(self.living.clock.now(), self.living.house.runner.state.prompt, self.steps)

    async def say(self, line: int, **word: object) -> None:
        await self.lines[line].send(json.dumps(word))

    async def confirm(self, line: int, prompt: int, drawn: int) -> None:
        await self.say(line, type="confirm", prompt=prompt, digit=drawn)

    async def heard(self) -> None:
        """Wait until the daemon has read all that was said."""
        for line in self.lines:
            async with asyncio.timeout(20):
                await (await line.ping())
        await settled()

    async def pass_step(self) -> None:
        """Let a quarter of a second pass for machine, core and pages."""
        await self.heard()
        self.steps += 1
        await self.living.pass_time(STEP_MS)


@asynccontextmanager
async def ready(folder: Path, pages: int = 1, mode: str = "enforce") -> AsyncIterator[Pages]:
    """Yield a daemon whose belt runs flat and whose countdown or question is due soon, with so many pages signed in."""
    port = free_port()
    async with lived(folder, port=free_port(), screen=port, mode=mode) as living:
        living.screen = False
        living.walk()
        await living.pass_time(BEFORE_MS)
        opened = Pages(living, port)
        for _ in range(pages):
            opened.lines.append(await page(port, living.house.console_key))
        readers = [asyncio.ensure_future(forget(line)) for line in opened.lines]
        try:
            yield opened
        finally:
            for line in opened.lines:
                await line.close()
            await asyncio.gather(*readers)


async def page(port: int, key: str) -> ClientConnection:
    """Return a line that is signed in."""
    line = await connect(f"ws://127.0.0.1:{port}/console/live", proxy=None, close_timeout=1)
    await line.send(json.dumps({"type": "hello", "key": key}))
    return line


async def forget(line: ClientConnection) -> None:
    async for _ in line:
        pass

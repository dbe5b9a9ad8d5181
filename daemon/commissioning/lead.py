"""Leads staff through the steps, at a terminal or on the screen, and puts what was found into the configuration."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import unified_diff
from pathlib import Path
from typing import Protocol

from daemon.commissioning.course import ABOUT, NEEDED, STEPS, USUAL, Findings, settings_for
from daemon.commissioning.label import Label
from daemon.commissioning.line import Line
from daemon.commissioning.record import RAISING, recorded
from daemon.commissioning.steps import Ending, Step
from daemon.settings import Settings, SettingsError, loads
from daemon.settings.write import kept_name, write
from drivers.contract import Driver

log = logging.getLogger(__name__)

BEFORE = """\
Take half an hour when nobody waits. One of you stands at the red stop all the time; nobody stands on the belt. \
Nothing here starts, stops or speeds up the belt: you do, by the treadmill's own keys. One thing is asked of it, in \
the last step: to raise its deck by one step."""
MODES = {
    "observe": "Records only",
    "nudge": "Asks on the screen now and then; the machine is never moved",
    "assist": "Raises the deck when the member touches Raise it",
    "enforce": "Raises it once a session, after a countdown that anybody can cancel",
}


class Stopped(Exception):
    """It cannot go on; nothing was written. The message says why."""


class Talk(Protocol):
    """Who leads and who answers: a terminal, or the screen."""

    def heading(self, title: str, place: str) -> None: ...
    def say(self, text: str) -> None: ...
    def changes(self, lines: Sequence[str]) -> None: ...
    def label(self, label: Label) -> None: ...
    def renew(self) -> None:
        """Look again at the step in hand: something has changed."""
        ...

    async def sure(self, prompt: str, yes: str, no: str, *, default: bool = False) -> bool: ...
    async def choose(self, prompt: str, choices: dict[str, str], default: str) -> str: ...
    async def lead(self, line: Line, step: Step) -> Step: ...


@dataclass(frozen=True, slots=True)
class Commissioning:
    """What it works on: the configuration at path, and how its machine is reached."""

    path: Path
    settings: Settings
    driver_of: Callable[[Settings], Driver]
    now: Callable[[], int]
    wall: Callable[[], datetime] = lambda: datetime.now().astimezone()
    steps: frozenset[str] = frozenset(USUAL)

    async def run(self, talk: Talk) -> None:
        """Lead through the steps, and write what they found after a yes; Stopped, or a DriverError, when not."""
        talk.heading("Before you begin", "")
        talk.say(BEFORE)
        if not await talk.sure("Is that so?", "Begin", "Not now", default=True):
            raise Stopped("nothing was written")
        findings = await self._found(talk)
        talk.heading("How far may it go?", "")
        raises = findings.raised or (self.settings.proved.incline is not None and not findings.read_off)
        text = await self._text(talk, findings, raises=raises)
        if not await talk.sure(f"Write {self.path}?", "Write it", "Leave it as it was"):
            raise Stopped("nothing was written")
        kept = kept_name(self.path, self.wall())
        write(self.path, text, kept)
        talk.heading("It is written", "")
        talk.say(f"{self.path.name} is written; the one before is beside it: {kept.name}.")
        machine = self.settings.machine
        talk.label(Label(machine.site, machine.machine, machine.name))

    async def _found(self, talk: Talk) -> Findings:
        names = [name for name in STEPS if name in self.steps | NEEDED]
        findings = Findings()
        line: Line | None = None
        reached: Settings | None = None
        try:
            for number, name in enumerate(names, 1):
                wanted = settings_for(name, self.settings, findings)
                if line is None or wanted != reached:
                    if line is not None:
                        await line.close()
                    line, reached = Line(self.driver_of(wanted), self.now, talk.renew), wanted
                ended = await _done(talk, line, name, wanted, f"Step {number} of {len(names)}")
                if ended is None and name in NEEDED:
                    raise Stopped("nothing was written: it is not known to be this treadmill")
                findings = findings if ended is None else findings.after(ended)
                findings = replace(findings, told=findings.told | line.told)
        finally:
            if line is not None:
                await line.close()
        return findings

    async def _text(self, talk: Talk, findings: Findings, *, raises: bool) -> str:
        """Return the configuration as it will be, once staff chose a mode; it is shown what changes."""
        may = {mode: about for mode, about in MODES.items() if raises or mode not in RAISING}
        now = self.settings.machine.mode
        if not raises:
            talk.say("The modes that move the deck need one step up that was proved.")
        mode = await talk.choose("From now on", may, now if now in may else "nudge")
        before = self.path.read_text(encoding="utf-8")
        text = recorded(before, findings, mode, self.wall().date())
        try:
            loads(text.encode(), self.path)
        except SettingsError as error:
            raise Stopped("; ".join(["nothing was written", *error.mistakes])) from None
        talk.heading("What changes", "")
        changes = list(unified_diff(before.splitlines(), text.splitlines(), lineterm="", n=0))[2:]
        talk.changes([each for each in changes if not each.startswith("@@")])
        return text


async def _done(talk: Talk, line: Line, name: str, settings: Settings, place: str) -> Step | None:
    """Do one step until it is done; None where staff passed over it."""
    while True:
        step = STEPS[name](settings)
        talk.heading(step.title, place)
        talk.say(ABOUT[name])
        if name not in NEEDED and not await talk.sure("Do it now?", "Begin", "Pass over it", default=True):
            return None
        ended = await talk.lead(line, step)
        log.info("Commissioning, %s: %s", name, ended.says)
        if ended.ended is Ending.DONE:
            if await talk.sure("Go on?", "Go on", "Once more", default=True):
                return ended
        elif not await talk.sure("Once more?", "Once more", "Pass over it"):
            return None

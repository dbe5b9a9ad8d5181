"""Staff at a simulated treadmill: what they do by its keys and what they type, from what the wizard tells them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from daemon.commissioning.label import Label
from daemon.commissioning.lead import Commissioning
from daemon.commissioning.line import Line
from daemon.commissioning.once import GO, Once
from daemon.commissioning.once import Stage as Tried
from daemon.commissioning.points import Points
from daemon.commissioning.raising import WORDS, Raising
from daemon.commissioning.spot import Spot
from daemon.commissioning.steps import Step
from daemon.commissioning.trial import Stage
from daemon.commissioning.units import Units
from daemon.settings import Settings, load
from drivers.calibrated import calibrated
from drivers.calibration import calibration
from drivers.contract import Driver
from drivers.simulated.build import Key
from tests.conformance.bench import Bench

DAY = datetime(2026, 6, 1, 12, 0, 0, tzinfo=UTC)
SHOWN = (0, 50, 150)
FILE = """\
# our gym
[machine]
site = "gym"
machine = "t07"
name = "Treadmill 7"
zone = "Hall"
driver = "ftms:C0:FF:EE:00:00:07"
mode = "observe"  # for now
units = "mph"
"""


@dataclass
class Hands:
    """Does what each step asks for, once, a little later; `typed` goes to the wizard."""

    bench: Bench
    shows: tuple[str, ...] = ("0", "5.0", "15")
    """What its console shows at the three places."""
    done: set[object] = field(default_factory=set)
    at: dict[object, int] = field(default_factory=dict)

    def once(self, what: object, after: int = 4_000) -> bool:
        """Tell whether it is time to do this: so long after it was first thought of, and once."""
        first = self.at.setdefault(what, self.bench.clock.at)
        if what in self.done or self.bench.clock.at - first < after:
            return False
        self.done.add(what)
        return True

    def act(self, step: Step, line: Line) -> str | None:
        """Press what the step asks for; return what is typed, if anything."""
        if line.last is None:
            return None
        mill = self.bench.mill()
        match step:
            case Spot():
                if self.once("spot"):
                    self.bench.press(Key.INCLINE_UP)
            case Units():
                return self.units()
            case Points(points=points):
                if self.once(("bring", len(points)), 0):
                    mill.place(incline=SHOWN[len(points)])
                elif self.once(("read", len(points))):
                    return self.shows[len(points)]
            case Raising(trial=trial):
                return self.raising(trial.stage)
            case Once(stage=stage):
                return self.limits(stage)
        return None

    def units(self) -> str | None:
        if self.once("start", 0):
            self.bench.press(Key.START)
        elif "start" in self.done and self.once("walk"):
            self.bench.mill().place(speed=300)
        elif "walk" in self.done and self.once("type"):
            return "3.0"
        return None

    def limits(self, stage: Tried) -> str | None:
        mill, press = self.bench.mill(), self.bench.press
        match stage:
            case Tried.AGREE:
                if self.once("rest", 0):
                    press(Key.STOP)
                    mill.place(speed=0, incline=0)
                elif self.once("agree", 35_000):
                    return WORDS
            case Tried.BELT | Tried.KEYS:
                if self.once((stage, "start"), 0):
                    press(Key.START)
                elif self.once((stage, "slow")):
                    mill.place(speed=200)
            case Tried.GO if self.once("go"):
                return GO
            case Tried.STOP if self.once("end"):
                press(Key.STOP)
            case _:
                pass
        return None

    def raising(self, stage: Stage) -> str | None:
        mill, press = self.bench.mill(), self.bench.press
        match stage:
            case Stage.AGREE:
                if self.once("stop", 0):
                    press(Key.STOP)
                    mill.place(speed=0, incline=0)
                elif self.once("agree", 35_000):  # until a console has put its summary away
                    return WORDS
            case Stage.BELT:
                if self.once("again", 0):
                    press(Key.START)
                elif self.once("slow"):
                    mill.place(speed=200)
            case Stage.PRESS if self.once("key"):
                press(Key.INCLINE_UP)
            case Stage.UP if self.once("up"):
                press(Key.INCLINE_UP)
            case Stage.DOWN if self.once("down"):
                mill.place(incline=0)
            case _:
                pass
        return None


@dataclass
class Script:
    """A Talk that says yes to all but what it is told, and lets `hands` do the rest."""

    hands: Hands
    mode: str = "assist"
    no: tuple[str, ...] = ()
    heard: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    title: str = ""

    def heading(self, title: str, place: str) -> None:
        self.title = title
        self.heard.append(f"{place} {title}".strip())

    def say(self, text: str) -> None:
        self.heard.append(text)

    def changes(self, lines: Sequence[str]) -> None:
        self.shown = list(lines)

    def label(self, label: Label) -> None:
        self.labels.append(label)

    def renew(self) -> None:
        pass

    async def sure(self, prompt: str, yes: str, no: str, *, default: bool = False) -> bool:  # noqa: ARG002, as Talk
        if self.title in self.no or prompt in self.no:
            return False
        return prompt != "Once more?"

    async def choose(self, prompt: str, choices: dict[str, str], default: str) -> str:
        self.heard.append(f"{prompt}: {', '.join(choices)} [{default}]")
        return self.mode if self.mode in choices else default

    async def lead(self, line: Line, step: Step) -> Step:
        leading = asyncio.ensure_future(line.lead(step))
        await moves(self.hands, line, leading)
        self.heard.append(leading.result().says)
        return leading.result()


async def moves(hands: Hands, line: Line, until: "asyncio.Future[Any]") -> None:
    """Let the machine's time pass, and staff act, until something is done."""
    async with asyncio.timeout(60):
        while not until.done():
            if line.step is not None and (text := hands.act(line.step, line)) is not None:
                line.type(text)
            await hands.bench.goes_on()


def work(folder: Path, bench: Bench, text: str = FILE) -> Commissioning:
    """Return the wizard over a bench's driver, with a configuration in folder."""
    path = folder / "inclined.toml"
    path.write_text(text)

    def driver_of(settings: Settings) -> Driver:
        points = settings.machine.incline_map
        return calibrated(bench.driver, calibration(points) if points else None)

    return Commissioning(path, load(path), driver_of, bench.clock, lambda: DAY)


def another(text: str, **changes: str) -> str:
    """Return a configuration with other values."""
    for key, value in changes.items():
        text = "\n".join(f"{key} = {value}" if line.startswith(f"{key} =") else line for line in text.split("\n"))
    return text


__all__ = ["DAY", "FILE", "Hands", "Script", "another", "moves", "work"]

"""One treadmill of the gym: its whole daemon on a simulated machine, a screen, and members who come and go."""

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from random import Random

from daemon.clock import Clock
from daemon.gym.people import Person, person, says
from daemon.house import House, build, live
from daemon.policy.events import Answered, Confirmed
from daemon.settings import Settings, parse
from drivers.ftms.driver import ftms_driver
from drivers.simulated.build import Key
from drivers.simulated.ftms import FtmsServer
from drivers.simulated.link import SimulatedLink

SCREEN = "gym"
FRAME_S = 0.5
"""A screen confirms what it draws more than once a second."""
PAUSE_S = (20, 240)
"""Between two visits."""


@dataclass(slots=True)
class Treadmill:
    """A simulated treadmill with its daemon."""

    name: str
    link: SimulatedLink
    house: House
    clock: Clock
    chance: Random


def settings_of(name: str, number: int, zone: str, folder: Path, broker: int, time_zone: str) -> Settings:
    """Return what stands in such a machine's file; one in ten is left in observe."""
    machine = {
        "site": "demo", "machine": name, "name": f"Treadmill {number + 1}", "zone": zone, "driver": "simulated:",
        "mode": "observe" if number % 10 == 9 else "assist", "clock": "trust", "time_zone": time_zone, "units": "km/h",
    }  # fmt: skip
    table = {
        "machine": machine,
        "policy": {"min_incline": Decimal("1.0")},
        "mqtt": {"host": "127.0.0.1", "port": broker, "version": "3.1.1"},
        "store": {"path": str(folder / name / "inclined.db")},
        "console": {"key_file": str(folder / name / "console.key")},
    }
    return parse(table, "demo")


def treadmill(settings: Settings, clock: Clock, seed: int) -> Treadmill:
    """Put one together, in the running loop."""
    link = SimulatedLink(FtmsServer(at=clock.now()), now=clock.now)
    house = build(settings, clock, ftms_driver(link, now=clock.now))
    name = settings.machine.machine
    return Treadmill(name, link, house, clock, Random(f"{seed} {name} now"))  # noqa: S311, a story


async def run(one: Treadmill, first_s: float | None) -> None:
    """Let it live until cancelled; somebody steps on after first_s, None: nobody ever does."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(live(one.house, lambda: None, []))
        if first_s is not None:
            tasks.create_task(_members(one, first_s))


async def _members(one: Treadmill, first_s: float) -> None:
    await asyncio.sleep(first_s)
    while True:
        await _visit(one, person(one.chance))
        await asyncio.sleep(one.chance.uniform(*PAUSE_S))


async def _visit(one: Treadmill, who: Person) -> None:
    """Step on, walk or run, look at the screen, slow down and step off."""
    belt = one.link.server.treadmill
    one.link.press(Key.START)
    since, asked, shown_at = one.clock.now(), 0, 0
    while (gone := one.clock.now() - since) < who.stays * 1000:
        wanted = 400 if gone > (who.stays - who.cools) * 1000 else who.speed
        if belt.speed and belt.speed_target != wanted:
            belt.set_speed(wanted)
            if asked == 0 and gone < 20_000:
                belt.set_incline(who.incline)
        prompt = one.house.runner.state.prompt
        if prompt is not None and prompt.id != asked:
            asked, shown_at = prompt.id, one.clock.now()
        now = one.clock.now()
        drawn = (0, 0) if prompt is None else (prompt.id, prompt.digit)
        one.house.told(Confirmed(now, SCREEN, *drawn))
        if prompt is not None and (answer := says(who, prompt, now - shown_at)) is not None:
            one.house.told(Answered(now, prompt.id, answer))
        await asyncio.sleep(FRAME_S)
    one.link.press(Key.STOP)

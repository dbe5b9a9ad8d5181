"""`inclined demo`: a simulated treadmill that is kept off the flat, with the screen, the broker and all in between.

The machine and the core first run five minutes as pure data; the clock then goes on from there without a gap.
"""

import argparse
import asyncio
import contextlib
import logging
import signal
import socket
import sys
import tempfile
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from daemon.exits import FAILED, Subparsers, complain
from drivers.contract import Ability

if TYPE_CHECKING:  # the demo's parts are loaded when it runs
    from api.demo import Line, Panel
    from daemon.house import House
    from drivers.simulated.link import SimulatedLink

ON_BELT_MS = 15_000
WALK = 600
STEP_MS = 250
MOST = 40
"""Machines in one process; a gym of 200 has 200 computers."""
EXAMPLE = "examples: inclined demo --port 8080; inclined demo --scene limit; inclined demo --machines 12"


@dataclass(frozen=True)
class Scene:
    """What has happened when the page opens, and the settings that make it interesting."""

    past_ms: int
    words: str
    hill: int = 0  # 0.1 %
    machine: Mapping[str, object] = field(default_factory=dict)
    proved: Mapping[str, object] = field(default_factory=dict)
    policy: Mapping[str, object] = field(default_factory=dict)
    armed: frozenset[Ability] = frozenset()


SCENES: Mapping[str, Scene] = {
    "flat": Scene(300_000, "flat. Five minutes pass in a moment."),
    "limit": Scene(
        ON_BELT_MS + 535_000,
        "on a small hill. Nine minutes of ten pass in a moment: somebody waits.",
        hill=20,
        machine={"limit_action": "stop"},
        proved={"stop": date(2026, 1, 1)},
        policy={"limit": 600, "limit_when": "always", "limit_grace": 120},
        armed=frozenset({Ability.STOP}),
    ),
    "change": Scene(
        ON_BELT_MS + 930_000, "on a small hill. A quarter of an hour passes in a moment.", hill=20, policy={"limit": 0}
    ),
}
"""By name; each begins shortly before something happens."""


def port(text: str) -> int:
    """Return a port's number; ValueError otherwise."""
    number = int(text)
    if not 0 <= number <= 65_535:
        raise ValueError(text)
    return number


def machines(text: str) -> int:
    """Return how many machines; ArgumentTypeError otherwise."""
    if not text.isascii() or not text.isdecimal() or not 2 <= int(text[:6]) <= MOST:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of machines from 2 to {MOST}")
    return int(text)


def add(subparsers: Subparsers) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("demo", help="play a treadmill that is kept off the flat", epilog=EXAMPLE)
    parser.add_argument("--port", type=port, default=0, help="of the page; default: 8080, or any free one")
    parser.add_argument("--mph", action="store_true", help="show miles")
    about = "flat: a question about the incline; limit: the time is nearly up; change: a suggestion"
    parser.add_argument("--now", action="store_true", help="do not wait until somebody opens the page")
    many = f"a whole gym of so many, 2 to {MOST}, with a floor and weeks of history"
    parser.add_argument("--machines", type=machines, metavar="N", help=many)
    parser.add_argument("--scene", choices=SCENES, default="flat", help=about)


def run(args: argparse.Namespace) -> int:
    """Play until Ctrl-C."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        import amqtt  # noqa: F401, only to see whether it is there
    except ModuleNotFoundError:
        return complain("the demo needs its own broker: install inclined[demo], or use `make demo`", FAILED)
    with tempfile.TemporaryDirectory(prefix="inclined-demo-") as folder:
        try:
            if args.machines is not None:
                return asyncio.run(_gym(Path(folder), args.machines, args.port))
            units, scene = "mph" if args.mph else "km/h", SCENES[args.scene]
            return asyncio.run(_play(Path(folder), args.port, units, scene, wait=not args.now))
        except BrokenPipeError:
            raise
        except OSError as error:
            return complain(f"port {args.port}: {error.strerror or error}; choose another with --port", FAILED)


async def _gym(folder: Path, count: int, wanted: int) -> int:
    try:
        from daemon.gym.play import play
    except ModuleNotFoundError:
        return complain("a gym needs a floor: install inclined[demo,floor], or use `make demo`", FAILED)

    page, broker = free_port(wanted), free_port_any()
    return await play(folder, count, page, broker, await _broker(broker))


@dataclass
class StageClock:
    """A clock that goes with the world's time or is moved by hand; its wall fits, so nothing jumps."""

    past_ms: int
    """Still to be moved by hand."""
    boot: str = "demo"
    at: int = 1_000_000
    origin: int = 1_000_000
    """When the story began."""
    _since: int | None = field(default_factory=lambda: _monotonic())

    def now(self) -> int:
        return self.at if self._since is None else self.at + _monotonic() - self._since

    def wall(self) -> datetime | None:
        return datetime.now(UTC) - timedelta(milliseconds=self.past_ms)

    def stand(self) -> None:
        """Go on only by hand; the story begins."""
        self.at, self._since = self.now(), None
        self.origin = self.at

    def move(self, ms: int) -> None:
        """Move it by hand."""
        self.at += ms
        self.past_ms -= ms

    def go(self) -> None:
        """Go on with the world's time from where it stands."""
        self._since = _monotonic()


def _monotonic() -> int:
    from time import monotonic_ns

    return monotonic_ns() // 1_000_000


@dataclass
class Play:
    """The stage: the simulated treadmill, the member's panel, and what was told so far."""

    clock: StageClock
    link: "SimulatedLink"
    told: "deque[Line]" = field(default_factory=lambda: deque(maxlen=40))

    def tell(self, text: str) -> None:
        """Say a sentence in the terminal and on the page."""
        from api.demo import Line

        seconds = (self.clock.now() - self.clock.origin) // 1000
        line = Line(t=f"{seconds // 60}:{seconds % 60:02d}", text=text)
        self.told.appendleft(line)
        with contextlib.suppress(BrokenPipeError):  # nobody reads the terminal any more; the page goes on
            print(f"{line.t:>6}  {line.text}", flush=True)

    def press(self, name: str) -> None:
        """Press one of the treadmill's own keys."""
        from drivers.simulated.build import Belt, Key

        belt = self.link.server.treadmill.belt
        if name == "safety":
            name = "safety_in" if belt is Belt.SAFETY_OUT else "safety_out"
        elif name == "start" and belt is Belt.PAUSED:
            name = "resume"
        done = self.link.press(Key(name))
        words = name.replace("_", " ")
        silent = "nothing changes, so the treadmill tells nobody. Touch Cancel to say no."
        self.tell(f"The member presses {words}." if done else f"The member presses {words}; {silent}")

    def panel(self) -> "Panel":
        """Return what the treadmill's own console shows."""
        from api.demo import Panel

        self.link.catch_up()
        treadmill = self.link.server.treadmill
        return Panel(
            speed_kmh=treadmill.speed / 100,
            incline_pct=treadmill.incline / 10,
            belt=BELTS.get(treadmill.belt.value, "idle"),
            log=list(self.told),
        )


BELTS = {
    "starting": "moving",
    "moving": "moving",
    "paused": "paused",
    "stopping": "stopping",
    "safety_out": "safety",
}


def free_port(wanted: int) -> int:
    """Return wanted, or 8080, or any port that is free; OSError when wanted is taken."""
    for one in (wanted,) if wanted else (8080, 0):
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                sock.bind(("127.0.0.1", one))
            except OSError:
                if wanted:
                    raise
                continue
            return int(sock.getsockname()[1])
    raise OSError("no port is free")


async def _play(folder: Path, wanted: int, units: str, scene: Scene, *, wait: bool) -> int:
    from api.demo import create_demo, demo_routes
    from daemon.house import build, live
    from daemon.web import API, Site
    from drivers.ftms.driver import ftms_driver
    from drivers.simulated.ftms import FtmsServer
    from drivers.simulated.link import SimulatedLink

    page_port, broker_port = free_port(wanted), free_port_any()
    clock = StageClock(scene.past_ms)
    link = SimulatedLink(FtmsServer(at=clock.now()), now=clock.now)
    play = Play(clock, link)
    close_broker = await _broker(broker_port)
    driver = ftms_driver(link, now=clock.now, armed=scene.armed)
    house = build(settings_of(folder, page_port, broker_port, units, scene), clock, driver)
    house.listeners.append(lambda happened: _narrate(play, happened))
    print(f"Open http://127.0.0.1:{page_port}/demo#key={house.console_key}", flush=True)
    print(f"MQTT is at 127.0.0.1:{broker_port}, topics inclined/v1/demo/#. Ctrl-C ends the demo.\n", flush=True)
    routes = demo_routes(house.runner.feed, play.press, play.panel)
    ready = asyncio.Event()
    here = Site(API, "api", "127.0.0.1", page_port, lambda desk: create_demo(desk, routes))
    living = asyncio.ensure_future(live(house, ready.set, [here]))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, living.cancel)
    begun = asyncio.ensure_future(_begin(play, house, scene, wait=wait))
    try:
        await asyncio.wait((begun, living), return_when=asyncio.FIRST_COMPLETED)
        await living
    except asyncio.CancelledError:
        print("\nThe demo is over.")
    finally:
        await close_broker()
    return 0


def _narrate(play: Play, happened: object) -> None:
    from daemon.narrator import sentence
    from daemon.policy.events import Happened

    if isinstance(happened, Happened) and (text := sentence(happened)) is not None:
        play.tell(text)


async def _begin(play: Play, house: "House", scene: Scene, *, wait: bool) -> None:
    """With wait, wait until somebody looks at the page; then run the past as pure data, and let the clock go."""
    from daemon.policy.events import Tick
    from daemon.policy.state import Link
    from drivers.simulated.build import Key

    news = asyncio.Event()
    with house.runner.feed.subscribe(news.set, depth=1):
        while house.runner.state.link is not Link.UP:
            await news.wait()
            news.clear()
    play.link.server.tell = lambda _at, text: _tell_write(play, text)
    treadmill = play.link.server.treadmill
    if wait:
        play.tell("Nobody runs until you open the page.")
        await _opened(house)
    play.clock.stand()
    for passed in range(0, scene.past_ms, STEP_MS):
        if passed == ON_BELT_MS:
            play.press(Key.START.value)
            play.tell(f"A member steps on and walks at {WALK / 100:.1f} km/h, {scene.words}")
        if treadmill.speed and treadmill.speed_target < WALK:
            treadmill.set_speed(WALK)
            treadmill.set_incline(scene.hill)
        play.clock.move(STEP_MS)
        play.link.catch_up()
        house.runner.submit(Tick(play.clock.now()))
        if passed % 5_000 == 0:
            await asyncio.sleep(0)  # let the store and the pages follow
    play.clock.go()
    play.tell("Now it is your treadmill: its keys are on the page.")


async def _opened(house: "House") -> None:
    """Wait until a page shows what it is told."""
    news = asyncio.Event()
    with house.runner.feed.subscribe(news.set, depth=1):
        while house.runner.state.lease is None:
            await news.wait()
            news.clear()


def _tell_write(play: Play, text: str) -> None:
    if text.startswith(("belt", "write")):
        play.tell(f"Treadmill: {text}.")


def free_port_any() -> int:
    """Return a free port."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def settings_of(folder: Path, page_port: int, broker_port: int, units: str, scene: Scene) -> "Settings":
    """Return the demo's settings: the shipped rules in `enforce`."""
    from daemon.settings import parse

    machine = {
        "site": "demo", "machine": "t-001", "name": "Treadmill 1", "zone": "Demo", "driver": "simulated:",
        "mode": "enforce", "units": units, "clock": "trust", **scene.machine,
    }  # fmt: skip
    table = {
        "machine": machine,
        "policy": {"min_incline": Decimal("1.0"), **scene.policy},
        "proved": dict(scene.proved),
        "mqtt": {"host": "127.0.0.1", "port": broker_port, "version": "3.1.1"},
        "api": {"port": page_port},
        "store": {"path": str(folder / "inclined.db")},
        "console": {"key_file": str(folder / "console.key"), "port": 8080 if page_port == 8081 else 8081},  # unused
    }
    return parse(table, "demo")


async def _broker(port: int) -> Callable[[], Awaitable[None]]:
    """Start the demo's own broker; return how to end it."""
    from amqtt.broker import Broker

    for name in ("amqtt", "transitions"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    broker = Broker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }
    )
    await broker.start()

    async def shut_down() -> None:
        await broker.shutdown()

    return shut_down


if TYPE_CHECKING:
    from daemon.settings import Settings

"""Keeps the daemon up while it has no good configuration: serves the set-up and looks for a good one.

No driver, no broker and no store is opened here, and nothing is sent to any machine.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from pathlib import Path

from api.firstrun.app import create_elsewhere, create_screen
from api.firstrun.desk import PORT, Place, SetUp
from api.firstrun.pairing import Pairing
from api.screen import HOST
from api.serve import CannotListen, listen, serve
from daemon.clock import system_clock
from daemon.firstrun.here import addresses, here, names, zones
from daemon.firstrun.look import NoDriver, Seen, look, whole
from daemon.firstrun.near import Nearby
from daemon.firstrun.nearby import nearby
from daemon.firstrun.questions import Answers
from daemon.firstrun.saving import save
from daemon.kiosk import kiosk_key
from daemon.notify import notify
from daemon.settings import Settings

log = logging.getLogger(__name__)

LOOK_S = 2.0
EVERYWHERE = "0.0.0.0"  # noqa: S104, only while somebody at the screen lets another device in
TAKEN = "No other device can come in: another program has port {port} of this computer. Set it up here, please."


class Looking:
    """Looks at the configuration again and again, and at once when it was written here."""

    def __init__(self, path: Path, no_driver: NoDriver) -> None:
        self._path = path
        self._no_driver = no_driver
        self._written = asyncio.Event()
        self.seen = Seen()

    def written(self) -> None:
        self._written.set()

    async def until_good(self, before: Seen | None) -> Settings:
        """Return the settings once a look finds them good: twice the same, or written here, whole."""
        while True:
            self.seen = await asyncio.to_thread(look, self._path, self._no_driver)
            _tell(before, self.seen, self._path)
            settings = self.seen.settings if self._written.is_set() else whole(before, self.seen)
            if settings is not None:
                return settings
            self._written.clear()
            before = self.seen
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._written.wait(), LOOK_S)
            notify("WATCHDOG=1")


def _tell(before: Seen | None, now: Seen, path: Path) -> None:
    """Say in the journal and to systemd how the configuration stands, when that is news."""
    if before is not None and (before.missing, before.mistakes) == (now.missing, now.mistakes):
        return
    if now.missing:
        log.warning(
            "%s is not there: the screen shows how to set this computer up, and `inclined setup` does it.", path
        )
        notify("STATUS=Not set up yet: the screen shows how")
    for mistake in now.mistakes:
        log.warning("%s", mistake)
    if now.mistakes:
        count = f"{len(now.mistakes)} mistakes" if len(now.mistakes) > 1 else "a mistake"
        notify(f"STATUS=The configuration has {count}: `inclined check` tells")


async def until_set_up(
    path: Path, no_driver: NoDriver, *, port: int, key_file: Path, ready: Callable[[], object]
) -> Settings:
    """Serve the set-up on the screen's port, and return the settings once the configuration at path is good."""
    looking = Looking(path, no_driver)
    looking.seen = look(path, no_driver)
    set_up = set_up_of(looking, path, no_driver, key_file)
    async with asyncio.TaskGroup() as tasks:  # a server that breaks ends all of it: systemd begins anew
        servers = [tasks.create_task(_at_screen(set_up, port, ready)), tasks.create_task(elsewhere(set_up))]
        settings = await looking.until_good(None)
        for server in servers:
            server.cancel()
    return settings


def set_up_of(looking: Looking, path: Path, no_driver: NoDriver, key_file: Path) -> SetUp:
    """Return what the pages are handed."""
    known, clock = here(), system_clock(trust_wall=True)

    async def written(answers: Answers) -> None:
        wall = clock.wall()
        assert wall is not None  # noqa: S101, it is trusted: the date only names the file that is kept
        await asyncio.to_thread(save, path, answers, known, wall.astimezone())
        log.info("%s was written at the set-up.", path)
        looking.written()

    return SetUp(
        file=path,
        clock=clock,
        here=known,
        zones=tuple(zones()),
        key=kiosk_key(key_file).text,
        seen=lambda: looking.seen,
        nearby=Ears().nearby,
        no_driver=no_driver,
        save=written,
        place=lambda: Place(tuple(names()), tuple(addresses())),
        pairing=Pairing(clock),
    )


class Ears:
    """Listens for treadmills once at a time: who asks meanwhile gets the same answer."""

    def __init__(self) -> None:
        self._listening: asyncio.Task[Nearby] | None = None

    async def nearby(self) -> Nearby:
        """Return the treadmills in reach."""
        if self._listening is None or self._listening.done():
            self._listening = asyncio.ensure_future(nearby())
        return await asyncio.shield(self._listening)


async def _at_screen(set_up: SetUp, port: int, ready: Callable[[], object]) -> None:
    """Serve the screen's page; a port that is taken is told, and the looking goes on."""
    try:
        sock = listen(HOST, port, "console")
    except CannotListen as error:
        log.error("%s", error)  # noqa: TRY400, the reader needs the sentence, not our stack
        ready()
        return
    ready()
    await serve(create_screen(set_up), sock)


async def elsewhere(set_up: SetUp, host: str = EVERYWHERE, port: int = PORT) -> None:
    """Serve another device, only ever while somebody at the screen lets one in."""
    pairing = set_up.pairing
    while True:
        await pairing.asked.wait()
        try:
            sock = listen(host, port)
        except CannotListen:
            pairing.fail(TAKEN.format(port=port))
            log.warning("%s", pairing.fault)
            continue
        log.info("Another device may set this computer up, with the code on the screen.")
        serving = asyncio.ensure_future(serve(create_elsewhere(set_up), sock))
        try:
            await pairing.over()
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
        log.info("No other device may set this computer up any more.")

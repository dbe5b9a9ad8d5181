"""What the daemon does for the screen's session: says how the picture lies, when it is dark, and when it stands still.

It says so in small files beside the screen's key. The session reads two of them, systemd the third, as root, and then
starts the screen anew and nothing else; so the daemon needs no privilege for it. Without a screen nobody reads them.
"""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from daemon.clock import Clock
from daemon.display.wishes import STALE, Wishes, replace, write_panel, write_wishes
from daemon.heartbeat import begun, judged, shown
from daemon.night import dark, hours, stirs
from daemon.policy.events import Confirmed, Event
from daemon.settings import Settings
from daemon.snapshot import Snapshot

log = logging.getLogger(__name__)

LOOK_S = 2.0
STANDS = "The screen has shown nothing for a while. Where inclined-kiosk.service runs, it is started anew."
BACK = "The screen shows the page again."


class Panel:
    """Watches over the screen; `latest` returns the newest snapshot."""

    def __init__(self, settings: Settings, clock: Clock, latest: Callable[[], Snapshot]) -> None:
        screen = settings.screen
        self.folder: Path = settings.console.key_file.parent
        self.fault: str | None = None
        self._clock = clock
        self._latest = latest
        self._night = hours(screen.night)
        self._zone = ZoneInfo(settings.machine.time_zone)
        self._switches = screen.dark == "panel"
        self._wishes = Wishes(screen.rotate, None if screen.px_per_mm is None else float(screen.px_per_mm))
        self._stirred: int | None = None
        self._heart = begun(clock.now())

    def hear(self, event: Event) -> None:
        """Hear what a page says: a confirmation comes from a page that draws."""
        if isinstance(event, Confirmed):
            if self._heart.silent:
                log.info(BACK)
            self._heart = shown(self._heart, event.at)

    def asleep(self) -> bool:
        """Tell whether the screen is dark now."""
        now, wall = self._clock.now(), self._clock.wall()
        if stirs(self._latest()):
            self._stirred = now
        return dark(self._night, None if wall is None else wall.astimezone(self._zone), now, self._stirred)

    def look(self) -> tuple[bool, bool]:
        """Return whether the panel is to be lit, and whether the screen is to be started anew."""
        asleep, now = self.asleep(), self._clock.now()
        if asleep:
            self._heart = shown(self._heart, now)  # a panel that is off draws nothing
        before = self._heart
        self._heart, stands = judged(before, now)
        if stands and not before.silent:
            log.info(STANDS)
        return not (asleep and self._switches), stands

    async def watch(self) -> None:
        """Look again and again until cancelled."""
        await self._write(partial(write_wishes, self.folder, self._wishes))
        last: bool | None = None
        while True:
            lit, stands = self.look()
            if lit != last:
                await self._write(partial(write_panel, self.folder, lit=lit))
                last = lit
            if stands:
                await self._write(partial(replace, self.folder / STALE, f"{self._clock.now()}\n"))
            await asyncio.sleep(LOOK_S)

    async def _write(self, write: Callable[[], None]) -> None:
        """Write one of the files; what cannot be written is told once, and the screen goes on as it is."""
        try:
            await asyncio.to_thread(write)
        except OSError as error:
            if self.fault is None:
                self.fault = f"The screen's session hears nothing: {error}."
                log.warning("%s", self.fault)

"""Commissioning on the screen: serves its page until all of it is over, and says here how it ended."""

import asyncio

from api.commission.app import create
from api.screen import HOST
from api.serve import CannotListen, listen, serve
from daemon.commissioning.lead import Commissioning, Stopped
from daemon.commissioning.onscreen import OnScreen
from daemon.exits import FAILED, complain
from daemon.kiosk import kiosk_key
from daemon.settings import Settings
from drivers.contract import DriverError

READ_S = 60.0
"""How long the last page stays, so that it can be read."""


async def on_screen(work: Commissioning, settings: Settings, read_s: float = READ_S) -> int:
    """Lead on the screen; 1 when nothing was written. The page stays a while after the end."""
    screen = OnScreen()
    try:
        sock = listen(HOST, settings.console.port, "console")
    except CannotListen as error:
        return complain(str(error), FAILED)
    key = kiosk_key(settings.console.key_file)
    if key.fault is not None:
        complain(key.fault, FAILED)
    serving = asyncio.ensure_future(serve(create(screen, key.text), sock))
    print("It goes on at the treadmill's screen. Ctrl-C ends it; nothing is written then.", flush=True)  # noqa: T201
    try:
        try:
            await work.run(screen)
        except (Stopped, DriverError) as error:
            screen.heading("It ended here", "")
            screen.over = str(error)
            await asyncio.sleep(read_s)
            return complain(str(error), FAILED)
        screen.over = "Now start the service: sudo systemctl start inclined"
        await asyncio.sleep(read_s)
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
    print("It is written. Next: sudo systemctl start inclined")  # noqa: T201
    return 0

"""The floor's web server: a port that is taken is told in health, and collecting goes on."""

import asyncio
import logging
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path

from api.floor.app import create_floor
from api.floor.desk import FloorDesk
from api.serve import CannotListen, Outside, listen, serve
from api.signins import SignIns
from daemon.floor.life import House, Serving
from daemon.policy.events import Happened
from daemon.tokens import TokenBook

log = logging.getLogger(__name__)

LOOK_S = 2.0


def serving(tokens: Path) -> Serving:
    """Return what serves a floor's API; tokens: the file with the tokens that count."""

    async def served(house: House, ready: Callable[[], object]) -> None:
        book = await asyncio.to_thread(TokenBook, tokens, house.clock.wall)
        desk = desk_of(house, book)
        api = house.settings.api
        outside = Outside((api.cert, api.key) if api.cert and api.key else None, api.proxies)
        try:
            sock = listen(api.host, api.port)
            ready()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(serve(create_floor(desk), sock, outside))
                tasks.create_task(_flush(desk))
        except* CannotListen as group:
            house.web = str(group.exceptions[0])
            log.error("%s", house.web)  # noqa: TRY400, the reader needs the sentence, not our stack
            ready()

    return served


def desk_of(house: House, book: TokenBook) -> FloorDesk:
    """Return what the API is handed."""
    api = house.settings.api
    return FloorDesk(
        store=house.store,
        clock=house.clock,
        site=house.settings.floor.site,
        health=house.health,
        board=house.board,
        asking=house.asking,
        pushing=house.pushing,
        tokens=book,
        sign_ins=SignIns(told),
        dropped=lambda: house.collector.inbox.dropped,
        reading_open=is_loopback(api.host) and not api.hosts,
        hosts=frozenset({api.host, *api.hosts}),
    )


def told(happened: Happened) -> None:
    """Write wrong tokens into the journal."""
    log.warning("Wrong tokens: %s", ", ".join(f"{name} {value}" for name, value in happened.data))


def is_loopback(host: str) -> bool:
    """Tell whether host is an address of this computer alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _flush(desk: FloorDesk) -> None:
    while True:
        desk.sign_ins.flush(desk.clock.now())
        await asyncio.sleep(LOOK_S)

"""The daemon's two web servers: the API where [api] says, the member's screen on a port of this computer only.

Each may fail without the other: a port that is taken is told in health, and all the rest goes on.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_address

from starlette.types import ASGIApp

from api.app import create_app
from api.desk import Desk
from api.screen import HOST, create_console
from api.serve import CannotListen, listen, serve
from daemon.settings import Settings

log = logging.getLogger(__name__)

API = "web"
SCREEN = "console"
"""The names of both in health."""


@dataclass(frozen=True, slots=True)
class Site:
    """One server: its name in health, its section of the configuration, its address, and what it serves."""

    name: str
    section: str
    host: str
    port: int
    app: Callable[[Desk], ASGIApp]


def sites_of(settings: Settings) -> tuple[Site, ...]:
    """Return the sites of a daemon with these settings."""
    api = Site(API, "api", settings.api.host, settings.api.port, create_app)
    return Site(SCREEN, "console", HOST, settings.console.port, create_console), api


def reading_open(settings: Settings) -> bool:
    """Tell whether everyone who reaches the API may read: only while that is this computer alone.

    Further names in [api] hosts mean that others get here by another program of this computer, a reverse proxy say.
    """
    return is_loopback(settings.api.host) and not settings.api.hosts


def is_loopback(host: str) -> bool:
    """Tell whether host is an address of this computer alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def serve_all(
    sites: Iterable[Site], desk: Desk, fault: Callable[[str, str], object], ready: Callable[[], object]
) -> None:
    """Listen at every site, say ready, and serve until cancelled; fault hears the name of one that cannot, and why."""
    serving = []
    for site in sites:
        try:
            serving.append((site, listen(site.host, site.port, site.section)))
        except CannotListen as error:
            fault(site.name, str(error))
            log.error("%s", error)  # noqa: TRY400, the reader needs the sentence, not our stack
    ready()
    async with asyncio.TaskGroup() as tasks:
        for site, sock in serving:
            tasks.create_task(serve(site.app(desk), sock))

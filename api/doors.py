"""Who may come in: only who calls this server by its own name, and no page of another site.

A name that is not ours in `Host` is another site's page that has had its name pointed at this computer (DNS
rebinding); a foreign `Origin` is another site's script. WebSockets know no same-origin rule, so they are checked too.
"""

import re
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import problem

HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)]|([A-Za-z0-9._-]+))(?::[0-9]{1,5})?")
"""A name or address and perhaps a port (RFC 9110 7.2), narrower than URLs allow: parsers of those take odd forms."""

UNKNOWN = "This server is not known by that name. If it should be, add the name to [api] hosts in inclined.toml."


class Doors:
    """ASGI middleware: refuses what comes by another name (421) or from another site (403)."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str], unknown: str = UNKNOWN) -> None:
        """Let in who says one of hosts or of loopback's names; unknown is what everyone else is told."""
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._unknown = unknown

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        if not scope["path"].startswith("/"):
            await problem(400, "This server is no proxy: ask for an address that begins with /.")(scope, receive, send)
        elif len(hosts) != 1 or not called_by_name(hosts[0], self._hosts):
            await problem(421, self._unknown)(scope, receive, send)
        elif any(not same_site(origin, hosts[0]) for origin in origins):
            await problem(403, "Pages of other sites may not call this server.")(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def called_by_name(host: str, hosts: frozenset[str]) -> bool:
    """Tell whether host, a `Host` header, names loopback or one of hosts."""
    parts = HOST.fullmatch(host)
    if parts is None:
        return False
    name = (parts[1] or parts[2]).lower()
    return name == "localhost" or name in hosts or _is_loopback(name)


def same_site(origin: str, host: str) -> bool:
    """Tell whether origin (RFC 6454 7) is a web page of this very host and port."""
    scheme, _, rest = origin.partition("://")
    return scheme in {"http", "https"} and rest.lower() == host.lower()


def _is_loopback(name: str) -> bool:
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False

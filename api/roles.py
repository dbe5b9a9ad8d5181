"""Who may do what: one row for each address. What has no row is not there, whatever the code behind it serves.

Later roles get a line in Role; a row names the least that will do.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

WEBSOCKET: Final = "WEBSOCKET"
"""Stands for a method where a row is a WebSocket's."""


class Role(IntEnum):
    """What a caller may do; each includes those before it."""

    NOBODY = 0  # whoever reaches the address
    VIEWER = 1  # reads
    INTEGRATOR = 2  # reads, at the floor also what programs need to find their mistakes
    STAFF = 3  # besides, sees to a member's time; changes settings of the one machine, at the floor sees to machines
    MANAGER = 4  # besides, at the floor: changes settings, and reads who did what


ROLES: Mapping[str, Role] = {role.name.lower(): role for role in Role if role is not Role.NOBODY}
"""The roles that a token can have, by the name that stands in its file."""


@dataclass(frozen=True, slots=True)
class Row:
    """One method of one address; a path that ends in `*` stands for all that begin so, `{name}` for one part of it."""

    method: str
    path: str
    needs: Role = Role.NOBODY
    key: bool = False
    """Also the kiosk's key, as the first message of the WebSocket."""

    def at(self, path: str) -> bool:
        """Tell whether the row is for path."""
        if self.path.endswith("*"):
            return path.startswith(self.path[:-1])
        return path == self.path or ("{" in self.path and _fits(self.path, path))


def _fits(pattern: str, path: str) -> bool:
    ours, theirs = pattern.split("/"), path.split("/")
    pairs = zip(ours, theirs, strict=False)
    return len(ours) == len(theirs) and all(a == b or (a[:1] == "{" and b != "") for a, b in pairs)


type Rows = tuple[Row, ...]

API: Final[Rows] = (
    Row("GET", "/"),
    Row("GET", "/about"),
    Row("GET", "/healthz"),
    Row("GET", "/readyz"),
    Row("GET", "/openapi.json", Role.VIEWER),
    Row("GET", "/metrics", Role.VIEWER),
    Row("GET", "/api/v1/state", Role.VIEWER),
    Row("GET", "/api/v1/info", Role.VIEWER),
    Row(WEBSOCKET, "/api/v1/live", Role.VIEWER),
    Row("GET", "/api/v1/sessions", Role.VIEWER),
    Row("GET", "/api/v1/usage", Role.VIEWER),
    Row("GET", "/api/v1/settings", Role.VIEWER),
    Row("PATCH", "/api/v1/settings", Role.STAFF),
    Row("PUT", "/api/v1/settings", Role.STAFF),
    Row("POST", "/api/v1/settings/preview", Role.VIEWER),
    Row("GET", "/api/v1/settings/history", Role.VIEWER),
    Row("POST", "/api/v1/session/extend", Role.STAFF),
    Row("POST", "/api/v1/session/lift", Role.STAFF),
    Row("POST", "/api/v1/waiting", Role.STAFF),
    Row("GET", "/api/v1/content", Role.VIEWER),
    Row("GET", "/api/v1/health", Role.VIEWER),
    Row("GET", "/api/v1/ready", Role.VIEWER),
    Row("GET", "/api/v1/metrics", Role.VIEWER),
)
"""On the `[api]` address."""

CONSOLE: Final[Rows] = (
    Row("GET", "/"),
    Row("GET", "/console"),
    Row("GET", "/console/words"),
    Row("GET", "/static/*"),
    Row(WEBSOCKET, "/console/live", key=True),
)
"""On the screen's own socket. Nothing there changes a setting."""

DEMO: Final[Rows] = (Row("GET", "/demo"), Row("POST", "/demo/key"), Row(WEBSOCKET, "/demo/live"))
"""Only while `inclined demo` plays."""


def methods(rows: Iterable[Row], path: str) -> Mapping[str, Row]:
    """Return the rows of path by their method; HEAD goes where GET does (RFC 9110 9.3.2)."""
    found = {row.method: row for row in rows if row.at(path)}
    return found | ({"HEAD": found["GET"]} if "GET" in found else {})

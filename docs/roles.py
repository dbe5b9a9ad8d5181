"""Writes who may do what into docs/api.md from the code: `python docs/roles.py`, or `--check` that it is current."""

import sys
from collections.abc import Iterator
from pathlib import Path

from api.roles import API, CONSOLE, Role, Row, Rows
from docs.diagrams import filled

PAGE = Path(__file__).with_name("api.md")
MAY = {
    Role.NOBODY: "everyone",
    Role.VIEWER: "viewer or more",
    Role.INTEGRATOR: "integrator or more",
    Role.STAFF: "staff or more",
    Role.MANAGER: "manager",
}
KEY = "everyone who reaches it, and then only with the kiosk's key; Cancel needs none"


def table(rows: Rows) -> Iterator[str]:
    """Yield the lines of a table of rows."""
    yield "| address | who may |"
    yield "|---|---|"
    for row in rows:
        yield f"| `{named(row)}` | {KEY if row.key else MAY[row.needs]} |"


def named(row: Row) -> str:
    """Return a row's method and path as people write them."""
    return f"{'WebSocket' if row.method == 'WEBSOCKET' else row.method} {row.path}"


def page(text: str) -> str:
    """Return the page with both tables written anew."""
    return filled(text, {"api": "\n".join(table(API)), "console": "\n".join(table(CONSOLE))})


def main() -> int:
    """Write the page; with --check, only say whether it is current."""
    before = PAGE.read_text(encoding="utf-8")
    if sys.argv[1:] != ["--check"]:
        PAGE.write_text(page(before), encoding="utf-8")
        return 0
    if before == page(before):
        return 0
    print("docs/api.md is not what the code says; run: make docs", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

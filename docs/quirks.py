"""Writes the table of treadmills in docs/quirks.md from drivers/quirks.toml; `--check` says whether it is current."""

import sys
from collections.abc import Iterator
from pathlib import Path

from drivers.quirks import rows

PAGE = Path(__file__).parent / "quirks.md"
HEAD = "| # | what happens | public evidence | how we stand it |\n|---|---|---|---|\n"


def table() -> Iterator[str]:
    """Yield the table."""
    yield HEAD
    for row in rows():
        effects = (
            *([f"Its step is {row.step / 10:g} %"] if row.step is not None else []),
            *(["Its incline is unknown until it was calibrated"] if row.incline_doubted else []),
        )
        more = f". **{'; '.join(effects)}**" if effects else ""
        yield f"| {row.number} | {row.what} | {row.evidence} | {row.stood}{more} |\n"


def page(text: str) -> str:
    """Return the page with its first table written anew."""
    before, head, rest = text.partition(HEAD)
    if not head:
        raise SystemExit(f"{PAGE} has lost the head of its table of treadmills")
    _, gap, after = rest.partition("\n\n")
    return f"{before}{''.join(table())}\n{after}" if gap else before + "".join(table())


def main() -> int:
    """Write the page; with --check, only say whether it is current."""
    text = PAGE.read_text(encoding="utf-8")
    if sys.argv[1:] != ["--check"]:
        PAGE.write_text(page(text), encoding="utf-8")
        return 0
    if text == page(text):
        return 0
    print(f"{PAGE} is not what drivers/quirks.toml says; run: make docs", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

"""What the daemon tells the screen's session, in two small files of /run/inclined; no secret is in them."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, cast, get_args

WISHES = "screen"
PANEL = "panel"
STALE = "screen-stale"
"""The names of the files; the last one is read by systemd (inclined-kiosk-restart.path)."""

type Turn = Literal[0, 90, 180, 270]
TURNS: tuple[Turn, ...] = get_args(Turn.__value__)


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the picture lies: `rotate` in degrees; `px_per_mm` where staff measured the screen."""

    rotate: Turn = 0
    px_per_mm: float | None = None


def write_wishes(folder: Path, wishes: Wishes) -> None:
    """Write wishes, whole or not at all. OSError when it cannot."""
    replace(folder / WISHES, json.dumps(asdict(wishes)) + "\n")


def read_wishes(folder: Path) -> Wishes:
    """Return what the daemon wishes; the defaults for what is missing or makes no sense: a picture is always shown."""
    try:
        said = json.loads((folder / WISHES).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return Wishes()
    told = cast("dict[str, object]", said) if isinstance(said, dict) else {}
    turn, scale = told.get("rotate"), told.get("px_per_mm")
    return Wishes(
        next((known for known in TURNS if known == turn and not isinstance(turn, bool)), 0),
        float(scale) if isinstance(scale, int | float) and not isinstance(scale, bool) else None,
    )


def write_panel(folder: Path, *, lit: bool) -> None:
    """Say whether the panel is to be lit. OSError when it cannot be written."""
    replace(folder / PANEL, "on\n" if lit else "off\n")


def read_panel(folder: Path) -> bool:
    """Tell whether the panel is to be lit: always, but for a plain "off"."""
    try:
        return (folder / PANEL).read_text(encoding="utf-8").strip() != "off"
    except (OSError, ValueError):
        return True


def replace(file: Path, text: str, mode: int = 0o640) -> None:
    """Write a file whole or not at all, for owner and group only."""
    fresh = file.with_name(f".{file.name}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
    fresh.replace(file)

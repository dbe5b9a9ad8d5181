"""Turns and switches the panel by wlr-randr, and learns from it how large a point is.

What it prints with --json is read as of wlr-randr 0.4 (https://gitlab.freedesktop.org/emersion/wlr-randr).
"""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from daemon.display.wishes import Turn

TOOL = "wlr-randr"
LIMIT_S = 5.0
NAMES: dict[Turn, str] = {0: "normal", 90: "90", 180: "180", 270: "270"}
LEAST, MOST = 2.0, 30.0
"""Points per mm that a screen can have; the same bounds as [screen] px_per_mm."""
CROOKED = 0.1
"""How far a panel's points may be from squares: many panels tell an invented size, 160x90 mm say, or a projector's."""


@dataclass(frozen=True, slots=True)
class Output:
    """An output: its points as the panel has them, unturned, and its size in mm, 0 where it tells none."""

    name: str
    width: int
    height: int
    across: int = 0
    down: int = 0

    @property
    def px_per_mm(self) -> float | None:
        """Return points per mm, or None where the size that the panel tells cannot be right."""
        if not (self.across > 0 and self.down > 0):
            return None
        x, y = self.width / self.across, self.height / self.down
        crooked = abs(x - y) > CROOKED * max(x, y)
        return None if crooked or not LEAST <= x <= MOST else round(x, 2)


def parsed(text: str) -> list[Output]:
    """Return the lit outputs that `wlr-randr --json` told of, in its order; what makes no sense is left out."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return [one for one in map(_output, told if isinstance(told, list) else []) if one is not None]


def _output(told: Any) -> Output | None:  # noqa: ANN401, another program's words
    try:
        mode = next(mode for mode in told["modes"] if mode["current"])
        size = told.get("physical_size") or {}
        numbers = (mode["width"], mode["height"], size.get("width", 0), size.get("height", 0))
        return Output(str(told["name"]), *map(int, numbers))
    except (AttributeError, KeyError, StopIteration, TypeError, ValueError):
        return None


def outputs() -> list[Output]:
    """Return the lit outputs of this session; none where it cannot be asked."""
    return parsed(_said("--json"))


def turn(name: str, by: Turn) -> None:
    """Turn an output."""
    _said("--output", name, "--transform", NAMES[by])


def light(name: str, *, lit: bool) -> None:
    """Switch an output on or off."""
    _said("--output", name, "--on" if lit else "--off")


def _said(*words: str) -> str:
    """Run wlr-randr; a turn or a switch that fails is told in the journal, and the page is shown as it lies."""
    try:
        ran = subprocess.run(_command(words), capture_output=True, text=True, timeout=LIMIT_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"{TOOL} did not run: {error}. The screen is shown as it lies.", flush=True)
        return ""
    if ran.returncode:
        print(f"{TOOL} {' '.join(words)} failed: {ran.stderr.strip()}. The screen is shown as it lies.", flush=True)
    return ran.stdout


def _command(words: Sequence[str]) -> list[str]:
    return [TOOL, *words]

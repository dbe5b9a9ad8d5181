"""The screen's session, started by cage: `python3 -m daemon.display`. It ends when the browser does, or when the daemon
wishes another picture; systemd then starts all of it anew.
"""

import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from daemon.display import browser, outputs, splash
from daemon.display.wishes import Wishes, read_panel, read_wishes

RUN = Path("/run/inclined")
KEY = "console.key"
PORT = 8081
LOOK_S = 1.0
ENDING_S = 5.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look at the world saw."""

    up: bool
    """The daemon's page can be reached."""
    key: str | None
    lit: bool
    """The daemon wishes the panel lit."""
    wishes: Wishes


@dataclass
class Session:
    """What was done, so that it is done once."""

    folder: Path
    began: Wishes
    name: str | None
    px_per_mm: float | None
    told: str | None = None
    lit: bool = True

    def goes_on(self, seen: Seen) -> bool:
        """Do what is to be done; False when all must begin anew: the picture is to lie another way."""
        if seen.up and seen.key and seen.key != self.told:
            splash.send_on(self.folder, splash.address(seen.key, self.px_per_mm))
            self.told = seen.key
        lit = seen.lit or not seen.up  # a daemon that is gone cannot say that the belt moves
        if self.name and lit != self.lit:
            outputs.light(self.name, lit=lit)
            self.lit = lit
        return not seen.up or seen.wishes == self.began


def look(run: Path, port: int) -> Seen:
    """Look at the world once."""
    return Seen(answers(port), read_key(run / KEY), read_panel(run), read_wishes(run))


def read_key(file: Path) -> str | None:
    """Return the screen's key, where there is one."""
    try:
        return file.read_text(encoding="ascii").strip() or None
    except (OSError, ValueError):
        return None


def answers(port: int) -> bool:
    """Tell whether somebody listens."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=LOOK_S):
            return True
    except OSError:
        return False


def begin(run: Path, folder: Path) -> Session:
    """Turn the picture and measure the screen."""
    wishes = read_wishes(run)
    found = outputs.outputs()
    first = found[0] if found else None
    if first is None:
        print("No output was found; the page is shown as the screen lies.", flush=True)
    elif wishes.rotate:
        outputs.turn(first.name, wishes.rotate)
    # What staff measured reaches the page by the daemon; what the panel tells of itself is second.
    scale = None if wishes.px_per_mm or first is None else first.px_per_mm
    return Session(folder, wishes, first.name if first else None, scale)


def main() -> int:
    """Show the page until the browser ends; return 0 when it was ended for a new picture, else 1."""
    folder = Path(os.environ["XDG_RUNTIME_DIR"]) / "inclined"
    start = splash.lay_out(folder)
    session = begin(RUN, folder)
    command = browser.command(folder / "profile", start)
    shown = subprocess.Popen(command, env=browser.environment(os.environ, folder))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while session.goes_on(look(RUN, PORT)):
            try:
                print(f"The browser ended with {shown.wait(LOOK_S)}; the screen begins anew.", flush=True)
            except subprocess.TimeoutExpired:
                continue
            return 1
        print("The picture is to lie another way; the screen begins anew.", flush=True)
        return 0
    finally:
        end(shown)


def end(shown: "subprocess.Popen[bytes]") -> None:
    """End the browser."""
    shown.terminate()
    try:
        shown.wait(ENDING_S)
    except subprocess.TimeoutExpired:
        shown.kill()


if __name__ == "__main__":
    sys.exit(main())

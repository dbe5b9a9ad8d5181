"""The first page of the browser: says "Starting", and goes on to the daemon's page once that is there.

It lies in the session's own folder. The screen's key comes to it by a second file there, so that it stands on no
command line, where every user of the computer could read it.
"""

import json
import shutil
from importlib import resources
from pathlib import Path
from urllib.parse import quote

from daemon.display.wishes import replace

PAGE = "http://127.0.0.1:8081/console"
"""The daemon's page; deploy/kiosk/inclined.nft and the browser's policy let this one through."""
FILES = ("start.html", "start.css", "start.js")
GO = "go.js"
PRIVATE = 0o600


def lay_out(folder: Path) -> Path:
    """Make the folder anew, the page in it; return the page."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    for name in FILES:
        text = resources.files("daemon.display").joinpath(name).read_text(encoding="utf-8")
        replace(folder / name, text, PRIVATE)
    return folder / FILES[0]


def address(key: str, px_per_mm: float | None) -> str:
    """Return where the daemon's page is, with its key, and with the size of a point if that is known."""
    scale = "" if px_per_mm is None else f"?mm={px_per_mm:g}"
    return f"{PAGE}{scale}#key={quote(key, safe='')}"


def send_on(folder: Path, url: str) -> None:
    """Let the page in folder go on to url; it looks each second."""
    replace(folder / GO, f"location.replace({json.dumps(url)});\n", PRIVATE)

"""Staff's word, given at the machine itself, that a machine that went back to `nudge` may raise its deck again.

It is a small file in the daemon's own folder, which only root and the daemon's user can write: no network reaches it.
"""

from pathlib import Path

NAME = "rearm"
LONGEST = 64


def request(folder: Path, who: str) -> None:
    """Leave the word for the daemon. OSError when this user may not."""
    (folder / NAME).write_text(who[:LONGEST] + "\n", encoding="utf-8")


def rearmed(folder: Path) -> str | None:
    """Take staff's word, if there is one, and return whose it is; a file that cannot be taken away is none."""
    path = folder / NAME
    try:
        if path.is_symlink() or not path.is_file():
            return None
        who = path.read_text(encoding="utf-8", errors="replace")[:LONGEST].strip()
        path.unlink()
    except OSError:
        return None
    return f"staff at the machine ({who or 'no name'})"

"""The packages that the tests install: today's, and one that a later version may be like."""

import shutil
import subprocess
from pathlib import Path

LATER = "9.9.9"
LAST_STEP = '    """,\n)\n'
ONE_MORE_STEP = '    """,\n    "CREATE TABLE later (n INTEGER)",\n)\n'


def copied(checkout: Path, target: Path) -> Path:
    """Copy a checkout, without git and all that is made: what git knows of, and what is new."""
    listing = ["git", "-C", str(checkout), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    said = subprocess.run(listing, capture_output=True, check=True).stdout.decode()
    for name in filter(None, said.split("\0")):
        if (checkout / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(checkout / name, target / name)
    return target


def as_later(checkout: Path, version: str) -> Path:
    """Turn a copy of today's version into one whose database has a table more."""
    for name in ("pyproject.toml", "uv.lock"):
        replace(checkout / name, f'name = "inclined"\nversion = "{version}"', f'name = "inclined"\nversion = "{LATER}"')
    replace(checkout / "daemon/store/schema.py", LAST_STEP, ONE_MORE_STEP)
    return checkout


def replace(file: Path, old: str, new: str) -> None:
    """Replace what stands in a file once."""
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{file} holds {text.count(old)} times {old!r}"
    file.write_text(text.replace(old, new), encoding="utf-8")

"""Which file of the checkout goes where on the Pi. A file of systemd/, deploy/debian/ or deploy/kiosk/ without a place
is a mistake: somebody forgot it.
"""

import gzip
import shutil
from collections.abc import Iterator
from pathlib import Path

from deploy.makedeb.recipe import CannotBuild, Recipe

DOC = "usr/share/doc/inclined"
TABLE: tuple[tuple[str, str, int], ...] = (
    # in the checkout (a folder's files go below the place), its place (a name, or a folder with /), mode
    ("systemd/", "usr/lib/systemd/system/", 0o644),
    ("deploy/debian/sysusers.conf", "usr/lib/sysusers.d/inclined.conf", 0o644),
    ("deploy/debian/tmpfiles.conf", "usr/lib/tmpfiles.d/inclined.conf", 0o644),
    ("deploy/debian/modules-load.conf", "usr/lib/modules-load.d/inclined.conf", 0o644),
    ("deploy/debian/serial.rules", "usr/lib/udev/rules.d/60-inclined-serial.rules", 0o644),
    ("deploy/debian/bus.conf", "usr/share/dbus-1/system.d/inclined.conf", 0o644),
    ("deploy/debian/inclined-rollback", "usr/sbin/inclined-rollback", 0o755),
    ("deploy/debian/inclined-rollback.8", "usr/share/man/man8/inclined-rollback.8", 0o644),
    ("deploy/debian/lintian-overrides", "usr/share/lintian/overrides/inclined", 0o644),
    ("deploy/kiosk/inclined.nft", "usr/lib/inclined/kiosk/", 0o644),
    ("deploy/kiosk/policies/", "usr/lib/inclined/kiosk/policies/", 0o644),
    ("deploy/kiosk/slice.conf", "usr/lib/inclined/kiosk/", 0o644),
    ("deploy/kiosk/output-of-touch", "usr/lib/inclined/kiosk/", 0o755),
    ("deploy/kiosk/slice-generator", "usr/lib/systemd/system-generators/inclined-kiosk", 0o755),
    ("deploy/kiosk/touch.rules", "usr/lib/udev/rules.d/61-inclined-touch.rules", 0o644),
    ("deploy/kiosk/pam", "etc/pam.d/inclined-kiosk", 0o644),
    ("deploy/inclined.example.toml", f"{DOC}/examples/inclined.toml", 0o644),
    ("deploy/mosquitto/", f"{DOC}/deploy/mosquitto/", 0o644),
    ("deploy/prometheus/", f"{DOC}/deploy/prometheus/", 0o644),
    ("deploy/grafana/", f"{DOC}/deploy/grafana/", 0o644),
    ("docs/", f"{DOC}/docs/", 0o644),
    ("CHANGELOG.md", f"{DOC}/CHANGELOG.md", 0o644),
)
BY_OTHERS = ("deploy/debian/postinst", "deploy/debian/prerm", "deploy/debian/postrm", "deploy/debian/copyright")
"""What `control` and `papers` read."""
COMPLETE = ("systemd", "deploy/debian", "deploy/kiosk")
LEFT_OUT = (".py", ".pyc", ".md~")
"""Endings of files that a folder in TABLE keeps to itself, such as what writes the pages of docs/."""


def install_files(recipe: Recipe, root: Path) -> None:
    """Copy all that TABLE names into root. CannotBuild for a file that is missing or that nobody placed."""
    for source, place, mode in TABLE:
        for file in found(recipe.checkout, source):
            below = file.relative_to(recipe.checkout / source) if source.endswith("/") else Path(file.name)
            put(file, root / place / below if place.endswith("/") else root / place, mode)
    if stray := sorted(unplaced(recipe.checkout)):
        raise CannotBuild(f"deploy/makedeb/places.py has no place for {', '.join(stray)}")


def found(checkout: Path, source: str) -> Iterator[Path]:
    """Yield the file that source names, or the files of its folder."""
    path = checkout / source
    if not path.exists():
        raise CannotBuild(f"{source} is missing, see deploy/makedeb/places.py")
    if not source.endswith("/"):
        yield path
        return
    yield from (file for file in sorted(path.rglob("*")) if file.is_file() and file.suffix not in LEFT_OUT)


def put(file: Path, target: Path, mode: int) -> None:
    """Copy one file; a manual page is compressed, as Debian has them."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if "/man/" in str(target.parent):
        target = target.with_name(f"{target.name}.gz")
        target.write_bytes(gzip.compress(file.read_bytes(), mtime=0))
    else:
        shutil.copyfile(file, target)
    target.chmod(mode)


def unplaced(checkout: Path) -> Iterator[str]:
    """Yield the files of COMPLETE that TABLE says nothing of."""
    known = tuple(source for source, _, _ in TABLE) + BY_OTHERS
    for folder in COMPLETE:
        for file in (checkout / folder).rglob("*"):
            name = str(file.relative_to(checkout))
            if file.is_file() and not name.startswith(known) and file.suffix != ".pyc":
                yield name

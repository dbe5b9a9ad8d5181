"""What a Debian package says of itself: control, changelog, copyright."""

import gzip
from datetime import UTC, datetime
from email.message import Message
from email.parser import HeaderParser
from email.utils import format_datetime
from pathlib import Path

from deploy.makedeb.manual import manual
from deploy.makedeb.places import DOC
from deploy.makedeb.programs import HOME, SITE
from deploy.makedeb.recipe import PYTHON, Recipe

KEEPER = "inclined <inclined@inclined.invalid>"  # Debian wants an address; RFC 2606 has one for who has none
CONTROL = f"""\
Package: inclined
Version: {{version}}
Architecture: {{arch}}
Maintainer: {KEEPER}
Installed-Size: {{size}}
Depends: {{needs}}
Recommends: {{wants}}
Section: net
Priority: optional
Description: keeps a gym treadmill's belt from being run flat
 A daemon for a small computer beside a treadmill. It reads the machine over
 Bluetooth or a serial line, shows the member a calm screen, keeps an account
 of belt time, and can raise the deck a little where the club allows it. It
 never starts a belt, never changes a speed, never lowers a deck.
 .
 It carries its Python packages with it, for Debian's own Python {PYTHON}.
"""
NEEDS = (
    f"python3 (>= {PYTHON}~)",
    "python3 (<< 3.14~)",  # compiled for this one
    "libc6 (>= 2.28)",  # of the wheels: manylinux_2_28
    "libgcc-s1",
    "systemd (>= 254)",  # ImportCredential=, RestartSteps=
    "default-dbus-system-bus | dbus-system-bus",
)
WANTS = (
    "bluez",  # a serial treadmill needs none
    "cage", "chromium", "wlr-randr (>= 0.4)", "nftables", "libpam-systemd", "fonts-dejavu-core",  # the screen
)  # fmt: skip


def write_papers(recipe: Recipe, root: Path) -> None:
    """Write what stands in /usr/share/doc and /usr/share/man."""
    doc = root / DOC
    doc.mkdir(parents=True, exist_ok=True)
    squeezed(doc / "changelog.gz", changelog(recipe))
    (doc / "copyright").write_text(copyright_(recipe, root), encoding="utf-8")
    squeezed(root / "usr/share/man/man1/inclined.1.gz", manual(recipe.version, recipe.when))


def squeezed(file: Path, text: str) -> None:
    """Write text, compressed, without a date of its own."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress(text.encode(), mtime=0))


def control(recipe: Recipe, size_kib: int) -> str:
    """Return the control file."""
    return CONTROL.format(
        version=recipe.version, arch=recipe.arch, size=size_kib, needs=", ".join(NEEDS), wants=", ".join(WANTS)
    )


def changelog(recipe: Recipe) -> str:
    """Return Debian's changelog; what changed stands in CHANGELOG.md."""
    date = format_datetime(datetime.fromtimestamp(recipe.when, UTC))
    return (
        f"inclined ({recipe.version}) stable; urgency=medium\n\n"
        f"  * What changed stands in /{DOC}/CHANGELOG.md.\n\n"
        f" -- {KEEPER}  {date}\n"
    )


def copyright_(recipe: Recipe, root: Path) -> str:
    """Return our licence, then that of every Python package carried, each of which brings its own text."""
    lines = [recipe.checkout.joinpath("deploy/debian/copyright").read_text(encoding="utf-8")]
    for file in sorted((root / SITE).glob("*.dist-info/METADATA")):
        told = HeaderParser().parsestr(file.read_text(encoding="utf-8"))
        lines.append(f" {told['Name']} {told['Version']}: {licence(told)}\n")
    return "".join(lines).replace("@HOME@", f"/{HOME}")


def licence(told: Message) -> str:
    """Return the licence that a package's METADATA names."""
    classes = [line for line in told.get_all("Classifier", []) if line.startswith("License ::")]
    named = told["License-Expression"] or told["License"] or (classes or ["see its LICENSE file"])[-1]
    return str(named).rpartition(":: ")[2]

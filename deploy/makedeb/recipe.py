"""What one package is made from, and the one way in which its maker runs other programs."""

import os
import subprocess
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
"""Where this code and its tools stand; what is built may stand elsewhere."""
PYTHON = "3.13"  # Debian 13's python3, and so Raspberry Pi OS's; one package serves one Debian release
TRUSTED = Path("/etc/ssl/certs/ca-certificates.crt")


class CannotBuild(Exception):
    """The package cannot be built: what is missing, and what to do."""


@dataclass(frozen=True, slots=True)
class Chip:
    """What differs between architectures: the tag of the wheels, and who strips their libraries."""

    wheels: str
    strip: str


CHIPS: Mapping[str, Chip] = {
    "arm64": Chip("aarch64-manylinux_2_28", "aarch64-linux-gnu-strip"),
    "amd64": Chip("x86_64-manylinux_2_28", "x86_64-linux-gnu-strip"),
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """One package: the checkout it is made from, its architecture, version and date (Unix time in s)."""

    checkout: Path
    arch: str
    version: str
    when: int

    @classmethod
    def of(cls, checkout: Path, arch: str) -> "Recipe":
        """Return the recipe for what stands in checkout. CannotBuild when nothing tells a date."""
        project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        return cls(checkout, arch, project["version"], date_of(checkout))

    @property
    def chip(self) -> Chip:
        """What is particular to the architecture."""
        return CHIPS[self.arch]

    @property
    def name(self) -> str:
        """The package's file name."""
        return f"inclined_{self.version}_{self.arch}.deb"


def date_of(checkout: Path) -> int:
    """Return the date that all files get, in s: SOURCE_DATE_EPOCH, or the last commit's.

    Source: https://reproducible-builds.org/specs/source-date-epoch/
    """
    said = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        return int(said or output(["git", "-C", str(checkout), "log", "-1", "--format=%ct"]))
    except (CannotBuild, ValueError):
        raise CannotBuild("no date: build in a git checkout, or set SOURCE_DATE_EPOCH to the release's date") from None


def output(command: list[str], **more: str) -> str:
    """Run command with more in its environment; return what it printed. CannotBuild with its last words if it failed.

    PYTHONHASHSEED and the language are fixed: neither may show in a package. uv trusts what this computer trusts.
    """
    fixed = {"PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    if TRUSTED.exists():
        fixed["UV_SYSTEM_CERTS"] = "1"
    try:
        ran = subprocess.run(command, env=os.environ | fixed | more, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise CannotBuild(f"{command[0]} is missing; run: make deb") from None
    if ran.returncode:
        words = (ran.stderr.strip() or ran.stdout.strip() or "no word").splitlines()
        raise CannotBuild(f"`{' '.join(command[:3])} ...` failed: {words[-1]}")
    return ran.stdout

"""A Debian 13 to install packages in: made once by mmdebstrap, kept outside the checkout, and never written to.

A machine is a layer of its own over it, in namespaces without a network; what its commands write is there for the next
one. Neither needs root: who is not root needs a line in /etc/subuid, as Debian gives to each new user.
"""

import fcntl
import hashlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "inclined-trixie"
PACKAGES = ("python3", "systemd", "udev", "dbus", "bluez", "lintian", "man-db", "libgcc-s1")
ROOT = os.geteuid() == 0
APART = ("unshare", *(() if ROOT else ("--user", "--map-root-user", "--map-auto")))
NEEDS = "tests/package needs root, or lines in /etc/subuid and /etc/subgid for this user: sudo usermod --add-subuids"
ENTER = """
set -e
lower=$1 layer=$2
shift 2
rm -rf "$layer/work"
mkdir "$layer/work"
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$layer/upper,workdir=$layer/work,volatile$EXTRA" "$layer/root"
cd "$layer/root"
mount -t proc proc proc
mount -t tmpfs tmpfs dev
for node in null zero full random urandom tty; do touch "dev/$node"; mount --bind "/dev/$node" "dev/$node"; done
ln -s /proc/self/fd dev/fd
exec chroot . "$@"
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """One layer over others, the newest first and Debian last. What it holds need not outlast a power cut."""

    lower: tuple[Path, ...]
    layer: Path

    @classmethod
    def new(cls, layer: Path, *lower: Path) -> "Machine":
        """Return a machine on which nothing was done yet."""
        for name in ("upper", "root"):
            (layer / name).mkdir(parents=True)
        return cls(lower, layer)

    def copy(self, layer: Path) -> "Machine":
        """Return a machine that goes on from what was done on this one, on which nothing more may be done."""
        return Machine.new(layer, self.layer / "upper", *self.lower)

    def command(self, *words: str) -> list[str]:
        """Return how to run a command in the machine from outside."""
        apart = [*APART, "--mount", "--pid", "--net", "--fork", "--kill-child"]
        return [*apart, "sh", "-c", ENTER, "sh", ":".join(map(str, self.lower)), str(self.layer), *words]

    @property
    def environment(self) -> dict[str, str]:
        """What a command of the machine knows of the outside: nothing."""
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"
        extra = "" if ROOT else ",userxattr"
        return {"PATH": path, "EXTRA": extra, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive", "HOME": "/root"}

    def ran(self, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command as root; typed is what somebody types."""
        return subprocess.run(
            self.command(*words), env=self.environment, input=typed, capture_output=True, text=True, check=False
        )

    def says(self, *words: str) -> str:
        """Run a command that must succeed; return what it printed."""
        ran = self.ran(*words)
        assert ran.returncode == 0, f"{words} ended with {ran.returncode}:\n{ran.stdout}\n{ran.stderr}"
        return ran.stdout

    def sh(self, script: str) -> str:
        """Run a script that must succeed; return what it printed."""
        return self.says("sh", "-euc", script)

    def put(self, file: Path) -> str:
        """Copy a file in; return where it is."""
        place = f"/srv/{file.name}"
        subprocess.run(
            self.command("sh", "-c", f"cat >{place}"), env=self.environment, input=file.read_bytes(), check=True
        )
        return place

    def gone(self) -> None:
        """Remove the layer, of which files may be another user's."""
        subprocess.run([*APART, "rm", "-rf", str(self.layer)], check=True)


class Fresh(Protocol):
    """Makes a machine: one on which nothing was done yet, or one like another."""

    def __call__(self, name: str, like: Machine | None = None, /) -> Machine: ...


def debian(cache: Path = CACHE) -> Path:
    """Return the folder of a Debian 13 with PACKAGES, made (a minute or two) where the cache has none."""
    cache.mkdir(parents=True, exist_ok=True)
    base = cache / hashlib.sha256(repr((PACKAGES, ROOT)).encode()).hexdigest()[:16]
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two runs at once make one
        if not base.exists():
            make(base)
    return base


def make(base: Path) -> None:
    """Make a Debian 13 from where this machine gets its own packages."""
    if subprocess.run([*APART, "true"], capture_output=True, check=False).returncode:
        raise RuntimeError(NEEDS)
    archive, fresh = base.with_suffix(".tar"), base.with_suffix(".new")
    mode = "--mode=root" if ROOT else "--mode=unshare"
    wanted = ["--variant=minbase", f"--include={','.join(PACKAGES)}", "trixie", str(archive)]
    made = subprocess.run(
        ["mmdebstrap", "--quiet", mode, *wanted, f"deb {mirror()} trixie main"],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise RuntimeError(f"mmdebstrap could not make a Debian 13: {made.stderr[-2000:]}")
    subprocess.run([*APART, "rm", "-rf", str(fresh)], check=True)
    fresh.mkdir()
    unpack = ["tar", "-xf", str(archive), "-C", str(fresh), "--exclude=./dev/*"]
    subprocess.run([*APART, *unpack], check=True)
    archive.unlink()
    fresh.rename(base)


def mirror() -> str:
    """Return where this machine gets Debian from."""
    fields = ("Created-By: Packages", "Component: main", "Label: Debian")
    said = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", *fields], capture_output=True, text=True, check=True
    )
    assert said.stdout, "apt knows no Debian here; run: apt-get update"
    return said.stdout.split()[0]

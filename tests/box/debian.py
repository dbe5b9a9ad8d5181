"""What Debian offers: which package versions apt would install, their files, and what installed programs need."""

import re
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path


class DebianError(Exception):
    """A Debian tool failed; says which, what it said, and what to do."""


class AptError(DebianError):
    """apt does not know a package, or cannot fetch it: its lists are missing or old."""


@dataclass(frozen=True, slots=True)
class Apt:
    """What apt knows; without options, from the system's own lists. Neither use needs root."""

    options: tuple[str, ...] = ()

    def candidates(self) -> dict[str, str]:
        """Return the packages to build from and the versions that apt would install.

        The kernel proper is what linux-image-amd64 depends on, such as linux-image-6.1.0-56-amd64.
        """
        said = self._run("apt-cache", "show", "--no-all-versions", "linux-image-amd64", "busybox-static")
        linux = re.search(r"^Depends: (linux-image-\S+) \(= ([^)]+)\)", said, re.MULTILINE)
        busybox = re.search(r"^Package: (busybox-static)\n(?:.+\n)*?Version: (\S+)", said, re.MULTILINE)
        if not linux or not busybox:
            raise AptError("apt offers no linux-image-amd64 or no busybox-static; it needs Debian's main archive")
        return {found[1]: found[2] for found in (linux, busybox)}

    def download(self, package: str, version: str, folder: Path) -> Path:
        """Fetch one package file into the folder and install nothing; apt checks its signature."""
        before = set(folder.glob("*.deb"))
        self._run("apt-get", "download", "--quiet", f"{package}={version}", cwd=folder)
        return (set(folder.glob("*.deb")) - before).pop()

    def update(self) -> None:
        """Fetch the lists anew."""
        self._run("apt-get", "update", "--quiet")

    def _run(self, command: str, *arguments: str, cwd: Path | None = None) -> str:
        try:
            return _run(command, *self.options, *arguments, cwd=cwd)
        except DebianError as error:
            raise AptError(str(error)) from error


def fresh_apt(folder: Path) -> Apt:
    """Return an apt with lists of its own in the folder, just fetched (20 MB)."""
    (folder / "lists").mkdir()
    places = (f"Dir::State::lists={folder}/lists", f"Dir::Cache={folder}", "APT::Sandbox::User=root")
    apt = Apt(tuple(word for place in places for word in ("-o", place)))
    apt.update()
    return apt


def contents(package: Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    """Yield path and bytes of the wanted plain files of a package file; paths begin as in `boot/vmlinuz`."""
    unpack = ("dpkg-deb", "--fsys-tarfile", str(package))
    with (
        subprocess.Popen(unpack, stdout=subprocess.PIPE) as unpacking,
        tarfile.open(fileobj=unpacking.stdout, mode="r|") as files,
    ):
        for member in files:
            path = member.name.removeprefix("./")
            if member.isfile() and wanted(path) and (file := files.extractfile(member)):
                yield path, file.read()
    if unpacking.returncode:
        raise DebianError(f"`dpkg-deb --fsys-tarfile {package}` failed: the package file is damaged")


def libraries(program: Path) -> set[Path]:
    """Return the paths under which a program's shared libraries and its loader are looked for."""
    return {Path(path) for path in re.findall(r"(/\S+) \(0x", _run("ldd", str(program)))}


def _run(*command: str, cwd: Path | None = None) -> str:
    try:
        done = subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    except FileNotFoundError as error:
        raise DebianError(f"{command[0]} is missing: the box is built from Debian packages") from error
    except subprocess.CalledProcessError as error:
        raise DebianError(f"`{' '.join(command)}` failed: {error.stderr.strip()}") from error
    return done.stdout

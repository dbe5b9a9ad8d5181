"""The box's image: Debian's kernel, and an initrd of busybox, dbus-daemon and bluetoothd. Built without root.

Kept in a cache outside the checkout, in a folder named after all that it was made from: another kernel version,
bluetoothd or recipe gives another folder. A folder is moved into place complete, so a half-built one is never used.
"""

import hashlib
import lzma
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.box import debian, kernel
from tests.box.cpio import Entry, archive
from tests.box.debian import Apt

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "inclined-box"

MODULES = ("virtio_pci", "virtio_net", "bluetooth", "hci_uart", "cmac", "ecb", "algif_hash", "algif_skcipher")
NEEDED = re.compile(
    r"^boot/vmlinuz-|/kernel/(net/(bluetooth|core|rfkill)|drivers/(virtio|bluetooth|net)|crypto|lib|arch)/.*\.ko"
)
PROGRAMS = (Path("/usr/bin/dbus-daemon"), Path("/usr/libexec/bluetooth/bluetoothd"), Path("/usr/bin/btattach"))
FOLDERS = "bin dev etc etc/bluetooth lib lib/modules proc run run/dbus sys tmp var var/lib var/lib/bluetooth"
GUEST = {"init": "init", "etc/bus.conf": "bus.conf", "etc/bluetooth/main.conf": "bluetooth.conf"}
USERS = {
    "etc/passwd": "root:x:0:0:root:/:/bin/sh\n",
    "etc/group": "root:x:0:\nbluetooth:x:112:\n",
}


@dataclass(frozen=True, slots=True)
class Image:
    """A kernel and an initrd that boot together."""

    kernel: Path
    initrd: Path


@dataclass(frozen=True, slots=True)
class Parts:
    """What an image is made from: packages to fetch by version, and installed files by path."""

    packages: tuple[tuple[str, str], ...]
    installed: tuple[Path, ...]

    def key(self) -> str:
        """Return a name for the image; it changes with every part and with the recipe itself."""
        digest = hashlib.sha256(repr(self).encode())
        recipe = (*HERE.glob("guest/*"), *(HERE / name for name in ("image.py", "kernel.py", "cpio.py", "debian.py")))
        for path in (*sorted(recipe), *self.installed):
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()[:20]


def parts(apt: Apt) -> Parts:
    """Return what an image would be made from now; DebianError where something is missing."""
    missing = [str(path) for path in PROGRAMS if not path.exists()]
    if missing:
        raise debian.DebianError(f"missing: {', '.join(missing)}; install the packages of tests/system-packages.txt")
    libraries = set[Path]().union(*map(debian.libraries, PROGRAMS))
    return Parts(tuple(apt.candidates().items()), (*PROGRAMS, *sorted(libraries)))


def image(cache: Path = CACHE) -> Image:
    """Return the image of today's parts, building it (about 10 s) where the cache has none."""
    cache.mkdir(parents=True, exist_ok=True)
    try:
        return _image(cache, Apt())
    except debian.AptError:  # the system's lists are missing or old
        with tempfile.TemporaryDirectory(prefix="apt-", dir=cache) as lists:
            return _image(cache, debian.fresh_apt(Path(lists)))


def _image(cache: Path, apt: Apt) -> Image:
    made_from = parts(apt)
    folder = cache / made_from.key()
    if not folder.exists():
        _build(made_from, apt, folder)
    return Image(folder / "kernel", folder / "initrd")


def _build(made_from: Parts, apt: Apt, folder: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="building-", dir=folder.parent) as building:
        work, ready = Path(building), Path(building, "ready")
        ready.mkdir()
        linux, busybox = (apt.download(name, version, work) for name, version in made_from.packages)
        vmlinuz, modules = _linux(linux)
        (ready / "kernel").write_bytes(kernel.unpacked(vmlinuz))
        (ready / "initrd").write_bytes(archive(_entries(made_from, modules, busybox)))
        try:
            ready.rename(folder)
        except OSError:  # someone else built the same one meanwhile
            if not folder.exists():
                raise
            shutil.rmtree(ready)


def _linux(package: Path) -> tuple[bytes, dict[str, bytes]]:
    """Return the compressed kernel and all its modules by name."""
    vmlinuz, modules = b"", {}
    for path, data in debian.contents(package, lambda path: bool(NEEDED.search(path))):
        if path.startswith("boot/"):
            vmlinuz = data
        else:
            modules[kernel.name_of(path)] = lzma.decompress(data) if path.endswith(".xz") else data
    return vmlinuz, modules


def _entries(made_from: Parts, modules: dict[str, bytes], busybox: Path) -> Iterator[Entry]:
    order = kernel.load_order(MODULES, modules)
    places = {f"bin/{path.name}" if path in PROGRAMS else str(path)[1:]: path for path in made_from.installed}
    ((_, shell),) = debian.contents(busybox, lambda path: path.endswith("bin/busybox"))
    folders = {str(parent) for place in places for parent in Path(place).parents} | set(FOLDERS.split())
    yield from map(Entry.folder, sorted(folders - {"."}))
    yield Entry.character_device("dev/console", 5, 1)
    yield Entry.file("bin/busybox", shell, 0o755)
    yield from (Entry.file(place, path.read_bytes(), 0o755) for place, path in places.items())
    yield from (Entry.file(place, (HERE / "guest" / name).read_bytes(), 0o755) for place, name in GUEST.items())
    yield from (Entry.file(place, text.encode()) for place, text in USERS.items())
    yield Entry.file("lib/modules/order", "".join(f"{name}\n" for name in order).encode())
    yield from (Entry.file(f"lib/modules/{name}.ko", modules[name]) for name in order)

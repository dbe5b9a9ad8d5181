"""The parts of the box that need no boot to be tested: archive, kernel, image folder, bus."""

import asyncio
import contextlib
import lzma
import struct
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from dbus_fast import Message
from dbus_fast.aio import MessageBus
from hypothesis import given
from hypothesis import strategies as st

from tests.box import bus, debian, kernel
from tests.box import image as images
from tests.box.box import BoxError, boot, free_port
from tests.box.cpio import Entry, archive
from tests.box.debian import Apt
from tests.box.image import Image, Parts, image

NAMES = st.text("abcdefgh_", min_size=1, max_size=12)


def unpacked(data: bytes) -> Iterator[tuple[str, int, bytes]]:
    """Read a "newc" archive as its specification says: 110 bytes of header, name, data, each padded to four."""
    at = 0
    while at < len(data):
        assert data[at : at + 6] == b"070701"
        mode, size, name_size = (int(data[at + 6 + 8 * n : at + 14 + 8 * n], 16) for n in (1, 6, 11))
        name, at = data[at + 110 : at + 110 + name_size], (at + 110 + name_size + 3) & ~3
        content, at = data[at : at + size], (at + size + 3) & ~3
        yield name.rstrip(b"\0").decode(), mode, content


@given(st.dictionaries(NAMES, st.binary(max_size=40)))
def test_an_archive_holds_what_was_put_in(files: dict[str, bytes]) -> None:
    *read, trailer = unpacked(archive(Entry.file(path, data, 0o755) for path, data in files.items()))

    assert read == [(path, 0o100755, data) for path, data in files.items()]
    assert trailer == ("TRAILER!!!", 0, b"")


def module(*needs: str) -> bytes:
    return b"\x7fELF\0license=GPL\0depends=" + ",".join(needs).encode() + b"\0intree=Y\0"


@given(st.permutations(["e", "d", "c", "b", "a"]), st.data())
def test_modules_come_after_what_they_need(names: list[str], data: st.DataObject) -> None:
    needs = {name: data.draw(st.sets(st.sampled_from(names[:n]))) if n else set() for n, name in enumerate(names)}
    wanted = data.draw(st.sets(st.sampled_from(names)))

    order = kernel.load_order(wanted, {name: module(*needed) for name, needed in needs.items()})

    assert wanted <= set(order)
    assert len(order) == len(set(order))
    assert all(order.index(needed) < order.index(name) for name in order for needed in needs[name])


def test_a_module_that_is_built_in_needs_no_loading() -> None:
    assert kernel.load_order(["virtio_pci"], {"virtio_pci": module("virtio", "virtio-ring")}) == ["virtio_pci"]


@pytest.mark.parametrize("path", ["lib/modules/6.1.0/kernel/net/virtio-net.ko", "usr/lib/modules/virtio_net.ko.xz"])
def test_a_module_is_named_by_its_file(path: str) -> None:
    assert kernel.name_of(path) == "virtio_net"


def compressed_kernel(payload: bytes) -> bytes:
    setup = bytearray(3 * 512)  # the boot sector and two more
    struct.pack_into("<B", setup, 0x1F1, 2)
    struct.pack_into("<II", setup, 0x248, 100, len(payload))
    return bytes(setup) + bytes(100) + payload + b"signature"


def test_a_kernel_is_unpacked() -> None:
    payload = lzma.compress(kernel.ELF + b"kernel", check=lzma.CHECK_CRC32) + struct.pack("<I", 10)

    assert kernel.unpacked(compressed_kernel(payload)) == kernel.ELF + b"kernel"


def test_a_kernel_packed_in_another_way_is_left_to_the_guest() -> None:
    vmlinuz = compressed_kernel(b"\x28\xb5\x2f\xfd and so on")

    assert kernel.unpacked(vmlinuz) == vmlinuz


def test_an_image_is_named_after_its_parts(tmp_path: Path) -> None:
    library = tmp_path / "library.so"
    library.write_bytes(b"1")
    first = Parts((("linux", "6.1"),), (library,))
    name = first.key()

    assert Parts((("linux", "6.2"),), (library,)).key() != name
    library.write_bytes(b"2")
    assert first.key() != name
    library.write_bytes(b"1")
    assert first.key() == name


@pytest.fixture
def unobtainable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have apt offer a version that it cannot fetch."""
    monkeypatch.setattr(Apt, "candidates", lambda _: {"busybox-static": "0-never"})


@pytest.mark.usefixtures("unobtainable")
def test_an_image_that_is_there_is_used(tmp_path: Path) -> None:
    folder = tmp_path / images.parts(Apt()).key()
    folder.mkdir()

    assert image(tmp_path).kernel == folder / "kernel"


@pytest.mark.usefixtures("unobtainable")
def test_a_build_that_fails_leaves_nothing_and_says_why(tmp_path: Path) -> None:
    with pytest.raises(debian.DebianError, match="busybox-static=0-never"):
        image(tmp_path)

    assert not list(tmp_path.iterdir())


def test_apt_without_lists_is_given_its_own(tmp_path: Path) -> None:
    with pytest.raises(debian.AptError):
        Apt(("-o", f"Dir::State::lists={tmp_path}", "-o", f"Dir::Cache={tmp_path}")).candidates()

    fresh = debian.fresh_apt(tmp_path)

    assert "busybox-static" in fresh.candidates()


async def test_a_box_that_cannot_boot_says_why(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing"
    nothing.touch()

    with pytest.raises(BoxError, match=r"ended before it was ready; its console:\n.*qemu"):
        async with boot(Image(nothing, nothing), tmp_path / "console.txt"):
            pass


@contextlib.asynccontextmanager
async def real_bus(folder: Path) -> AsyncIterator[str]:
    """Run a real bus with the box's own rules on a loopback port, offered as the box's is."""
    port = free_port()
    rules = (images.HERE / "guest" / "bus.conf").read_text().replace("host=10.0.2.15", "host=127.0.0.1")
    config = folder / "bus.conf"
    config.write_text(rules.replace("5555", str(port)).replace("/run/dbus", str(folder)))
    daemon = await asyncio.create_subprocess_exec(
        *("dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile", "--print-address"), stdout=PIPE
    )
    try:
        assert daemon.stdout is not None
        await daemon.stdout.readline()
        async with bus.offered(folder / "offered", port) as address:
            yield address
    finally:
        daemon.terminate()
        await daemon.communicate()


async def test_a_client_reaches_the_bus_and_its_leaving_is_seen_there(tmp_path: Path) -> None:
    gone = asyncio.Event()
    async with real_bus(tmp_path) as address, asyncio.timeout(20):
        staying, leaving = [await MessageBus(address, negotiate_unix_fd=True).connect() for _ in range(2)]

        def heard(message: Message) -> None:
            if message.member == "NameOwnerChanged" and message.body == [leaving.unique_name, leaving.unique_name, ""]:
                gone.set()

        staying.add_message_handler(heard)
        await staying.call(
            Message(
                destination="org.freedesktop.DBus",
                path="/org/freedesktop/DBus",
                interface="org.freedesktop.DBus",
                member="AddMatch",
                signature="s",
                body=["type='signal',member='NameOwnerChanged'"],
            )
        )
        leaving.disconnect()
        await gone.wait()
        staying.disconnect()

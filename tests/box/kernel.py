"""What the box needs of Debian's kernel package: the bare kernel and its modules, in the order to load them."""

import lzma
import re
import struct
from collections.abc import Iterable, Mapping

ELF = b"\x7fELF"
XZ = b"\xfd7zXZ\0"


def unpacked(vmlinuz: bytes) -> bytes:
    """Return the kernel that a bzImage carries, so that the emulated processor need not unpack it (about 5 s).

    Where its payload lies is told by its header (Linux, arch/x86/boot.rst: setup_sects, payload_offset and
    payload_length). A payload that is not xz is left to the guest: the image is returned as it is.
    """
    (setup_sectors,) = struct.unpack_from("<B", vmlinuz, 0x1F1)
    offset, length = struct.unpack_from("<II", vmlinuz, 0x248)
    start = (setup_sectors + 1) * 512 + offset
    payload = vmlinuz[start : start + length]
    if not payload.startswith(XZ):
        return vmlinuz
    kernel = lzma.LZMADecompressor().decompress(payload)  # the payload ends with four bytes more: its size
    if not kernel.startswith(ELF):
        raise ValueError("the kernel package's payload is no ELF file; its layout has changed")
    return kernel


def name_of(path: str) -> str:
    """Return the module's name: `kernel/net/bluetooth/bluetooth.ko.xz` is `bluetooth`, `virtio-rng` is `virtio_rng`."""
    return path.rsplit("/", 1)[-1].split(".ko", 1)[0].replace("-", "_")


def depends(module: bytes) -> list[str]:
    """Return the names that a module says it needs (its .modinfo section)."""
    found = re.search(rb"\0depends=([^\0]*)\0", module)
    return found[1].decode().replace("-", "_").split(",") if found and found[1] else []


def load_order(wanted: Iterable[str], modules: Mapping[str, bytes]) -> list[str]:
    """Return the wanted modules and all that they need, each after what it needs.

    A name that is not among the modules is taken as built into the kernel.
    """
    order: dict[str, None] = {}

    def visit(name: str) -> None:
        if name not in modules or name in order:
            return
        for needed in depends(modules[name]):
            visit(needed)
        order[name] = None

    for name in wanted:
        visit(name)
    return list(order)

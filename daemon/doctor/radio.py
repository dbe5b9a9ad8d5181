"""The Bluetooth adapter: there, not switched off, and bluetoothd answering for it. Nothing is scanned or connected."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from daemon.doctor.finding import Finding, bad, ok
from daemon.doctor.tool import told
from drivers.transports.bluez import NO_DAEMON

ANSWER_S = 4.0
ADAPTER = "org.bluez.Adapter1"


@dataclass(frozen=True, slots=True)
class Block:
    """One switch of the kernel's rfkill for a Bluetooth adapter."""

    name: str
    soft: bool
    hard: bool


@dataclass(frozen=True, slots=True)
class Radio:
    """What was seen; adapters maps names such as hci0 to whether they have power."""

    blocks: tuple[Block, ...] = ()
    adapters: Mapping[str, bool] = field(default_factory=dict)
    silent: str | None = None
    """Why BlueZ did not answer; None: it did."""
    version: str | None = None


def seen(root: Path = Path("/"), answer_s: float = ANSWER_S) -> Radio:
    """Return what the kernel says below root, and what BlueZ answers within answer_s."""
    version = told("dpkg-query", "-W", "-f", "${Version}", "bluez")
    blocks = tuple(_blocks(root / "sys/class/rfkill"))
    try:
        objects = asyncio.run(asyncio.wait_for(_objects(), answer_s))
    except TimeoutError:
        return Radio(blocks, {}, f"no answer within {answer_s:g} s", version)
    except (OSError, EOFError, ConnectionError, ValueError) as error:
        return Radio(blocks, {}, f"no D-Bus system bus ({error})", version)
    if isinstance(objects, str):
        return Radio(blocks, {}, objects, version)
    adapters = {
        path.rsplit("/", 1)[1]: bool(has[ADAPTER].get("Powered")) for path, has in objects.items() if ADAPTER in has
    }
    return Radio(blocks, adapters, None, version)


def judged(radio: Radio, wanted: str | None = None, *, needed: bool = True) -> Iterator[Finding]:
    """Yield what that means; wanted is the adapter that the configuration names, needed whether anything uses one."""
    if not needed:
        yield ok("adapter", "not needed: this treadmill is not reached by Bluetooth")
        return
    hard = next((block.name for block in radio.blocks if block.hard), None)
    soft = next((block.name for block in radio.blocks if block.soft), None)
    if hard or soft:
        do = "switch it on at its own switch" if hard else "sudo rfkill unblock bluetooth"
        yield bad("adapter", f"Bluetooth is switched off ({hard or soft}, by rfkill)", do)
    if radio.silent is not None:
        start = "sudo systemctl enable --now bluetooth" if radio.version else "sudo apt install bluez"
        yield bad("bluez", f"bluetoothd does not answer: {radio.silent}", start)
        return
    yield ok("bluez", f"bluetoothd answers, BlueZ {radio.version or 'of an unknown version'}")
    if hard or soft:
        return
    yield _adapter(radio, wanted)


def _adapter(radio: Radio, wanted: str | None) -> Finding:
    names = ", ".join(sorted(radio.adapters)) or "none"
    if not radio.adapters:
        return bad("adapter", "there is no Bluetooth adapter", "plug one in; on a Pi take disable-bt out of config.txt")
    if wanted is not None and wanted not in radio.adapters:
        do = "plug it in, or name another one behind ?adapter= in [machine] driver"
        return bad("adapter", f"{wanted} is not there (there is: {names})", do)
    used = wanted or min(radio.adapters)
    if not radio.adapters[used]:
        return bad("adapter", f"{used} is there and has no power", "bluetoothctl power on")
    return ok("adapter", f"{used} is there and has power")


def _blocks(folder: Path) -> Iterator[Block]:
    for switch in sorted(folder.glob("rfkill*")):
        try:
            kind, name, soft, hard = (
                (switch / each).read_text(encoding="ascii", errors="replace").strip()
                for each in ("type", "name", "soft", "hard")
            )
        except OSError:  # unplugged meanwhile
            continue
        if kind == "bluetooth":
            yield Block(name, soft == "1", hard == "1")


async def _objects() -> Mapping[str, Mapping[str, Any]] | str:
    """Return BlueZ's objects with their interfaces, or its refusal; bluetoothd is not started for it."""
    from dbus_fast import BusType, Message, MessageFlag, MessageType
    from dbus_fast.aio import MessageBus
    from dbus_fast.unpack import unpack_variants

    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    try:
        ask = Message(
            destination="org.bluez",
            path="/",
            interface="org.freedesktop.DBus.ObjectManager",
            member="GetManagedObjects",
            flags=MessageFlag.NO_AUTOSTART,
        )
        reply = await bus.call(ask)
    finally:
        bus.disconnect()
        await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # dbus-fast left it untyped
    if reply is None or reply.message_type is not MessageType.METHOD_RETURN:
        return "it does not run" if reply is None or reply.error_name in NO_DAEMON else str(reply.error_name)
    objects: Mapping[str, Mapping[str, Any]] = unpack_variants(reply.body)[0]
    return objects

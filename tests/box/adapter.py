"""BlueZ's adapter: waits until it has power."""

import asyncio
from typing import Any

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus
from dbus_fast.unpack import unpack_variants

ADAPTER = "org.bluez.Adapter1"
PATH = "/org/bluez/hci0"
CHANGES = "type='signal',sender='org.bluez'"


async def powered(address: str) -> None:
    """Return once hci0 has power on the bus at this address; bluetoothd may still be starting."""
    bus = await MessageBus(address).connect()
    done = asyncio.Event()

    def heard(message: Message) -> None:
        if message.message_type is MessageType.SIGNAL and _tells_power(unpack_variants(message.body)):
            done.set()

    bus.add_message_handler(heard)
    try:
        await _call(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "AddMatch", CHANGES)
        properties = await _call(bus, "org.bluez", PATH, "org.freedesktop.DBus.Properties", "GetAll", ADAPTER)
        if not _tells_power([PATH, ADAPTER, *properties]):
            await done.wait()
    finally:
        bus.disconnect()
        await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # dbus-fast left it untyped


def _tells_power(body: list[Any]) -> bool:
    """Tell whether a signal (PropertiesChanged, InterfacesAdded) or an answer carries Powered: true."""
    return any(
        isinstance(part, dict) and (part.get("Powered") is True or _tells_power(list(part.values()))) for part in body
    )


async def _call(bus: MessageBus, name: str, path: str, interface: str, member: str, argument: str) -> list[Any]:
    """Call a method with one string; an error, such as no such object yet, is an empty answer."""
    reply = await bus.call(
        Message(destination=name, path=path, interface=interface, member=member, signature="s", body=[argument])
    )
    answered = reply is not None and reply.message_type is MessageType.METHOD_RETURN
    return unpack_variants(reply.body) if answered else []

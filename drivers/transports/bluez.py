"""What bleak says of BlueZ, in words that we use: 16-bit channels, and why something failed."""

from bleak import BleakClient
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.exc import BleakBluetoothNotAvailableError, BleakDBusError, BleakError

BASE_UUID = "0000{:04x}-0000-1000-8000-00805f9b34fb"
FTMS_SERVICE = BASE_UUID.format(0x1826)
LOW_LEVEL = (BleakError, EOFError, OSError, AttributeError, AssertionError)
"""What bleak and dbus-fast raise when the link or the bus goes under a call; the last two are their own stumbles."""
NO_BUS = (FileNotFoundError, ConnectionRefusedError)
NO_DAEMON = ("org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner")
"""What the bus answers when bluetoothd does not run; TimedOut comes after 25 s of trying to start it."""
DAEMON_LATE = ("org.freedesktop.DBus.Error.TimedOut", "org.freedesktop.DBus.Error.NoReply")


def why_not(where: str, error: BaseException) -> str:
    """Return the sentence for what bleak raised: what happened, where, what to do."""
    if isinstance(error, BleakBluetoothNotAvailableError):
        return (
            f"{where}: no Bluetooth adapter can be used ({error.args[0]}): plug one in, or run `bluetoothctl power on`"
        )
    if isinstance(error, NO_BUS):
        return f"{where}: no D-Bus system bus ({error}): install and start dbus and bluez"
    if isinstance(error, BleakDBusError) and error.dbus_error in NO_DAEMON + DAEMON_LATE:
        return f"{where}: bluetoothd does not answer: run `systemctl start bluetooth`"
    if isinstance(error, BleakError) and "adapter" in str(error):
        return f"{where}: {error}: `bluetoothctl list` names the adapters of this machine"
    return f"{where}: {str(error) or type(error).__name__}"


def channel_of(uuid: str) -> int | None:
    """Return the 16 bits of a Bluetooth SIG UUID, or None for a vendor's."""
    short = int(uuid[:8], 16)
    return short if short <= 0xFFFF and uuid.lower() == BASE_UUID.format(short) else None


def by_channel(client: BleakClient) -> dict[int, BleakGATTCharacteristic]:
    """Return the machine's characteristics by their 16 bits; where two services have one, FTMS comes first."""
    found: dict[int, BleakGATTCharacteristic] = {}
    for service in sorted(client.services, key=lambda service: service.uuid != FTMS_SERVICE):
        for characteristic in service.characteristics:
            channel = channel_of(characteristic.uuid)
            if channel is not None:
                found.setdefault(channel, characteristic)
    return found

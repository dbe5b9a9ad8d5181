"""What machines say of themselves in their advertisements, whatever they are; nothing is connected."""

from bleak import BleakScanner
from bleak.args.bluez import BlueZScannerArgs
from bleak.backends.scanner import AdvertisementData

from drivers.contract import LinkLost
from drivers.transports.bluez import FTMS_SERVICE, LOW_LEVEL, why_not

AVAILABLE = 1
"""Bit 0 of the flags: the machine is available for use (FTMS 3.1.1)."""


def says_available(advertisement: AdvertisementData) -> bool | None:
    """Return the flag of an advertisement; None where it carries none."""
    data = advertisement.service_data.get(FTMS_SERVICE, b"")
    return bool(data[0] & AVAILABLE) if data else None


async def advertised(seconds: float, adapter: str | None = None) -> dict[str, bool | None]:
    """Listen for `seconds`; return the flag of each device heard, by its address in capitals. LinkLost says why not."""
    bluez: BlueZScannerArgs = {"adapter": adapter} if adapter else {}
    try:
        found = await BleakScanner.discover(timeout=seconds, return_adv=True, bluez=bluez)
    except LOW_LEVEL as error:
        raise LinkLost(why_not(f"listening on {adapter or 'the default adapter'}", error)) from error
    return {device.address.upper(): says_available(said) for device, said in found.values()}

"""Which treadmills can be heard: names and addresses, from advertisements alone; nothing is connected."""

from dataclasses import dataclass

from bleak import BleakScanner
from bleak.args.bluez import BlueZScannerArgs
from bleak.backends.scanner import AdvertisementData
from pyftms import MachineType, NotFitnessMachineError, get_machine_type_from_service_data

from drivers.contract import LinkLost
from drivers.transports.bluez import FTMS_SERVICE, LOW_LEVEL, why_not

SCAN_S = 10.0


@dataclass(frozen=True, slots=True)
class Heard:
    """One machine that advertises FTMS."""

    address: str
    name: str | None
    signal: int
    """dBm; nearer to 0 is nearer."""
    certain: bool
    """It says that it is a treadmill; otherwise maybe: real treadmills leave that out, or send it wrong."""


def kind_of(advertisement: AdvertisementData) -> bool | None:
    """Return True for a treadmill, None for maybe, and False for what is no treadmill (FTMS 3.1)."""
    try:
        kind = get_machine_type_from_service_data(advertisement)
    except NotFitnessMachineError:
        says_ftms = FTMS_SERVICE in advertisement.service_uuids or FTMS_SERVICE in advertisement.service_data
        return None if says_ftms else False
    return MachineType.TREADMILL in kind


async def scan(seconds: float = SCAN_S, adapter: str | None = None) -> list[Heard]:
    """Listen for `seconds` and return the treadmills heard, certain and near ones first; LinkLost says why not."""
    bluez: BlueZScannerArgs = {"adapter": adapter} if adapter else {}
    try:
        found = await BleakScanner.discover(timeout=seconds, return_adv=True, bluez=bluez)
    except LOW_LEVEL as error:
        raise LinkLost(why_not(f"scan on {adapter or 'the default adapter'}", error)) from error
    heard = [
        Heard(device.address, device.name or said.local_name, said.rssi, kind is True)
        for device, said in found.values()
        if (kind := kind_of(said)) is not False
    ]
    return sorted(heard, key=lambda each: (not each.certain, -each.signal))

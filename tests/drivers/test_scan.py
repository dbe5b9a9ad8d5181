"""Which advertisements are treadmills, and the scan over the radio at bleak's seam."""

import pytest
from bleak.backends.scanner import AdvertisementData
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason

from drivers.contract import LinkLost
from drivers.ftms.scan import kind_of, scan
from drivers.transports.bluez import FTMS_SERVICE
from tests.drivers.radio import ADDRESS, install


def said(data: str | None, *uuids: str) -> AdvertisementData:
    service_data = {} if data is None else {FTMS_SERVICE: bytes.fromhex(data)}
    return AdvertisementData(None, {}, service_data, list(uuids), None, -50, ())


@pytest.mark.parametrize(
    ("advertisement", "kind"),
    [
        (said("01 01 00"), True),
        (said("01 00 01"), True),  # swapped
        (said("01 01"), True),  # one byte of type
        (said("01 03 00"), True),  # a treadmill and more
        (said("01 20 00", FTMS_SERVICE), False),  # a bike
        (said("01 10 00"), False),  # a rower
        (said(None, FTMS_SERVICE), None),  # Sole F65, SLUNSE
        (said("00 01 00", FTMS_SERVICE), None),  # not available
        (said("01 00 80", FTMS_SERVICE), None),  # a reserved type
        (said("", FTMS_SERVICE), None),
        (said("01 01 00 00 00"), None),
        (said(None), False),
        (said(None, "0000180a-0000-1000-8000-00805f9b34fb"), False),
    ],
)
def test_what_an_advertisement_says(advertisement: AdvertisementData, *, kind: bool | None) -> None:
    assert kind_of(advertisement) is kind


async def test_a_scan_lists_what_it_heard_and_connects_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    radio = install(monkeypatch)
    heard = await scan(0.05, "hci1")
    assert [(each.address, each.name, each.certain) for each in heard] == [
        ("11:11:11:11:11:11", "name 11", False),
        (ADDRESS, "name C4", False),
    ]
    assert radio.log == ["scan hci1", "scan stopped"]
    assert radio.clients == []


async def test_a_scan_without_an_adapter_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    radio = install(monkeypatch)
    radio.scan_error = BleakBluetoothNotAvailableError("none", BleakBluetoothNotAvailableReason.NO_BLUETOOTH)
    with pytest.raises(LinkLost, match="no Bluetooth adapter"):
        await scan(0.05)

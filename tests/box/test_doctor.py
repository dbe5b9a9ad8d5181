"""What the doctor sees of the real bluetoothd."""

import pytest

from daemon.doctor.finding import Level
from daemon.doctor.radio import judged, seen

pytestmark = pytest.mark.chain


@pytest.mark.usefixtures("treadmill")
def test_an_adapter_that_is_there_and_one_that_is_not() -> None:
    found = seen()
    assert found.silent is None
    assert found.adapters == {"hci0": True}
    assert [finding.level for finding in judged(found)] == [Level.OK, Level.OK]
    assert [finding.level for finding in judged(found, "hci1")] == [Level.OK, Level.BAD]

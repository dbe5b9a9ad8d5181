"""The gym's hours by its own clock, on days with a change of the clock, too."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from daemon.hours import told

BERLIN = ZoneInfo("Europe/Berlin")
PEAK = "Mon-Fri 16:30-20:00, Sun 01:00-04:00"


@pytest.mark.parametrize(
    ("utc", "peak", "evening"),
    [
        ("2026-03-02T15:29", False, True),
        ("2026-03-02T15:30", True, True),
        ("2026-03-02T18:59", True, True),
        ("2026-03-02T19:00", False, False),
        ("2026-07-06T14:30", True, True),  # summer time: 16:30 in Berlin
        ("2026-03-07T15:30", False, False),  # a Saturday
        ("2026-03-29T00:59", True, False),  # 01:59, the last minute before the clock goes forward
        ("2026-03-29T01:59", True, False),  # 03:59
        ("2026-03-29T02:00", False, False),  # 04:00
        ("2026-10-25T00:30", True, False),  # 02:30 for the first time
        ("2026-10-25T01:30", True, False),  # 02:30 for the second time
        ("2026-10-25T03:00", False, False),
    ],
)
def test_local_hours(utc: str, peak: bool, evening: bool) -> None:
    hour = told(datetime.fromisoformat(utc).replace(tzinfo=UTC), BERLIN, PEAK, 7)
    assert (hour.at, hour.peak, hour.evening) == (7, peak, evening)


def test_without_a_clock_nobody_knows() -> None:
    assert told(None, BERLIN, PEAK, 7).peak is None

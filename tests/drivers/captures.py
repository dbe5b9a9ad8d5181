"""Real Treadmill Data captures as bytes, with what they say; sources in tests/recordings/README.md."""

from typing import NamedTuple


class Capture(NamedTuple):
    name: str
    packets: tuple[str, ...]
    record: dict[str, int | None]
    """The fields of the joined record that are worth telling apart."""


CAPTURES = (
    Capture(
        "life-fitness",
        ("9e 04 73 02 33 02 25 00 00 3c 00 ff 7f 00 00 ff 7f 02 00 ff ff ff 1f 00",),
        {
            "speed": 627,
            "average_speed": 563,
            "distance": 37,
            "incline": 60,
            "ramp_angle": None,
            "climbed": 0,
            "descended": None,
            "energy": 2,
            "energy_an_hour": None,
            "energy_a_minute": None,
            "elapsed": 31,
        },
    ),
    Capture(
        "life-fitness-heart",
        ("9e 05 17 05 92 02 fb 00 00 00 00 ff 7f 7c 00 ff 7f 1b 00 ff ff ff 69 8a 00",),
        {"speed": 1303, "distance": 251, "incline": 0, "climbed": 124, "heart_rate": 105, "elapsed": 138},
    ),
    Capture(
        "life-fitness-remaining",
        ("9e 0c 50 00 bd 02 53 01 00 00 00 ff 7f 7c 00 ff 7f 23 00 ff ff ff ad 00 3b 00",),
        {"speed": 80, "incline": 0, "elapsed": 173, "remaining": 59},
    ),
    Capture(
        "matrix-cut",
        ("9e 1f c6 03 94 02 3e 01 00 5a 00 ff 7f 32 00 ff ff 25 00 f4",),
        {"speed": 966, "average_speed": 660, "distance": 318, "incline": 90, "energy": 37, "descended": None},
    ),
    Capture(
        "matrix-touchxl",
        (
            "9f 00 61 00 36 00 00 00 00 ff 7f 00 00 ff ff 05 00 6e 00 02",
            "00 1f 71 00 00 02 cc 00 3c 06 ff 7f 1a 00",
        ),
        {
            "speed": 113,
            "average_speed": 97,
            "distance": 54,
            "incline": 0,
            "energy": 5,
            "energy_an_hour": 110,
            "energy_a_minute": 2,
            "heart_rate": 0,
            "metabolic": 2,
            "elapsed": 204,
            "remaining": 1596,
            "force": None,
            "power": 26,
        },
    ),
    Capture(
        "technogym-myrun",
        (
            "1f 00 84 01 2a 00 00 00 00 00 00 01 00 00 00",
            "80 06 4e 02 02 00 ff ff ff 37 27 00",
        ),
        {
            "speed": 590,
            "average_speed": 388,
            "distance": 42,
            "incline": 0,
            "climbed": 1,
            "metabolic": 55,
            "elapsed": 39,
        },
    ),
    Capture(
        "horizon-idle",
        ("84 04 00 00 00 00 00 00 00 00 00 00 00 00",),
        {"speed": 0, "distance": 0, "energy": 0, "elapsed": 0},
    ),
    Capture(
        "urevo-idle",
        ("9c 25" + " 00" * 24,),
        {"speed": 0, "distance": 0, "incline": 0, "heart_rate": 0, "elapsed": 0, "steps": 0},
    ),
    Capture(
        "citysports",
        ("84 24 2c 01 0a 00 00 05 00 ff ff ff 1e 00 28 00 00",),
        {"speed": 300, "distance": 10, "energy": 5, "energy_an_hour": None, "elapsed": 30, "steps": 40},
    ),
)

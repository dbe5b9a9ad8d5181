"""The kinds of machine of the family A0 to DF that can be played; from the same public pages as docs/trackmaster.md."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

TENTH_MPH: Final = 16.09344
TENTH_KMH: Final = 10.0
"""0.01 km/h."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of machine; `data` says how many digits follow each command that it knows."""

    about: str
    data: Mapping[int, int]
    speed_count: float = TENTH_MPH
    directed: bool = False
    """A speed begins with its direction."""
    firmware: bytes | None = None
    """What C3 answers, where it is no set speed."""
    keys_watched: bool = False
    """The console's own start key begins with communication disconnect stop, too."""
    starts: Mapping[int, bool] = field(default_factory=dict)
    """Commands that start the belt, and whether it then stops when the host falls silent."""


COMMANDS: Final = {
    **dict.fromkeys((0xA0, 0xA1, 0xA2, 0xA8, 0xAA, 0xAB, 0xAC, *range(0xC0, 0xCE)), 0),
    **dict.fromkeys((0xA3, 0xA4, 0xA5, 0xA9), 4),
    **dict.fromkeys((0xA6, 0xA7), 1),
}
TRACKMASTER: Final = Profile("a Trackmaster, its console in mph", COMMANDS, starts={0xA0: True, 0xA1: False})
KMH: Final = Profile(
    "a Trackmaster, its console in km/h", COMMANDS, speed_count=TENTH_KMH, starts={0xA0: True, 0xA1: False}
)
WATCHED: Final = Profile(
    "a Trackmaster whose belt stops when the host falls silent",
    COMMANDS,
    starts={0xA0: True, 0xA1: False},
    keys_watched=True,
)
WOODWAY: Final = Profile(
    "a Woodway: A9 starts its belt, C3 is its firmware, a speed has a direction",
    {**dict.fromkeys((0xA0, 0xA2, 0xA9, 0xAA, 0xC0, 0xC1, 0xC2, 0xC3), 0), 0xA3: 4, 0xA4: 4},
    directed=True,
    firmware=bytes.fromhex("01020304"),
    starts={0xA0: True, 0xA9: False},
)
PROFILES: Final[Mapping[str, Mapping[str, Profile]]] = {
    "trackmaster": {"mph": TRACKMASTER, "kmh": KMH, "watched": WATCHED},
    "woodway": {"woodway": WOODWAY},
}

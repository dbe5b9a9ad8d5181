"""What Home Assistant is told of a machine, so that it makes its entities by itself. Pure; only sensors, no command.

One document for each device (Home Assistant 2024.12 and later; home-assistant.io/integrations/mqtt, "Device discovery
payload"). A sensor that hears nothing for `EXPIRES_S` is unavailable, and so are all of a machine while its `status` or
its `link` is not `online`.
"""

from collections.abc import Mapping
from typing import Any, Final

from daemon.messages import Info
from daemon.mqtt.topics import OFFLINE, ONLINE, Tree

EXPIRES_S: Final = 90
"""A standing machine tells its state every 30 s."""
SUMS_EXPIRE_S: Final = 300
"""Sums come each minute."""
ABOUT: Final = "https://www.home-assistant.io/integrations/mqtt/"
PHASES: Final = ("idle", "warm_up", "running", "programme", "cool_down", "paused")
MODES: Final = ("observe", "nudge", "assist", "enforce")
LINKS: Final = ("up", "down", "lent")

type Document = Mapping[str, Any]

SENSORS: Final[Mapping[str, tuple[str, str, Mapping[str, Any]]]] = {
    "phase": ("state", "Phase", {"device_class": "enum", "options": [*PHASES]}),
    "speed": (
        "state", "Speed",
        {"device_class": "speed", "unit_of_measurement": "km/h", "state_class": "measurement", "of": "speed_kmh"},
    ),
    "incline": ("state", "Incline", {"unit_of_measurement": "%", "state_class": "measurement", "of": "incline_pct"}),
    "min_incline": ("state", "Minimum incline", {"unit_of_measurement": "%", "of": "min_incline_pct"}),
    "elapsed": (
        "state", "Session", {"device_class": "duration", "unit_of_measurement": "s", "of": "elapsed_s"},
    ),
    "mode": ("state", "Mode", {"device_class": "enum", "options": [*MODES], "entity_category": "diagnostic"}),
    "treadmill": (
        "state", "Treadmill",
        {"device_class": "enum", "options": [*LINKS], "entity_category": "diagnostic", "of": "link"},
    ),
    "belt": (
        "counters", "Belt time",
        {"device_class": "duration", "unit_of_measurement": "s", "state_class": "total_increasing", "of": "belt_s"},
    ),
    "flat": (
        "counters", "Flat belt time",
        {"device_class": "duration", "unit_of_measurement": "s", "state_class": "total_increasing", "of": "flat_s"},
    ),
    "distance": (
        "counters", "Distance",
        {"device_class": "distance", "unit_of_measurement": "m", "state_class": "total_increasing", "of": "distance_m"},
    ),
    "sessions": ("counters", "Sessions", {"state_class": "total_increasing"}),
}  # fmt: skip
"""Name -> topic, what it is called, and the rest; `of`: the field, where it has another name."""


def topic(prefix: str, site: str, machine: str) -> str:
    """Return where the document of a machine belongs."""
    return f"{prefix}/device/{device(site, machine)}/config"


def birth(prefix: str) -> str:
    """Return where Home Assistant says that it has started."""
    return f"{prefix}/status"


def device(site: str, machine: str) -> str:
    """Return a machine's name among all devices."""
    return f"inclined_{site}_{machine}"


def document(info: Info) -> Document:
    """Return what makes a machine's device and its entities."""
    tree, name = Tree(info.site, info.machine), device(info.site, info.machine)
    maker = {"manufacturer": info.maker, "model": info.model, "hw_version": info.firmware, "suggested_area": info.zone}
    return {
        "device": {
            "identifiers": [name],
            "name": info.name or info.machine,
            "serial_number": info.machine,
            "sw_version": f"inclined {info.software}",
            **{key: value for key, value in maker.items() if value},
        },
        "origin": {"name": "inclined", "sw_version": info.software, "support_url": ABOUT},
        "availability": [
            {"topic": tree.own(word), "payload_available": ONLINE, "payload_not_available": OFFLINE}
            for word in ("status", "link")
        ],
        "availability_mode": "all",
        "components": {**{key: sensor(tree, name, key) for key in SENSORS}, "occupied": occupied(tree, name)},
    }


def sensor(tree: Tree, name: str, key: str) -> Document:
    """Return one sensor; what the machine does not know is unknown there, too."""
    told, called, more = SENSORS[key]
    rest = {word: value for word, value in more.items() if word != "of"}
    field = more.get("of", key)
    known = "value_json.phase != 'unknown'" if key == "phase" else f"value_json.{field} is not none"
    return {
        "platform": "sensor",
        "unique_id": f"{name}_{key}",
        "name": called,
        "state_topic": tree.own(told),
        "value_template": f"{{{{ value_json.{field} if {known} else none }}}}",
        "expire_after": EXPIRES_S if told == "state" else SUMS_EXPIRE_S,
        **rest,
    }


def occupied(tree: Tree, name: str) -> Document:
    """Return whether somebody is on it."""
    said = "{{ none if value_json.occupied is none else 'ON' if value_json.occupied else 'OFF' }}"
    return {
        "platform": "binary_sensor",
        "unique_id": f"{name}_occupied",
        "name": "In use",
        "device_class": "occupancy",
        "state_topic": tree.own("state"),
        "value_template": said,
        "expire_after": EXPIRES_S,
    }

"""What was found, written into the configuration: its comments, its order and all that was not tried stay. Pure."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, cast

import tomlkit
from tomlkit.container import Container
from tomlkit.items import Array, Table

from daemon.commissioning.course import Findings, armed, asking

RAISING: Final = frozenset({"assist", "enforce"})
"""Modes that move a deck."""
OF_ONE: Final = ("incline_map",)
"""What belongs to one machine only, besides its driver, its name and its proof."""


def recorded(text: str, findings: Findings, mode: str, day: date) -> str:
    """Return the configuration with what was found on this day, and the mode that staff chose.

    A mode that moves a deck is kept only where a raise was proved, now or before.
    """
    document = tomlkit.parse(text)
    machine = cast("Table", document["machine"])
    if findings.unit is not None:
        machine["units"] = findings.unit
    if findings.unit is not None and str(machine["driver"]).startswith("csafe:"):  # then the belt ran
        same = isinstance(document.get("proved"), Table) and is_proved_with(document, str(machine["driver"]))
        machine["driver"] = asking(str(machine["driver"]), findings.told)
        if same:  # the machine is: only what it is asked is another
            cast("Table", document["proved"])["driver"] = str(machine["driver"])
    if findings.read_off:
        _put(machine, "incline_map", None if findings.map is None else pairs(findings.map))
    tried = {"incline": findings.raised, "stop": findings.stopped, "workout_time": findings.timed}
    if any(tried.values()):
        spec = str(machine["driver"])
        if spec.startswith("csafe:") and findings.raised:
            machine["driver"] = armed(spec)
        proved = _section(document, "proved")
        for name in (name for name, done in tried.items() if done):
            proved[name] = day
        proved["driver"] = str(machine["driver"])
    if findings.read_off and not findings.raised and isinstance(document.get("proved"), Table):
        _put(cast("Table", document["proved"]), "incline", None)
    machine["mode"] = mode if mode not in RAISING or is_proved(document) else "nudge"
    return tomlkit.dumps(document)


def is_proved_with(document: Container, spec: str) -> bool:
    """Tell whether what was tried was tried with this driver."""
    return cast("dict[str, Any]", document["proved"]).get("driver") == spec


def is_proved(document: Container) -> bool:
    """Tell whether a raise was proved with the driver that the configuration names."""
    proved, machine = cast("dict[str, Any]", document.get("proved") or {}), cast("dict[str, Any]", document["machine"])
    return "incline" in proved and proved.get("driver") == machine.get("driver")


def copied(text: str, tag: str, name: str, driver: str) -> tuple[str, list[str]]:
    """Return the configuration for another machine of the same kind, and what of it was not taken over.

    What belongs to one machine is left behind: its address, its map, its proof, and with that a mode that moves a deck.
    A user name at the broker that is the asset name changes with it.
    """
    document = tomlkit.parse(text)
    machine = cast("Table", document["machine"])
    left = []
    for key in OF_ONE:
        if key in machine:
            _put(machine, key, None)
            left.append(f"[machine] {key}")
    if "proved" in document:
        document.remove("proved")
        left.append("[proved]")
    if machine["mode"] in RAISING:
        left.append(f'mode = "{machine["mode"]}" (it is "nudge" until a raise is proved there)')
        machine["mode"] = "nudge"
    if machine.get("limit_action", "announce") != "announce":
        left.append(f'limit_action = "{machine["limit_action"]}"')
        _put(machine, "limit_action", None)
    mqtt = document.get("mqtt")
    if isinstance(mqtt, Table) and mqtt.get("username") == machine["machine"]:
        mqtt["username"] = tag
    machine["machine"], machine["name"], machine["driver"] = tag, name, driver
    return tomlkit.dumps(document), left


def pairs(points: Sequence[tuple[int, int]]) -> Array:
    """Return a map as the configuration holds it, in %."""
    array = tomlkit.array()
    for point in points:
        array.append([tomlkit.float_(str(Decimal(value) / 10)) if value % 10 else value // 10 for value in point])
    return array


def _section(document: tomlkit.TOMLDocument, name: str) -> Table:
    if name not in document:
        table = tomlkit.table()
        table.comment("what was tried on this very machine, on an empty belt")
        document.append(name, table)
    return cast("Table", document[name])


def _put(table: Table, key: str, value: Any) -> None:  # noqa: ANN401, whatever TOML can hold
    """Set a key, or take it out."""
    if value is not None:
        table[key] = value
    elif key in table:
        table.remove(key)

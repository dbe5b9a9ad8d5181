"""Writes the parts of docs/architecture.md that the code itself tells, between its `generated` markers.

python docs/diagrams.py          write them anew
python docs/diagrams.py --check  exit 1 when they are no longer what the code says
"""

import inspect
import re
import sys
from collections.abc import Iterable
from enum import Enum
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TypeAliasType, get_args

import grimp

from daemon import messages
from daemon.policy import events, rules, state

PAGE = Path(__file__).with_name("architecture.md")
PACKAGES = ("daemon", "drivers", "api")
NO_ROOMS = {"daemon", "drivers", "daemon.__main__"}
BLOCK = re.compile(r"(<!-- generated: (?P<name>\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
COMMENTED = re.compile(r"^    (?P<name>[A-Z_]+) = .*?# (?P<words>.*)$", re.MULTILINE)

type Arrows = set[tuple[str, str]]


def room(module: str) -> str:
    """Return the room of a module: its first two names, or `api`."""
    parts = module.split(".")
    return "api" if parts[0] == "api" else ".".join(parts[:2])


def imports(graph: grimp.ImportGraph) -> Arrows:
    """Return who imports whom, room by room."""
    pairs = ((room(a), room(b)) for a in graph.modules for b in graph.find_modules_directly_imported_by(a))
    return {(a, b) for a, b in pairs if a != b and not {a, b} & NO_ROOMS}


def reduced(arrows: Arrows) -> Arrows:
    """Leave out each arrow that follows from others; CycleError when rooms import each other."""
    below: dict[str, set[str]] = {a: {b for c, b in arrows if c == a} for a, _ in arrows}
    reach: dict[str, set[str]] = {}
    for name in TopologicalSorter(below).static_order():
        direct = below.get(name, set())
        reach[name] = direct.union(*(reach[b] for b in direct))
    return {(a, b) for a, b in arrows if not any(b in reach[c] for c in below[a])}


def rooms_diagram(graph: grimp.ImportGraph) -> str:
    """Draw the rooms and their imports as a mermaid flowchart."""
    rooms = sorted({room(module) for module in graph.modules} - NO_ROOMS)
    lines = ["flowchart TD"]
    for package in PACKAGES:
        inside = [name for name in rooms if name.split(".")[0] == package]
        lines += [f"  subgraph {package}_[{package}]", *(f"    {name}" for name in inside), "  end"] if inside else []
    lines += [f"  {a} --> {b}" for a, b in sorted(reduced(imports(graph)))]
    return mermaid(lines)


def flow_diagram() -> str:
    """Draw what goes into the policy and what comes out of it."""
    machine = members(events.MachineEffect)
    others = [effect for effect in members(events.Effect) if effect not in machine]
    said, wished = split(members(events.Event))
    return mermaid(
        [
            "flowchart LR",
            f"  said[{stacked(said)}] -- the driver says --> step",
            f"  heard[{stacked(wished)}] -- all others say --> step",
            "  step(policy.step)",
            f"  step -- to the machine --> machine[{stacked(machine)}]",
            f"  step -- to runner and store --> others[{stacked(others)}]",
        ]
    )


def members(alias: object) -> list[type]:
    """Return the classes of a union, with those of the unions in it."""
    if isinstance(alias, TypeAliasType):
        return members(alias.__value__)
    inner = get_args(alias)
    return [kind for part in inner for kind in members(part)] if inner else [alias] if isinstance(alias, type) else []


def split(classes: Iterable[type]) -> tuple[list[type], list[type]]:
    """Return the drivers' own words, and the rest."""
    ordered = sorted(classes, key=lambda kind: not kind.__module__.startswith("drivers."))
    count = sum(kind.__module__.startswith("drivers.") for kind in ordered)
    return ordered[:count], ordered[count:]


def stacked(classes: Iterable[type]) -> str:
    """Return the names as the lines of one mermaid node."""
    return '"' + "<br/>".join(kind.__name__ for kind in classes) + '"'


def mermaid(lines: Iterable[str]) -> str:
    """Return a fenced mermaid block."""
    return "\n".join(["```mermaid", *lines, "```"])


def words(kind: type[Enum]) -> str:
    """Return a table of an enum's values and the comments beside them in its source."""
    said = {found["name"]: found["words"] for found in COMMENTED.finditer(inspect.getsource(kind))}
    return table(kind.__name__, ((f"`{one.name.lower()}`", said.get(one.name, "")) for one in kind))


def classes_table(heading: str, classes: Iterable[type]) -> str:
    """Return a table of classes and the first line of what each says of itself."""
    return table(heading, ((f"`{one.__name__}`", first_line(one)) for one in classes))


def first_line(kind: type) -> str:
    """Return the first line of a class's docstring."""
    return (inspect.getdoc(kind) or "").partition("\n")[0]


def table(heading: str, rows: Iterable[tuple[str, str]]) -> str:
    """Return a two-column Markdown table."""
    body = "\n".join(f"| {name} | {meaning.replace('|', '&#124;')} |" for name, meaning in rows)
    return f"| {heading} | |\n|---|---|\n{body}"


def blocks() -> dict[str, str]:
    """Return every generated part by its name."""
    graph = grimp.build_graph(*PACKAGES)
    wire = [one for one in vars(messages).values() if inspect.isclass(one) and one.__module__ == messages.__name__]
    return {
        "rooms": rooms_diagram(graph),
        "flow": flow_diagram(),
        "effects": classes_table("Effect", members(events.Effect)),
        "modes": words(rules.Mode),
        "prompts": words(state.Kind),
        "stages": words(state.Stage),
        "messages": classes_table("Message", [one for one in wire if one is not messages.Message]),
    }


def filled(text: str, parts: dict[str, str]) -> str:
    """Return text with every marked block replaced by its part; KeyError for a marker that has none."""
    return BLOCK.sub(lambda found: f"{found[1]}{parts[found['name']]}\n{found[3]}", text)


def main(arguments: list[str]) -> int:
    """Write or check the page; return 0, or 1 when it is out of date."""
    before = PAGE.read_text(encoding="utf-8")
    after = filled(before, blocks())
    if "--check" in arguments:
        if before != after:
            print("docs/architecture.md is not what the code says; run: make docs", file=sys.stderr)
        return int(before != after)
    PAGE.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Visit every state of a small world, once, and judge every step out of it."""

import gc
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from daemon.policy import core
from daemon.policy.events import Effect, Event
from daemon.policy.state import State
from tests.policy.smallworld.canon import Canon, key
from tests.policy.smallworld.claims import Seen, breach
from tests.policy.smallworld.lively import Lively, lively, on_foot, owes
from tests.policy.smallworld.onlooker import Look, Senses, offered, settle, watch
from tests.policy.smallworld.worlds import CONFIRM, FLAT, World

type Node = tuple[int, Look]


@dataclass
class Found:
    """What a walk through a world found."""

    states: int = 0  # of the core
    nodes: int = 0  # with what an onlooker knows
    steps: int = 0
    seconds: float = 0.0
    breach: str | None = None
    path: list[str] = field(default_factory=list)
    closed: bool = False
    seen: set[str] = field(default_factory=set)
    lively: Lively = Lively()


@dataclass
class Walk:
    """A walk under way."""

    world: World
    most: int
    found: Found = field(default_factory=Found)

    def __post_init__(self) -> None:
        self.canon = Canon(self.world.rules, self.world.period)
        self.ids: dict[tuple[Any, ...], int] = {}
        self.parents: dict[Node, tuple[Node | None, str]] = {}
        self.todo: deque[tuple[State, Node]] = deque()
        self.flat: dict[int, tuple[int, bool]] = {}
        self.confirmed: dict[int, tuple[int, bool]] = {}
        self.owed: set[int] = set()

    def meet(self, state: State, look: Look, parent: Node | None, name: str) -> int:
        """Take a state in its normal form; return its number."""
        number = self.ids.setdefault(key(state), len(self.ids))
        node = (number, look)
        if node not in self.parents:
            self.parents[node] = (parent, name)
            self.todo.append((state, node))
            if owes(state):
                self.owed.add(number)
        return number

    def go(self) -> Found:
        """Visit everything, or until the first breach or the most nodes."""
        began = time.perf_counter()
        gc.disable()  # nothing here is a cycle, and looking for one takes a third of the time
        self.meet(self.canon(self.world.first()), Look(Senses(up=True, still=0, unsure=0)), None, "start")
        while self.todo and self.found.breach is None and len(self.parents) < self.most:
            state, node = self.todo.popleft()
            for name, event in self.world.happens(state):
                self._take(state, node, name, event)
                if self.found.breach is not None:
                    break
        gc.enable()
        found = self.found
        if not self.todo:
            found.lively = lively(on_foot(self.flat, self.confirmed), self.owed if self.world.live else set())
            if found.lively.never is not None:
                first = next(node for node in self.parents if node[0] == found.lively.never)
                found.breach, found.path = "inv_28: a flat walk without a nudge", self.path(first)
        found.states, found.nodes, found.closed = len(self.ids), len(self.parents), not self.todo
        found.seconds = time.perf_counter() - began
        return found

    def _take(self, state: State, node: Node, name: str, event: Event) -> None:
        number, was = node
        after, effects = core.step(state, event)
        look = watch(was, state, event, after)
        self.found.steps += 1
        wrong = breach(Seen(state, event, after, effects, was, look))
        if wrong is not None:
            self.found.breach, self.found.path = wrong, [*self.path(node), name]
            return
        self.note(after, effects)
        if after is state and look == was:
            return
        to = self.meet(self.canon(after), settle(look, after, effects), node, name)
        if name in (FLAT, CONFIRM):
            edges = self.flat if name == FLAT else self.confirmed
            edges[number] = (to, offered(effects, "nudge") is not None)

    def note(self, after: State, effects: tuple[Effect, ...]) -> None:
        """Remember what was seen at all: without it, a claim could hold because nothing ever happens."""
        seen = self.found.seen
        seen.update(type(effect).__name__ for effect in effects)
        if after.prompt is not None:
            seen.add(after.prompt.kind.name)
        if after.card is not None:
            seen.add("card")
        if after.raising is not None:
            seen.add(f"raise {after.raising.stage.value}")

    def path(self, node: Node) -> list[str]:
        """Return what led there."""
        names: list[str] = []
        at: Node | None = node
        while at is not None:
            parent, name = self.parents[at]
            names.append(name)
            at = parent
        return names[::-1]


def visit(world: World, most: int = 10**9) -> Found:
    """Visit every state of a world; stop at the first breach, or after `most` nodes."""
    return Walk(world, most).go()

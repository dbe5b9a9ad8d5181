"""States that have equal futures become equal: every time as what is left of it, or as an age clipped at its bound.

A state's normal form is itself a state, at the fixed moment NOW: times shifted, those that can matter no more clipped,
numbers of prompts and effects renamed, and sums that decide nothing dropped. test_canon.py shows by long walks that a
state and its normal form do the same for every event; a field that no table names fails a test.
"""

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Any

from daemon.policy import rules as r
from daemon.policy import switching
from daemon.policy.catalogue import PLACEMENT
from daemon.policy.rules import Rules
from daemon.policy.session import Session, Totals
from daemon.policy.state import Card, Floor, Gauge, Lease, Nudged, Prompt, Raise, State, Stop, Timing
from drivers.contract import Machine

NOW = 1_000_000
OLD, PROMPT, RAISE, STOP, TIMING, NEXT = range(6)
"""The numbers of a normal form: one long gone, the prompt's, and those of the effects that are awaited."""

type Norm = Callable[[Any, int], Any]
"""Takes a value that is not None and the moment of its state; returns what stands for it at NOW."""


def keep(value: Any, _at: int) -> Any:
    """Keep what is no time."""
    return value


def const(what: Any) -> Norm:
    """Drop what decides nothing."""
    return lambda value, at: what


def named(number: int) -> Norm:
    """Rename a number."""
    return lambda value, at: number


def age(bound: int) -> Norm:
    """Keep how long ago it was, up to bound: beyond, it is as if it were just beyond."""
    return lambda value, at: NOW + max(value - at, -bound)


def until(value: int, at: int) -> int:
    """Keep how long it lasts yet; what is over is over."""
    return NOW + max(value - at, 0)


def most(bound: int) -> Norm:
    """Keep a count up to bound."""
    return lambda value, at: min(value, bound)


def part(kind: type, table: dict[str, Norm]) -> Norm:
    """Normalise a part by its own table."""
    getters = [(attrgetter(f.name), table[f.name]) for f in fields(kind)]

    @cache
    def norm(value: Any, at: int) -> Any:
        old = [(get(value), rule) for get, rule in getters]
        return kind(*[None if item is None else rule(item, at) for item, rule in old])

    return norm


TICK_MORE = 1
"""One ms beyond a bound that is itself still inside."""


def tables(rules: Rules, period: int) -> dict[type, dict[str, Norm]]:
    """Return for each type what becomes of each of its fields; period: after how many cards their turns repeat."""
    stale = max(r.FRESH_MS, r.FRESH_TO_COMMAND_MS) + TICK_MORE
    lease = r.LEASE_MS + TICK_MORE
    gauge = {"value": keep, "at": age(max(stale, r.GAP_MS + stale))}
    raised = max(r.UNEXPECTED_MS, r.SOON_MS) + TICK_MORE
    long = max(r.EVEN_MS, switching.TWENTY_MIN, switching.TEN_MIN)
    never = const(what=False)
    cards = not rules.items_off >= PLACEMENT.keys()
    suggests = rules.suggestions_a_session > 0
    return {
        Gauge: gauge,
        Machine: {**{f.name: keep for f in fields(Machine)}, "at": const(NOW)},
        Prompt: {
            **{f.name: keep for f in fields(Prompt)},
            "id": const(PROMPT), "since": age(lease), "until": until,
        },
        Lease: {"screen": keep, "at": age(lease), "good": age(lease)},
        Raise: {
            "stage": keep, "goal": keep, "asked_by_member": keep, "since": age(r.OUTCOME_MS), "effect": named(RAISE),
            "start": keep, "step": keep, "sent": age(max(r.ARRIVAL_MS, rules.step_spacing_ms)),
        },
        Stop: {"stage": keep, "since": age(r.OUTCOME_MS), "effect": named(STOP)},
        Timing: {"stage": keep, "since": age(r.OUTCOME_MS), "effect": const(TIMING)},
        Floor: {"at": age(r.FLOOR_MS + TICK_MORE), "waiting": keep, "free": keep},
        Card: {"item": keep, "rule": keep, "since": age(r.CARD_MS)},
        Nudged: {
            "prompt": keep, "since": age(r.ACCEPTED_WITHIN_MS), "shown": keep, "watched": keep, "otherwise": keep,
        },
        Totals: {
            **dict.fromkeys(("pause", "eligible", "flat", "unknown", "gap", "distance"), const(0)),
            "belt": most(max(rules.warm_up_ms, r.OPENING_MS, long * suggests)),
        },
        Session: {
            "id": const("small-0"), "started": const(0), "last": const(0), "min_incline": keep, "opened": keep,
            "elapsed": keep, "stopped_since": age(rules.max_pause_ms + r.GAP_MS + TICK_MORE), "nudges": keep,
            "nudged_at": age(rules.nudge_spacing_ms), "unseen": keep, "declines": most(r.DECLINES_A_SESSION),
            "quiet_until": until, "left_alone": keep, "enforce_over": keep, "raising_over": keep, "risen": keep,
            "raised_at": age(raised), "used": keep, "limit_at": keep, "calm_since": age(r.CALM_MS), "warned": keep,
            "grace_since": age(rules.limit_grace_ms), "over": keep, "extended": keep, "lifted": keep,
            "long_noted": keep, "stop_over": keep, "passed": most(2 if suggests else 0), "suggested": keep,
            "suggest_quiet_until": until, "suggest_over": keep, "totals": keep,
        },
        State: {
            "origin": keep, "rules": keep, "at": const(NOW), "rules_next": keep, "next_id": const(NEXT), "link": keep,
            "hold_until": until, "slot_free_since": age(r.SLOT_FREE_MS), "machine": keep, "speed": keep,
            "incline": keep, "distance": const(None), "elapsed": const(None), "remaining": keep, "training": keep,
            "sample_at": age(r.GAP_MS + TICK_MORE), "elapsed_fell": keep, "unproved": keep, "way": const(0),
            "equal_inclines": most(r.REST_SAMPLES), "speeds": keep, "speed_ref": keep,
            "changed_at": age(max(rules.quiet_ms, r.IDLE_MS)), "safety_out": keep,
            "key_at": age(2 * r.KEY_LATE_MS + TICK_MORE), "halted_at": age(r.KEY_LATE_MS + TICK_MORE), "control": keep,
            "flat_since": age(rules.nudge_after_ms), "spell": age(r.ACCEPTED_WITHIN_MS), "session": keep,
            "opening": const(()), "prompt": keep, "nudged": keep, "lease": keep, "raising": keep, "stopping": keep,
            "timing": keep, "timed": keep,
            "timer_over": keep, "remaking": keep, "peak": keep, "evening": keep, "floor": keep,
            "waiting_since": age(r.WAITING_MS + TICK_MORE),
            "message_at": age(max(switching.SOON_MS, r.MESSAGE_SPACING_MS)) if suggests else const(None),
            "even_since": age(r.EVEN_MS) if suggests else const(None),
            "even_speed": keep if suggests else const(0),
            "turns": lambda value, at: value % period, "card": keep,
            "ended_at": age(r.CARDS_AFTER_MS) if cards else const(None),
            "trainer": keep if cards else never,
        },
    }  # fmt: skip


PARTS = {
    "machine": Machine, "prompt": Prompt, "lease": Lease, "raising": Raise, "stopping": Stop, "timing": Timing,
    "floor": Floor, "card": Card,
}  # fmt: skip


class Canon:
    """Makes normal forms of the states of one world."""

    def __init__(self, rules: Rules, period: int = 1) -> None:
        self.tables = tables(rules, period)
        self.rules = rules
        parts = {name: part(kind, self.tables[kind]) for name, kind in PARTS.items()}
        mine = {**self.tables[State], **parts}
        self._state = [(name, rule) for name, rule in mine.items() if rule is not keep]
        self._session = [(name, rule) for name, rule in self.tables[Session].items() if rule is not keep]
        self._nudged = part(Nudged, self.tables[Nudged])
        self._totals = part(Totals, self.tables[Totals])

    def replace(self, field: str, rule: Norm) -> None:
        """Put another rule in the place of a field's, to see that it matters."""
        self._state = [(name, rule if name == field else old) for name, old in self._state]

    def __call__(self, state: State) -> State:
        """Return the normal form of state."""
        at, old = state.at, vars(state)
        new = dict(old)
        for name, rule in self._state:
            value = old[name]
            if value is not None:
                new[name] = rule(value, at)
        if state.session is not None:
            new["session"] = self._of_session(state.session, at)
        if state.nudged is not None:
            mine = state.prompt is not None and state.prompt.id == state.nudged.prompt
            nudged = self._nudged(state.nudged, at)
            new["nudged"] = Nudged(PROMPT if mine else OLD, *[getattr(nudged, f.name) for f in fields(Nudged)[1:]])
        self._gauges(state, new)
        made = object.__new__(State)
        vars(made).update(new)
        return made

    def _gauges(self, state: State, new: dict[str, Any]) -> None:
        """Ages from now and from the last sample both count: the time since then is judged by what was known then."""
        at, sample, stale = state.at, state.sample_at, r.FRESH_MS + TICK_MORE
        base, seen = (at, NOW) if sample is None else (sample, new["sample_at"])
        for name in ("speed", "incline"):
            gauge: Gauge | None = getattr(state, name)
            if gauge is not None:
                new[name] = Gauge(gauge.value, seen + max(gauge.at - base, -stale))
        if state.remaining is not None:
            new["remaining"] = Gauge(state.remaining.value, NOW)
        oldest = max(r.STEADY_MS, r.IDLE_MS)
        new["speeds"] = tuple(Gauge(g.value, NOW + max(g.at - at, -oldest)) for g in state.speeds)

    def _of_session(self, session: Session, at: int) -> Session:
        old = vars(session)
        new = dict(old)
        for name, rule in self._session:
            value = old[name]
            if value is not None:
                new[name] = rule(value, at)
        new["totals"] = self._totals(session.totals, at)
        whole = max(0, self.rules.limit_ms + session.extended - r.SHORTEST_LIMIT_MS, self.rules.long_stay_ms)
        new["used"] = min(session.used, whole)
        if session.limit_at is not None:
            new["limit_at"] = new["used"] + max(0, session.limit_at - session.used)
        made = object.__new__(Session)
        vars(made).update(new)
        return made


def key(state: State) -> tuple[Any, ...]:
    """Return what tells two normal forms apart, quick to hash."""
    new = dict(vars(state))
    session = new["session"]
    if session is not None:
        new["session"] = tuple(vars(session).values())
    return tuple(new.values())

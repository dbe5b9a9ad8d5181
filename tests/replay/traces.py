"""Traces of played evenings, and recordings of walks, for the tests of this folder."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from daemon.policy.rules import Mode, Rules
from daemon.trace.file import Step, Trace, written
from tests.policy.plays import SHORT, Play, act_out

RULES: dict[str, Any] = {**SHORT, "nudge_after_ms": 120_000}


def trace_of(play: Play, why: str = "asked") -> Trace:
    """Return what the daemon would have written of a play."""
    return Trace("0.1.0", why, play.steps[0].before, tuple(Step(one.event, one.effects) for one in play.steps))


def evening(mode: Mode, acts: list[tuple[int, str]], seconds: int = 300, *, eager: bool = False, **rules: Any) -> Trace:
    """Return the trace of an evening on a flat belt."""
    return trace_of(act_out(Play(Rules(mode=mode, **{**RULES, **rules}), eager=eager), acts, seconds))


def saved(trace: Trace, path: Path) -> Path:
    """Write a trace to path."""
    path.write_text("".join(written(trace)), encoding="utf-8")
    return path


def recorded(path: Path, walk: Sequence[tuple[int, int, int]]) -> Path:
    """Write the recording of a walk: each (seconds, speed in 0.01 km/h, incline in 0.1 %), a record a second."""
    lines = [
        '{"inclined": 1, "spec": "computed:walk"}',
        '{"t": 0, "do": "open", "channels": ["2acc", "2acd", "2ad3", "2ad5", "2ad9"]}',
        '{"t": 10, "do": "read", "ch": "2acc", "data": "0c16000003000000"}',
        '{"t": 20, "do": "read", "ch": "2ad5", "data": "000096000500"}',
        '{"t": 30, "do": "subscribe", "ch": "2ad9"}',
        '{"t": 40, "do": "subscribe", "ch": "2ad3"}',
        '{"t": 50, "do": "read", "ch": "2ad3", "data": "010d"}',
        '{"t": 60, "do": "subscribe", "ch": "2acd"}',
    ]
    at = 1_000
    for seconds, speed, incline in walk:
        data = (
            b"\x08\x00" + speed.to_bytes(2, "little") + incline.to_bytes(2, "little", signed=True) + b"\xff\x7f"
        ).hex()
        for _ in range(seconds):
            lines.append(f'{{"t": {at}, "do": "heard", "ch": "2acd", "data": "{data}"}}')
            at += 1_000
    lines += [f'{{"t": {at}, "do": "lost", "reason": "switched off"}}', f'{{"t": {at}, "do": "close"}}']
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path

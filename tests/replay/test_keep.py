"""What is remembered is bounded and always a whole trace; what is kept is written beside the loop, and is enough."""

import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest

from daemon.policy.events import Event, Happened, LinkDown, Tick
from daemon.policy.rules import Mode, Rules
from daemon.replay.changes import Changes
from daemon.replay.compare import of_trace
from daemon.replay.run import Screen
from daemon.trace import keep, ring
from daemon.trace.file import Trace, head, lines_of, parse
from daemon.trace.keep import AFTER_MS, MOST, SPACING_MS, Tracer, traces, write
from daemon.trace.ring import Ring
from tests.policy.plays import SHORT, Play, Step, act_out

WHEN = datetime(2026, 6, 1, tzinfo=UTC)
LONG = act_out(Play(Rules(mode=Mode.ENFORCE, **SHORT)), [(700, "incline key down"), (1_100, "cancel")], 1_200).steps
LOWERED = act_out(Play(Rules(mode=Mode.ENFORCE, **SHORT)), [(120, "incline key down")], 200).steps


def in_ring(steps: list[Step]) -> Trace:
    kept = Ring()
    for one in steps:
        kept.take(one.before, one.event, one.effects)
    return of(kept)


def of(kept: Ring) -> Trace:
    found = kept.kept()
    assert found is not None
    state, pieces = found
    lines = lines_of(b"".join(pieces).decode())
    return parse([head(state, "0.1.0", "test") + "\n", *lines])


def test_the_last_quarter_of_an_hour_is_remembered_and_is_a_trace_of_its_own() -> None:
    trace = in_ring(LONG)
    span = LONG[-1].after.at - trace.steps[0].event.at
    assert ring.KEPT_MS <= span <= ring.KEPT_MS + ring.PIECE_MS + 1_000
    assert [step.event for step in trace.steps] == [one.event for one in LONG[-len(trace.steps) :]]
    assert of_trace(trace, Changes({}), Screen.RECORDED).difference is None


def test_it_is_bounded_by_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ring, "MOST_STEPS", 500)
    monkeypatch.setattr(ring, "PIECE_STEPS", 50)
    trace = in_ring(LONG)
    assert 400 <= len(trace.steps) <= 500
    assert of_trace(trace, Changes({}), Screen.RECORDED).difference is None


def test_it_is_bounded_by_bytes_whatever_a_machine_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ring, "MOST_BYTES", 50_000)
    monkeypatch.setattr(ring, "PIECE_BYTES", 5_000)
    kept, state = Ring(), LONG[0].before
    for at in range(300):
        kept.take(state, LinkDown(at, "x" * 1_000), ())
        assert kept.size <= 50_000
    assert kept.size > 40_000
    assert kept.steps == len(of(kept).steps)


class Fed:
    """A tracer, and the files that it left."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tracer = Tracer(folder, lambda: WHEN, "0.1.0")

    def feed(self, steps: list[Step]) -> None:
        for one in steps:
            self.tracer.took(one.before, one.event, one.effects)

    def left(self) -> list[str]:
        self.tracer.close()
        return [path.name for path in traces(self.folder)]


@pytest.fixture
def fed(tmp_path: Path) -> Fed:
    return Fed(tmp_path / "traces")


def surprised_at() -> int:
    return next(n for n, one in enumerate(LOWERED) if keep.surprise(one.effects))


def test_a_surprise_is_kept_with_what_came_of_it(fed: Fed) -> None:
    fed.feed(LOWERED)
    assert fed.left() == ["trace-000001-lowered_after.jsonl"]
    trace = parse(lines_of((fed.folder / "trace-000001-lowered_after.jsonl").read_text()))
    surprise = LOWERED[surprised_at()].after.at
    assert (trace.why, trace.when, trace.software) == ("lowered_after", WHEN, "0.1.0")
    assert AFTER_MS <= trace.steps[-1].event.at - surprise <= AFTER_MS + 1_000
    assert of_trace(trace, Changes({}), Screen.RECORDED).difference is None


def test_nothing_is_written_while_nothing_surprises(fed: Fed) -> None:
    fed.feed(LONG[:400])
    assert fed.left() == []


def test_what_is_still_waited_for_is_kept_at_the_end(fed: Fed) -> None:
    fed.feed(LOWERED[: surprised_at() + 1])
    assert fed.left() == ["trace-000001-lowered_after.jsonl"]


def test_staff_get_it_at_once(fed: Fed) -> None:
    fed.feed(LOWERED[:20])
    fed.tracer.ask()
    assert fed.left() == ["trace-000001-asked.jsonl"]


def test_a_tracer_that_heard_nothing_has_nothing_to_keep(fed: Fed) -> None:
    fed.tracer.ask()
    assert fed.left() == []


@pytest.mark.parametrize("result", ["unknown", "refused", "not_reached", "lowered_after", "halted_after"])
def test_each_of_these_surprises(result: str) -> None:
    assert keep.surprise((Happened(1, "command", (("what", "raise"), ("result", result))),)) == result


@pytest.mark.parametrize("result", ["done", "cancelled", "member", "screen", "withdrawn"])
def test_these_do_not(result: str) -> None:
    assert keep.surprise((Happened(1, "command", (("what", "raise"), ("result", result))),)) is None


def test_a_machine_that_surprises_all_day_is_kept_now_and_then(fed: Fed) -> None:
    state, odd = LONG[0].before, (Happened(1, "command", (("what", "raise"), ("result", "unknown"))),)
    for at in range(0, 4 * SPACING_MS, 5_000):
        fed.tracer.took(state, Tick(at), odd)
    assert len(fed.left()) == 5  # one after each pause, and what was still waited for


def test_the_oldest_goes(tmp_path: Path) -> None:
    for _ in range(MOST + 3):
        assert write(tmp_path, LONG[0].before, [], "0.1.0", "asked", None) is not None
    names = [path.name for path in traces(tmp_path)]
    assert names[0] == "trace-000004-asked.jsonl"
    assert (len(names), names[-1]) == (MOST, f"trace-{MOST + 3:06d}-asked.jsonl")


def test_a_folder_that_cannot_be_is_told_and_nothing_else_happens(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "traces").write_text("no folder")
    fed = Fed(tmp_path / "traces")
    with caplog.at_level(logging.WARNING):
        fed.feed(LOWERED)
        fed.tracer.close()
    assert len(caplog.messages) == 1
    assert "cannot be kept: " in caplog.messages[0]


def test_text_that_no_file_can_hold_costs_the_trace_and_not_the_daemon(
    fed: Fed, caplog: pytest.LogCaptureFixture
) -> None:
    fed.feed(LOWERED[:20])
    bad: Event = LinkDown(30_000, "\udc80")
    fed.tracer.took(LOWERED[20].before, bad, ())
    assert "cannot be written down" in caplog.text
    fed.feed(LOWERED[20:25])
    fed.tracer.ask()
    (name,) = fed.left()
    assert len(parse(lines_of((fed.folder / name).read_text())).steps) == 5

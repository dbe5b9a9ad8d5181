"""What staff may do for a member's time, and what is refused."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from daemon.main import main
from daemon.policy.events import Event, Extended, Happened, Lifted, WaitingTold
from daemon.policy.rules import Mode
from daemon.policy.state import Link
from daemon.rearm import NAME, rearmed, request
from daemon.refusal import Refusal
from daemon.snapshot import Feed, Phase, Snapshot
from daemon.staff import Staff
from tests.store.world import HandClock


@dataclass
class Desk:
    """Staff's hands at one machine."""

    session: str | None = "run-1"
    done: list[Event] = field(default_factory=list)
    told: list[Happened] = field(default_factory=list)

    @property
    def staff(self) -> Staff:
        seen = Snapshot(1, 1, Link.UP, Phase.RUNNING, Mode.NUDGE, session=self.session)
        return Staff(Feed(seen), HandClock(at=9), self.done.append, self.told.append)


def test_more_time_is_audited_and_done() -> None:
    desk = Desk()
    desk.staff.extend(10, "kim", "intervals")
    assert desk.done == [Extended(9, "run-1", 600_000)]
    assert dict(desk.told[0].data) == {"what": "extend", "by": "kim", "reason": "intervals", "minutes": 10}


def test_lifted_and_waiting() -> None:
    desk = Desk()
    desk.staff.lift("kim", "rehab", "run-1")
    desk.staff.waiting("kim", on=True)
    assert desk.done == [Lifted(9, "run-1"), WaitingTold(9, waiting=True)]


@pytest.mark.parametrize(
    ("session", "minutes", "reason", "wanted", "words"),
    [
        ("run-1", 7, "x", None, ["minutes"]),
        ("run-1", 10, "", None, ["reason"]),
        ("run-1", 10, "x" * 121, None, ["reason"]),
        ("run-1", 10, "a\\nb", None, []),
        (None, 10, "x", None, ["nobody"]),
        ("run-2", 10, "x", "run-1", ["ended"]),
        (None, 7, " ", None, ["minutes", "reason", "nobody"]),
    ],
)
def test_what_is_refused(session: str | None, minutes: int, reason: str, wanted: str | None, words: list[str]) -> None:
    desk = Desk(session)
    if not words:
        desk.staff.extend(minutes, "kim", reason, wanted)
        return
    with pytest.raises(Refusal) as refused:
        desk.staff.extend(minutes, "kim", reason, wanted)
    assert desk.done == []
    assert desk.told == []
    assert len(refused.value.reasons) == len(words)
    assert all(word in why for word, why in zip(words, refused.value.reasons, strict=True))


def test_the_word_to_rearm_is_taken_once(tmp_path: Path) -> None:
    assert rearmed(tmp_path) is None
    request(tmp_path, "Kim")
    assert rearmed(tmp_path) == "staff at the machine (Kim)"
    assert rearmed(tmp_path) is None


def test_a_link_is_no_word(tmp_path: Path) -> None:
    (tmp_path / "else").write_text("Kim")
    (tmp_path / NAME).symlink_to(tmp_path / "else")
    assert rearmed(tmp_path) is None


def test_the_command(tmp_path: Path, checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (checkout / "deploy" / "inclined.example.toml").read_text()
    file = tmp_path / "x.toml"
    file.write_text(f'{text}\n[store]\npath = "{tmp_path}/inclined.db"\n')
    assert main(["rearm", "--config", str(file), "--who", "Kim"]) == 0
    assert rearmed(tmp_path) == "staff at the machine (Kim)"
    assert "journal" in capsys.readouterr().out
    assert main(["rearm", "--config", str(tmp_path / "none.toml")]) == 1

"""SIGKILL at random moments: nothing that was confirmed is lost, and the accounts stay in step with one another."""

import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from threading import Timer

ROOT = Path(__file__).parents[2]
ROUNDS = 20


def run_and_kill(path: Path, after_s: float, *words: str) -> list[list[str]]:
    """Let the process run for after_s from its first word, kill it, and return what it said in whole lines."""
    command = [sys.executable, "-m", "tests.store.killed", str(path), *words]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline()]
        timer = Timer(after_s, process.send_signal, [signal.SIGKILL])
        timer.start()
        said += process.stdout.readlines()
        timer.join()
    assert process.returncode == -signal.SIGKILL, said[-3:]
    return [line.split() for line in said if line.endswith("\n")]


def last(said: list[list[str]], word: str) -> int:
    return max((int(line[1]) for line in said if line[0] == word), default=0)


def test_kill_loses_nothing_confirmed(tmp_path: Path) -> None:
    path = tmp_path / "inclined.db"
    chance = random.Random(20)
    told: dict[int, str] = {}
    for _ in range(ROUNDS):
        said = run_and_kill(path, chance.uniform(0.0, 0.5))
        for line in (line for line in said if line[0] == "event"):
            assert told.setdefault(int(line[1]), line[2]) == line[2], "a number was given to two events"
        with closing(sqlite3.connect(path)) as db:
            (belt,) = db.execute("SELECT belt FROM session ORDER BY n DESC LIMIT 1").fetchone()
            assert last(said, "safe") <= belt <= last(said, "spent") + 1000
            kept = dict(db.execute("SELECT seq, id FROM outbox"))
            assert {seq: kept.get(seq) for seq in told} == told
            assert sorted(kept) == list(range(1, len(kept) + 1))
            of_sessions, of_slices, of_tally = (
                db.execute(f"SELECT total({column}) FROM {table}").fetchone()[0]
                for column, table in (("belt", "session"), ("belt", "slice"), ("n * (name = 'belt')", "tally"))
            )
            assert of_sessions == of_slices == of_tally
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert len(told) > ROUNDS


def test_kill_loses_at_most_five_seconds_of_accounting(tmp_path: Path) -> None:
    path = tmp_path / "inclined.db"
    said = run_and_kill(path, 9.7, "quiet")
    with closing(sqlite3.connect(path)) as db:
        (belt,) = db.execute("SELECT belt FROM session").fetchone()
    assert last(said, "spent") > 9_000
    assert belt > last(said, "spent") - 5_000

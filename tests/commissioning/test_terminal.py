"""The wizard at a terminal: what is printed, and what is typed, wrongly too."""

import asyncio
from pathlib import Path

import pytest

from daemon.commissioning.talk import Ended, Terminal
from daemon.settings import load
from tests.commissioning.hands import DAY, FILE, Hands, work
from tests.conformance.bench import PATIENT
from tests.conformance.rows import FTMS

ANSWERS = {"From now on [observe]: ": ["turbo", "assist"], "Is that so?": ["perhaps", "y"], "Write": ["y"]}


class Typist:
    """Types an answer to what is asked, and nothing where it has none: then the input ends."""

    def __init__(self, answers: dict[str, list[str]]) -> None:
        self.answers = {prompt: list(each) for prompt, each in answers.items()}
        self.lines: asyncio.Queue[str | None] = asyncio.Queue()
        self.seen: list[str] = []

    def ask(self, prompt: str) -> None:
        self.seen.append(prompt)
        given = next((each for start, each in self.answers.items() if prompt.startswith(start)), [""])
        self.lines.put_nowait(f"{given.pop(0)}\n" if given else None)


async def at_it(tmp_path: Path, answers: dict[str, list[str]], label: Path | None = None) -> tuple[Typist, Path]:
    async with FTMS.make(tmp_path, PATIENT) as bench:
        task, hands, typist = work(tmp_path, bench), Hands(bench), Typist(answers)
        terminal = Terminal(typist.lines, typist.seen.append, typist.ask, label)
        running = asyncio.ensure_future(task.run(terminal))
        async with asyncio.timeout(60):
            while not running.done():
                line = terminal.leads
                if line is not None and line.step is not None and (text := hands.act(line.step, line)) is not None:
                    typist.lines.put_nowait(f" {text} \n")
                await bench.goes_on()
        await running
        return typist, task.path


async def test_a_machine_is_proved_at_a_terminal(tmp_path: Path) -> None:
    typist, path = await at_it(tmp_path, ANSWERS, tmp_path / "label.svg")
    said = "\n".join(typist.seen)
    for text in (
        "Step 1 of 4: Is it this one?",
        "It is this one: its incline key was heard.",
        "it tells: 0.0 km/h, 0.0 %",
        "Type: nobody is on it",
        "Proved: it rose by one step when asked, and its own keys won.",
        "turbo: it may be observe, nudge, assist, enforce",
        '  +mode = "assist"  # for now',
        "gym/t07",
    ):
        assert text in said
    assert load(path).proved.incline == DAY.date()
    assert "<svg" in (tmp_path / "label.svg").read_text()


@pytest.mark.parametrize("ends", ["Is that so?", "Do it now?", "From now on", "Write"])
async def test_an_input_that_ends_writes_nothing(tmp_path: Path, ends: str) -> None:
    with pytest.raises(Ended):
        await at_it(tmp_path, {**ANSWERS, ends: []} if ends != "From now on" else {"From now on [observe]: ": []})
    assert (tmp_path / "inclined.toml").read_text() == FILE


async def test_x_ends_a_step_and_sends_nothing(tmp_path: Path) -> None:
    async with FTMS.make(tmp_path, PATIENT) as bench:
        task, typist = work(tmp_path, bench), Typist({"Once more?": ["n"]})
        terminal = Terminal(typist.lines, typist.seen.append, typist.ask)
        running = asyncio.ensure_future(task.run(terminal))
        while terminal.leads is None:
            await bench.goes_on()
        typist.lines.put_nowait("x\n")
        with pytest.raises(Exception, match="not known to be this treadmill"):
            await running
        assert bench.wire() == []
    assert "  You ended this step." in typist.seen

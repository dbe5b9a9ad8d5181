"""`inclined` finds a command, runs it, and tells what went wrong in one line."""

import argparse
import pkgutil
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from types import ModuleType

import pytest

from daemon import commands
from daemon.exits import Subparsers
from daemon.main import COMMANDS, main
from drivers.contract import LinkLost

LINES = {"walk": "take a walk", "broken": "cannot even be imported"}
type Ends = Callable[[argparse.Namespace], int]
type Walk = Callable[[Ends], None]


@pytest.fixture
def walk(monkeypatch: pytest.MonkeyPatch) -> Walk:
    """Make `inclined walk [--far]` end as it is told; `inclined broken` has no module."""

    def ends(how: Ends) -> None:
        module = ModuleType("daemon.commands.walk")
        vars(module).update(add=add, run=how)
        monkeypatch.setitem(sys.modules, module.__name__, module)

    return ends


def add(subparsers: Subparsers) -> None:
    """Add the command `walk`."""
    subparsers.add_parser("walk", epilog="example: inclined walk --far").add_argument("--far", action="store_true")


def raising(error: BaseException) -> Ends:
    """Return an end that raises."""

    def run(_: argparse.Namespace) -> int:
        raise error

    return run


def test_a_command_gets_its_arguments_and_gives_the_status(walk: Walk) -> None:
    walk(lambda args: 0 if args.far else 1)
    assert main(["walk", "--far"], LINES) == 0
    assert main(["walk"], LINES) == 1


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (LinkLost("the treadmill went away; switch it on"), 1, "inclined: the treadmill went away; switch it on\n"),
        (FileNotFoundError(2, "No such file", "a.toml"), 1, "inclined: a.toml: No such file\n"),
        (OSError("two\nlines"), 1, "inclined: two lines\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_an_error_is_one_line(
    walk: Walk, capsys: pytest.CaptureFixture[str], error: BaseException, status: int, line: str
) -> None:
    walk(raising(error))
    assert main(["walk"], LINES) == status
    assert capsys.readouterr() == ("", line)


def test_a_mistake_of_ours_keeps_its_traceback(walk: Walk) -> None:
    walk(raising(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        main(["walk"], LINES)


@pytest.mark.parametrize("arguments", [["fly"], ["walk", "--fast"], ["--fast"]])
def test_a_wrong_word_is_one_line(walk: Walk, capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    walk(lambda _: 0)
    with pytest.raises(SystemExit) as stopped:
        main(arguments, LINES)
    out, err = capsys.readouterr()
    assert (stopped.value.code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("inclined")


def test_no_command_is_a_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], LINES) == 2
    assert capsys.readouterr() == ("", "inclined: no command; see inclined --help\n")


def test_help_lists_commands_without_importing_them(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--help"], LINES)
    assert stopped.value.code == 0
    out = capsys.readouterr().out
    assert [line for line in LINES.values() if line not in out] == []


def test_version_is_the_distributions(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"], LINES) == 0
    assert capsys.readouterr().out == f"{version('inclined')}\n"


def test_every_module_of_commands_is_listed() -> None:
    modules = {module.name for module in pkgutil.iter_modules(commands.__path__)}
    assert set(COMMANDS) == modules


def test_every_command_helps_with_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS:
        with pytest.raises(SystemExit) as stopped:
            main([name, "--help"])
        assert stopped.value.code == 0
        assert f"inclined {name}" in capsys.readouterr().out.partition("xample")[2], f"{name} has no example"


def test_a_reader_that_leaves_is_no_error() -> None:
    script = (
        "import sys, types; from daemon.main import main\n"
        "def run(args):\n  for n in range(100_000): print(n)\n  return 0\n"
        "module = types.ModuleType('daemon.commands.count')\n"
        "module.add, module.run = lambda subparsers: subparsers.add_parser('count'), run\n"
        "sys.modules[module.__name__] = module\n"
        "sys.exit(main(['count'], {'count': 'count'}))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as counting:
        assert counting.stdout is not None
        assert counting.stderr is not None
        assert counting.stdout.readline() == "0\n"
        counting.stdout.close()
        assert counting.stderr.read() == ""
        assert counting.wait(30) == 1

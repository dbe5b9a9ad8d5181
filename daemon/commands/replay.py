"""`inclined replay`: what the policy did on a belt, and what it would have done with other settings."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from daemon.exits import FAILED, USAGE, Subparsers, complain
from daemon.policy import fresh_state
from daemon.policy.events import Event
from daemon.policy.rules import Mode, Rules
from daemon.policy.state import State
from daemon.replay.baseline import Baseline, NoBaseline, baseline
from daemon.replay.changes import ChangeError, Changes, changes
from daemon.replay.compare import Comparison, of_events, of_trace
from daemon.replay.page import page
from daemon.replay.recording import heard, ticked
from daemon.replay.run import Screen
from daemon.replay.text import About, differs, report
from daemon.settings import SettingsError, load
from daemon.trace.file import MARK, Trace, TraceError, begins_with, lines_of, parse
from drivers.contract import Unsupported

EXAMPLE = """\
examples:
  inclined replay /var/lib/inclined/traces/trace-000003-lowered_after.jsonl
  inclined replay walk.jsonl --set mode=nudge --set nudge_after=60 --html walk.html
  inclined replay --baseline monday.jsonl tuesday.jsonl

exit status: 0, 1 a file cannot be read or a trace does not do again what it did, 2 a wrong key or value
"""
FEW = 5
RECORDING = "inclined"
"""The key in the first line of what `inclined record` writes."""


def add(subparsers: Subparsers) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "replay",
        help="show what the policy did, and what it would have done with other settings",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a trace, or what `inclined record` wrote")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="a setting as in inclined.toml, or mode=MODE"
    )
    about = "who is at the screen; default: as in the trace, and for a recording ignore"
    parser.add_argument("--screen", choices=[one.value for one in Screen][1:], help=about)
    parser.add_argument("--config", type=Path, metavar="FILE", help="whose settings a recording begins with")
    parser.add_argument("--html", type=Path, metavar="OUT", help="also write one page with a plot")
    parser.add_argument("--baseline", action="store_true", help="count the flat spells that end by themselves")


def run(args: argparse.Namespace) -> int:
    """Print the report, or the baseline of all files."""
    try:
        wanted = changes(args.set)
        rules = Rules() if args.config is None else load(args.config).rules
    except ChangeError as error:
        return complain(str(error), USAGE)
    except SettingsError as error:
        for mistake in error.mistakes:
            complain(mistake, USAGE)
        return USAGE
    if len(args.files) > 1 and not args.baseline:
        return complain("one FILE is replayed at a time; several are read with --baseline", USAGE)
    if args.baseline and "mode" in wanted.values:
        return complain("--set mode: a baseline is of belts in observe, whatever else is set", USAGE)
    if args.baseline and (args.html or args.screen):
        return complain(
            "--baseline looks at belts where nobody was asked: --html and --screen do not go with it", USAGE
        )
    try:
        return _baseline(args.files, wanted, rules) if args.baseline else _replay(args, wanted, rules)
    except (TraceError, Unsupported) as error:
        return complain(str(error), FAILED)


def _replay(args: argparse.Namespace, wanted: Changes, rules: Rules) -> int:
    path, screen = args.files[0], Screen(args.screen or Screen.RECORDED.value)
    trace = read(path)
    if trace is None:
        comparison = of_events(ticked(heard(path)), rules, wanted, screen)
        about = About(path.name, facts(comparison, rules, wanted, screen))
    else:
        comparison = of_trace(trace, wanted, screen)
        told = (*written(trace), *facts(comparison, trace.state.rules, wanted, screen))
        about = About(path.name, told, differs(comparison.difference, comparison.since))
    for line in report(about, comparison):
        print(line)
    if args.html is not None:
        args.html.write_text(page(about, comparison), encoding="utf-8")
    return 0 if comparison.difference is None else FAILED


def read(path: Path) -> Trace | None:
    """Return the trace that a file holds, or None for a recording. TraceError names the file, and what is wrong."""
    try:
        lines = lines_of(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        lines = []
    if not lines or not begins_with(lines[0], MARK, RECORDING):
        raise TraceError(f"{path}: neither a trace of inclined nor what `inclined record` wrote")
    try:
        return parse(lines) if begins_with(lines[0], MARK) else None
    except TraceError as error:
        raise TraceError(f"{path}: {error}") from None


def written(trace: Trace) -> list[str]:
    """Return why and when a trace was written, and by what."""
    when = f" at {trace.when:%Y-%m-%d %H:%M:%S %Z}" if trace.when else ""
    cut = ["The file was cut off: its last step is left out."] if trace.torn else []
    return [f"Written by inclined {trace.software}{when}: {trace.why.replace('_', ' ')}.", *cut]


def facts(comparison: Comparison, rules: Rules, wanted: Changes, screen: Screen) -> tuple[str, ...]:
    """Return what is replayed, and what is changed."""
    length = (comparison.until - comparison.since) // 1000
    told = [f"{length // 60}:{length % 60:02d} min, {comparison.steps} events, mode {rules.mode.name.lower()}."]
    if wanted:
        told.append(f"Changed: {'; '.join(wanted.told(rules))}.")
    if screen is not Screen.RECORDED:
        told.append(f"Screen: {screen.value}.")
    return tuple(told)


def _baseline(files: Sequence[Path], wanted: Changes, rules: Rules) -> int:
    total = Baseline()
    for path in files:
        state, events = watched(path, wanted, rules)
        try:
            one = baseline(state, events)
        except NoBaseline as error:
            return complain(f"{path}: {error}; a baseline needs belts where nobody was asked", FAILED)
        print(f"{path}: {spells(one)}")
        total += one
    if len(files) > 1:
        print(f"all: {spells(total)}")
    if total.spells < FEW:
        print(f"Too few to say: fewer than {FEW} flat spells count.")
    return 0


def watched(path: Path, wanted: Changes, rules: Rules) -> tuple[State, list[Event]]:
    """Return a state to begin with and the events of a file; of a recording, as `observe` sees it."""
    trace = read(path)
    if trace is not None:
        return wanted.state(trace.state), [step.event for step in trace.steps]
    return fresh_state("replay", wanted.rules(replace(rules, mode=Mode.OBSERVE)), 0), list(ticked(heard(path)))


def spells(one: Baseline) -> str:
    """Return a baseline in one line."""
    share = "" if one.share is None else f" ({one.share:.0%})"
    return f"{one.ended} of {one.spells} flat spells ended by themselves within 60 s{share}; {one.left_out} left out"

"""`inclined commission`: leads staff through proving one treadmill, at a terminal of its own computer."""

import argparse
import asyncio
from datetime import datetime
from difflib import unified_diff
from pathlib import Path

from daemon.claim import Claimed
from daemon.clock import system_clock
from daemon.commands.run import claimed, driver_of
from daemon.commissioning.course import NEEDED, STEPS, Findings, settings_for
from daemon.commissioning.label import Label
from daemon.commissioning.line import Line
from daemon.commissioning.record import RAISING, recorded
from daemon.commissioning.steps import Ending, Step
from daemon.commissioning.talk import Ended, Talk, at_terminal
from daemon.exits import FAILED, USAGE, Subparsers, complain
from daemon.settings import DEFAULT, Settings, SettingsError, load, loads
from daemon.settings.write import kept_name, write
from drivers.contract import Unsupported

EXAMPLE = """\
example:
  sudo systemctl stop inclined
  sudo inclined commission
  sudo systemctl start inclined

Each step can be done again; nothing is written before the last yes. docs/commissioning.md has it with pictures.
"""
BEFORE = """\
Take half an hour when nobody waits. One of you stands at the red stop all the time; nobody stands on the belt.
Nothing here starts, stops or speeds up the belt: you do, by the treadmill's own keys. One thing is asked of it, in
the last step: to raise its deck by one step. Ctrl-C ends all of it; nothing is sent then, and nothing written."""
MODES = ("observe", "nudge", "assist", "enforce")


def add(subparsers: Subparsers) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "commission",
        help="prove one treadmill, step by step, with its belt empty",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", type=Path, default=DEFAULT, metavar="FILE", help="default: %(default)s")
    parser.add_argument("--step", choices=list(STEPS), action="append", help="only this one; may be given again")
    parser.add_argument("--label", type=Path, metavar="FILE", help="also write the treadmill's label there, as SVG")


def run(args: argparse.Namespace) -> int:
    """Lead through the steps, show what will be written, and write it; 1 when that does not come about."""
    try:
        settings = load(args.config)
    except OSError as error:
        return complain(f"{args.config}: {error.strerror}; make it first: sudo inclined setup", FAILED)
    except SettingsError as error:
        for mistake in error.mistakes:
            complain(mistake, USAGE)
        return USAGE
    try:
        with claimed(settings.machine.driver):
            return asyncio.run(commission(args, settings))
    except Claimed as error:
        return complain(f"{error} The service: sudo systemctl stop inclined", FAILED)
    except (Ended, KeyboardInterrupt):
        print()
        return complain("ended before the last question; nothing was written", FAILED)


async def commission(args: argparse.Namespace, settings: Settings) -> int:
    """Lead through the steps that were asked for, and write what they found."""
    talk = at_terminal()
    talk.say(BEFORE)
    findings = Findings()
    names = [name for name in STEPS if not args.step or name in args.step or name in NEEDED]
    line: Line | None = None
    reached: Settings | None = None
    try:
        for number, name in enumerate(names, 1):
            wanted = settings_for(name, settings, findings)
            if line is None or wanted != reached:
                if line is not None:
                    await line.close()
                now = system_clock().now
                line, reached = Line(driver_of(wanted, now), now, talk.renew), wanted
            ended = await done(talk, line, name, wanted, f"Step {number} of {len(names)}")
            if ended is None and name in NEEDED:
                return complain("nothing was written: it is not known to be this treadmill", FAILED)
            findings = findings if ended is None else findings.after(ended)
    except Unsupported as error:
        return complain(str(error), FAILED)
    finally:
        if line is not None:
            await line.close()
    return await keep(args, settings, talk, findings)


async def done(talk: Talk, line: Line, name: str, settings: Settings, place: str) -> Step | None:
    """Do one step until it is done; None where staff passed over it."""
    while True:
        step = STEPS[name](settings)
        talk.say(f"\n{place}: {step.title}")
        if name not in NEEDED and not await talk.sure("Do it now? [Y/n] ", default=True):
            return None
        ended = await talk.lead(line, step)
        if ended.ended is Ending.DONE:
            return ended
        if not await talk.sure("Again? [y/N] "):
            return None


async def keep(args: argparse.Namespace, settings: Settings, talk: Talk, findings: Findings) -> int:
    """Show the configuration as it will be, and write it after a yes; then the label."""
    before = args.config.read_text(encoding="utf-8")
    mode = await chosen(talk, settings, raises=findings.raised or settings.proved.incline is not None)
    text = recorded(before, findings, mode, datetime.now().astimezone().date())
    talk.say(f"\n{args.config}:")
    changes = list(unified_diff(before.splitlines(), text.splitlines(), lineterm="", n=0))[2:]
    talk.say("\n".join(f"  {each}" for each in changes if not each.startswith("@@")) or "  nothing changes")
    try:
        loads(text.encode(), args.config)
    except SettingsError as error:
        for mistake in error.mistakes:
            complain(mistake, FAILED)
        return complain("nothing was written", FAILED)
    if not await talk.sure("Write it? [y/N] "):
        return complain("nothing was written", FAILED)
    try:
        kept = kept_name(args.config, datetime.now().astimezone())
        write(args.config, text, kept)
        talk.say(f"{args.config} is written; the one before is {kept}.")
        machine = settings.machine
        label = Label(machine.site, machine.machine, machine.name)
        talk.say(f"\n{label.terminal()}\n{label.text}")
        if args.label:
            write(args.label, label.svg())
            talk.say(f"The label, to be printed: {args.label}")
    except OSError as error:
        return complain(f"{error.filename}: cannot be written: {error.strerror}", FAILED)
    talk.say("Next: sudo systemctl start inclined")
    return 0


async def chosen(talk: Talk, settings: Settings, *, raises: bool) -> str:
    """Return the mode that staff choose among those that this machine may have."""
    may = [mode for mode in MODES if raises or mode not in RAISING]
    default = settings.machine.mode if settings.machine.mode in may else "nudge"
    while True:
        given = await talk.line(f"\nHow far may it go from now on: {', '.join(may)}? [{default}] ")
        if (given or default) in may:
            return given or default
        talk.say(f"  It may be {', '.join(may)}." + ("" if raises else " The others need one step up that was proved."))

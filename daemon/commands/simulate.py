"""`inclined simulate`: a treadmill on the air or on a serial line; a member presses its keys on this terminal."""

import argparse
import asyncio
import contextlib
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from drivers.simulated.csafe.profile import PROFILES as CONSOLES
from drivers.simulated.csafe.profile import Profile as Kind
from drivers.simulated.ftms import FtmsServer
from drivers.simulated.profile import PROFILES, Profile
from drivers.simulated.trackmaster.profile import PROFILES as FAMILY
from drivers.simulated.trackmaster.profile import Profile as Model

if TYPE_CHECKING:  # bumble is an extra: the command says so instead of failing at import
    from bumble.transport.common import Transport

    from drivers.simulated.csafe.serial import SerialConsole
    from drivers.simulated.panel import Switchable
    from drivers.simulated.peripheral import Peripheral
    from drivers.simulated.trackmaster.serial import SerialTrackmaster
    from drivers.simulated.uart import SerialTreadmill

FAILED: Final = 1
USAGE: Final = 2
SPEEDS: Final = {"csafe": 9_600, "trackmaster": 4_800, "woodway": 4_800}
EXAMPLE: Final = """examples:
  inclined simulate ftms --transport usb:0                a treadmill on this computer's Bluetooth dongle
  inclined simulate ftms --radio unix:/tmp/hci.sock       a controller for the Bluetooth stack behind that socket
  inclined simulate ftms-uart                             a treadmill on a serial line, a pseudo terminal
  inclined simulate ftms-uart --link /tmp/treadmill       the same, under a name that stays
  inclined simulate csafe --profile matrix                a console with a CSAFE port, on a pseudo terminal
  inclined simulate trackmaster --link /tmp/mill          a Trackmaster's serial port; likewise woodway
  inclined simulate ftms --profile list                   the kinds of treadmill
Then type keys: start, +speed, -speed, +incline, -incline, pause, stop, safety_out, safety_in, programme, cool-down.
"""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "simulate",
        help="a simulated treadmill",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("machine", choices=("ftms", "ftms-uart", "csafe", *FAMILY), help="what it speaks")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--radio", metavar="SPEC", help="be the controller of a host at this HCI byte stream")
    where.add_argument("--transport", metavar="SPEC", help="use the real controller at this HCI transport")
    parser.add_argument("--profile", metavar="NAME", help="kind of treadmill; `list` shows them, the default first")
    parser.add_argument("--address", default="F0:F1:F2:F3:F4:F5", help="Bluetooth address (default %(default)s)")
    parser.add_argument("--name", default="Sim Treadmill", help="advertised name (default %(default)s)")
    parser.add_argument("--speed", type=bits, help="bits a second of the line (default: the protocol's own)")
    parser.add_argument("--link", type=Path, metavar="PATH", help="symbolic link that always leads to the line's port")
    parser.add_argument("--control", metavar="PATH", help="unix socket that takes requests, JSON, one a line")


def bits(text: str) -> int:
    """Return bits a second, one at least; ValueError otherwise."""
    if (speed := int(text)) < 1:
        raise ValueError(text)
    return speed


def run(args: argparse.Namespace) -> int:
    """Run until interrupted, or until the radio is gone; return 0, 1 when it failed, 2 for wrong arguments."""
    profiles = profiles_of(args.machine)
    args.profile = args.profile or next(iter(profiles))
    args.speed = args.speed or SPEEDS.get(args.machine, 115_200)
    if args.profile == "list":
        for name, profile in profiles.items():
            print(f"{name:18} {profile.about}")
        return 0
    if args.profile not in profiles:
        return complain(f"no profile {args.profile!r}; `--profile list` shows them", USAGE)
    if args.machine != "ftms":
        return asyncio.run(on_a_line(args))
    if not (args.radio or args.transport):
        return complain("say where its radio is: --radio SPEC or --transport SPEC; see --help", USAGE)
    if find_spec("bumble") is None:
        return complain("the simulated radio is an extra; install it with: pip install 'inclined[simulate]'", FAILED)
    return asyncio.run(simulate(args))


def profiles_of(machine: str) -> Mapping[str, Profile | Kind | Model]:
    """Return the kinds of machine that speak this, the default first."""
    if machine in FAMILY:
        return FAMILY[machine]
    return CONSOLES if machine == "csafe" else PROFILES


def complain(sentence: str, code: int) -> int:
    """Say on stderr, in one line, what is wrong."""
    print(f"inclined simulate: {' '.join(sentence.split())}", file=sys.stderr)
    return code


async def simulate(args: argparse.Namespace) -> int:
    """Put the treadmill on the air and serve it; return the exit code."""
    from bumble.core import BaseBumbleError
    from bumble.transport import open_transport

    spec = args.radio or args.transport
    try:
        async with await open_transport(spec) as transport:
            gone = transport.source.terminated
            peripheral = build(args, transport)
            await peripheral.power_on()
            return await serve(args, peripheral, gone, f"{args.name} at {args.address}")
    except (OSError, ValueError, BaseBumbleError) as error:
        return complain(
            f"{spec}: {str(error) or type(error).__name__}; check the radio, the address and the paths", FAILED
        )


def server_of(args: argparse.Namespace) -> FtmsServer:
    """Return the machine behind radio or line; it tells on stdout what happens."""
    server = FtmsServer(profile=PROFILES[args.profile], at=now())
    server.tell = teller(server.at)
    return server


def teller(start: int) -> Callable[[int, str], None]:
    """Return what tells on stdout, with the seconds since start."""
    return lambda at, text: print(f"{(at - start) / 1_000:8.2f} s  {text}", flush=True)


def build(args: argparse.Namespace, transport: "Transport") -> "Peripheral":
    """Return the treadmill, off, with its radio at this transport."""
    from drivers.simulated import radio
    from drivers.simulated.peripheral import Peripheral

    own: radio.Radio
    if args.radio:
        on = radio.air()
        radio.host_side(on, transport)
        own = radio.VirtualRadio(on)
    else:
        own = radio.RealRadio(transport)
    return Peripheral(server_of(args), own, now=now, address=args.address, name=args.name)


async def on_a_line(args: argparse.Namespace) -> int:
    """Put the treadmill on a pseudo terminal and serve it; return the exit code."""
    machine = line_of(args)
    try:
        await machine.power_on()
        units = {"trackmaster": f"&units={'kmh' if args.profile == 'kmh' else 'mph'}"}.get(args.machine, "")
        where = f'driver = "{args.machine}:{machine.line.name}?speed={args.speed}{units}"'
        return await serve(args, machine, asyncio.get_running_loop().create_future(), where)
    except OSError as error:
        return complain(f"{error}; check the paths", FAILED)
    finally:
        machine.line.unplug()


def line_of(args: argparse.Namespace) -> "SerialTreadmill | SerialConsole | SerialTrackmaster":
    """Return the treadmill on its line, unplugged."""
    if args.machine in FAMILY:
        from drivers.simulated.trackmaster.console import Console as Family
        from drivers.simulated.trackmaster.serial import SerialTrackmaster

        member = Family(FAMILY[args.machine][args.profile], at=now())
        member.tell = teller(member.at)
        return SerialTrackmaster(member, now=now, speed=args.speed, link=args.link)
    if args.machine == "csafe":
        from drivers.simulated.csafe.console import Console
        from drivers.simulated.csafe.serial import SerialConsole

        console = Console(CONSOLES[args.profile], at=now())
        console.tell = teller(console.at)
        return SerialConsole(console, now=now, speed=args.speed, link=args.link)
    from drivers.simulated.uart import SerialTreadmill

    return SerialTreadmill(server_of(args), now=now, speed=args.speed, link=args.link)


def now() -> int:
    """Return ms of the monotonic clock."""
    return time.monotonic_ns() // 1_000_000


async def serve(args: argparse.Namespace, machine: "Switchable", gone: asyncio.Future[None], where: str) -> int:
    """Take keys and requests until a signal, or until what it speaks through is gone."""
    from drivers.simulated import panel

    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    read_keys(loop, machine)
    async with contextlib.AsyncExitStack() as stack:
        if args.control:
            await stack.enter_async_context(await panel.serve(args.control, machine))
        print(f"ready: {where}, profile {args.profile}", flush=True)
        stopping = asyncio.create_task(stopped.wait())
        await asyncio.wait((stopping, gone), return_when=asyncio.FIRST_COMPLETED)
        if not stopping.done():
            stopping.cancel()
            return complain("the other end of the radio is gone", FAILED)
    await machine.power_off()
    return 0


def read_keys(loop: asyncio.AbstractEventLoop, machine: "Switchable") -> None:
    """Press what is typed; a thread, since a terminal, a pipe and a file all read alike only so."""
    from drivers.simulated import panel

    def press(word: str) -> None:
        machine.catch_up()
        try:
            machine.server.press(panel.key_of(word))
        except panel.PanelError as error:
            complain(str(error), USAGE)

    def read(press: Callable[[str], None]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to press
            for line in sys.stdin:
                if line.strip():
                    loop.call_soon_threadsafe(press, line)

    threading.Thread(target=read, args=(press,), name="keys", daemon=True).start()


def main() -> int:
    """Run this command alone: python -m daemon.commands.simulate ftms ..."""
    parser = argparse.ArgumentParser(prog="inclined")
    add(parser.add_subparsers(required=True))
    return run(parser.parse_args(["simulate", *sys.argv[1:]]))


if __name__ == "__main__":
    sys.exit(main())

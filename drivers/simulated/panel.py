"""The simulated machine's panel: keys typed as words, and a control socket that speaks JSON, one object a line.

A request has `op`: key {key}, off {radio_only}, on, hangup, set {v: {speed, incline, profile}}, status, and on a serial
line fault {kind, frames}. The answer has `ok`, and `error` when that is false. With radio_only the machine goes on, out
of reach: its radio is carried away, or its line unplugged.
"""

import asyncio
import json
from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from drivers.simulated.build import Key
from drivers.simulated.ftms import FtmsServer
from drivers.simulated.profile import PROFILES
from drivers.simulated.treadmill import Treadmill

WORDS = {
    **{key.value: key for key in Key},
    "+speed": Key.SPEED_UP,
    "-speed": Key.SPEED_DOWN,
    "+incline": Key.INCLINE_UP,
    "-incline": Key.INCLINE_DOWN,
    "safety": Key.SAFETY_OUT,
    "cool-down": Key.COOL_DOWN,
}


class Sent(Protocol):
    """Something that the machine was sent."""

    @property
    def data(self) -> bytes: ...


class Server(Protocol):
    """The machine itself, whatever it speaks."""

    @property
    def treadmill(self) -> Treadmill: ...

    @property
    def connected(self) -> bool: ...

    @property
    def controlled(self) -> bool: ...

    @property
    def writes(self) -> Sequence[Sent]: ...

    def press(self, key: Key) -> bool: ...


class Switchable(Protocol):
    """A machine that can be switched off and on, whatever it speaks through."""

    @property
    def server(self) -> Server: ...

    async def power_on(self) -> None: ...

    async def power_off(self) -> None: ...

    async def walk_away(self) -> None: ...

    async def hang_up(self) -> None: ...

    def catch_up(self) -> None: ...


@runtime_checkable
class Faulty(Protocol):
    """A machine whose line can be disturbed."""

    def fault(self, kind: str, frames: int) -> None: ...


class PanelError(ValueError):
    """A word or a request that makes no sense; says which are known."""


def key_of(word: str) -> Key:
    """Return the key of a typed word."""
    try:
        return WORDS[word.strip().lower()]
    except KeyError:
        raise PanelError(f"no key {word.strip()!r}; there are {', '.join(WORDS)}") from None


async def answer(line: bytes, machine: Switchable) -> bytes:
    """Do what a request line says and return its answer line."""
    try:
        request = json.loads(line)
        if not isinstance(request, dict):
            raise PanelError("a request is a JSON object with `op`")
        said = {"ok": True} | await do(request, machine)
    except ValueError as wrong:  # what json, the profile table and the treadmill raise too
        said = {"ok": False, "error": str(wrong)}
    return json.dumps(said).encode() + b"\n"


async def do(request: dict[str, Any], machine: Switchable) -> dict[str, Any]:
    """Do one request; ValueError says what is wrong with it."""
    server = machine.server
    machine.catch_up()
    match request:
        case {"op": "key", "key": str(word)}:
            return {"done": server.press(key_of(word))}
        case {"op": "off"}:
            await (machine.walk_away() if request.get("radio_only") else machine.power_off())
        case {"op": "on"}:
            await machine.power_on()
        case {"op": "hangup"}:
            await machine.hang_up()
        case {"op": "set", "v": dict(values)}:
            place(server, values)
        case {"op": "fault", "kind": str(kind)} if isinstance(machine, Faulty):
            machine.fault(kind, int(request.get("frames", 1)))
        case {"op": "status"}:
            return status(server)
        case _:
            raise PanelError(f"no such request: {request}; `op` is key, off, on, hangup, set, fault or status")
    return {}


def place(server: Server, values: dict[str, Any]) -> None:
    """Set the scene: speed in 0.01 km/h, incline in 0.1 %, a profile's name."""
    unknown = set(values) - {"speed", "incline", "profile"}
    numbers = {name: values[name] for name in ("speed", "incline") if name in values}
    if unknown or not all(type(number) is int for number in numbers.values()):
        raise PanelError("`v` takes speed (0.01 km/h) and incline (0.1 %), whole numbers, and profile")
    if "profile" in values:
        if not isinstance(server, FtmsServer):
            raise PanelError("this machine's profile is chosen when it starts, by --profile")
        if values["profile"] not in PROFILES:
            raise PanelError(f"no profile {values['profile']!r}; there are {', '.join(PROFILES)}")
        server.profile = PROFILES[values["profile"]]
    server.treadmill.place(**numbers)


def status(server: Server) -> dict[str, Any]:
    """Return what the machine does now, and every write that it got, in hex."""
    mill = server.treadmill
    return {
        "belt": mill.belt.value,
        "speed": mill.speed,
        "incline": mill.incline,
        "speed_target": mill.speed_target,
        "incline_target": mill.incline_target,
        "elapsed_s": mill.elapsed_ms // 1_000,
        "distance_m": mill.distance,
        "connected": server.connected,
        "controlled": server.controlled,
        "writes": [written.data.hex() for written in server.writes],
    }


async def serve(path: str, machine: Switchable) -> asyncio.Server:
    """Listen on a unix socket for requests; OSError when that cannot be."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async for line in reader:
                writer.write(await answer(line, machine))
                await writer.drain()
        except ConnectionError:
            pass  # whoever asked is gone
        finally:
            writer.close()

    return await asyncio.start_unix_server(talk, path)

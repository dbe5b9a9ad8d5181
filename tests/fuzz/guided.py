"""A small fuzzer that is guided by the branches which an input takes, seen through sys.monitoring (PEP 669).

What reaches a branch that nothing before it reached is kept and changed further. It needs no compiler and no library:
atheris 3.1 would bring 37 MB and a libFuzzer, for x86-64 alone.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from types import CodeType

TOOL = sys.monitoring.OPTIMIZER_ID
DRIVERS = str(Path(__file__).parents[2] / "drivers")
LONGEST = 300
LIKELY = bytes.fromhex(
    "00 01 02 03 05 06 07 08 0a 0d 10 20 28 30 32 33 39 4a 4c 7f 80 81 a0 a4 a5 a8 b4 be bf c0 d0 d2 f0 f1 f2 f3 ff"
)

type Target = Callable[[bytes], None]


class Found(Exception):
    """An input on which a target raised; the note holds it in hex."""


@contextmanager
def branches() -> Iterator[set[tuple[CodeType, int, int]]]:
    """Collect the branches taken in drivers/ until the end of the block; each is told once."""
    seen: set[tuple[CodeType, int, int]] = set()

    def took(code: CodeType, offset: int, to: int) -> object:
        if not code.co_filename.startswith(DRIVERS):
            return sys.monitoring.DISABLE
        seen.add((code, offset, to))
        return None

    monitoring = sys.monitoring
    monitoring.use_tool_id(TOOL, "guided fuzzing")
    monitoring.register_callback(TOOL, monitoring.events.BRANCH, took)
    monitoring.set_events(TOOL, monitoring.events.BRANCH)
    try:
        yield seen
    finally:
        monitoring.set_events(TOOL, 0)
        monitoring.register_callback(TOOL, monitoring.events.BRANCH, None)
        monitoring.free_tool_id(TOOL)


def changed(data: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    """Return data with one to four small changes."""
    out = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randint(0, len(out))
        match chance.randrange(6):
            case 0 if out:
                out[at - 1] ^= 1 << chance.randrange(8)
            case 1 if out:
                out[at - 1] = chance.choice(LIKELY)
            case 2:
                out[at:at] = bytes([chance.choice(LIKELY)])
            case 3:
                del out[at : at + chance.randint(1, 4)]
            case 4:
                out[at:at] = out[: chance.randint(0, 12)]
            case _:
                out = out[:at] + chance.choice(others)[-chance.randint(1, 12) :]
    return bytes(out[:LONGEST])


def explore(target: Target, seeds: Sequence[bytes], seconds: float, chance: Random) -> list[bytes]:
    """Return the inputs, of seeds and offspring, that each reached something new; Found when one made it raise."""
    kept: list[bytes] = []
    known = 0
    with branches() as seen:
        until = time.monotonic() + seconds
        waiting = [b"", *seeds]
        while waiting or time.monotonic() < until:
            data = waiting.pop(0) if waiting else changed(chance.choice(kept), kept, chance)
            try:
                target(data)
            except Exception as error:  # whatever it is, the input is what is wanted
                raise Found(
                    f"{type(error).__name__} on {data.hex()}: put it into tests/corpus/, and mend it"
                ) from error
            if len(seen) > known or not kept:
                known = len(seen)
                kept.append(data)
    return kept

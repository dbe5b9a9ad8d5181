"""Visit the small worlds, then the large ones: `make world`; ARGS="assist stop" those whose name begins so only."""

import multiprocessing
import sys
import time

from tests.policy.smallworld.explore import Found, visit
from tests.policy.smallworld.scale import short_times
from tests.policy.smallworld.worlds import LARGE, WORLDS

ALL = WORLDS | LARGE
PROCESSES = 2


def one(name: str) -> tuple[str, Found]:
    """Visit one world in this process."""
    with short_times():
        return name, visit(ALL[name]())


def main(asked: list[str]) -> int:
    """Print a line for each world; 1 if a claim is broken somewhere."""
    names = [name for name in ALL if not asked or any(name.startswith(word) for word in asked)]
    began, states, steps, bad = time.perf_counter(), 0, 0, 0
    print(f"{'world':22}{'states':>10}{'with onlooker':>15}{'steps':>12}{'s':>8}  a nudge within")
    with multiprocessing.Pool(PROCESSES, maxtasksperchild=1) as pool:
        for name, found in pool.imap_unordered(one, names, chunksize=1):
            states, steps, bad = states + found.states, steps + found.steps, bad + (found.breach is not None)
            bound = f"{found.lively.bound} ticks, from {found.lively.states} states" if found.lively.states else "-"
            print(
                f"{name:22}{found.states:>10}{found.nodes:>15}{found.steps:>12}{found.seconds:>8.0f}  {bound}",
                flush=True,
            )
            if found.breach is not None:
                print(f"  BROKEN: {found.breach}\n  after: {', '.join(found.path)}", flush=True)
    print(f"{len(names)} worlds, {states} states, {steps} steps, {time.perf_counter() - began:.0f} s, {bad} broken")
    return 1 if bad or not names else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

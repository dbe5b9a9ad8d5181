"""Break the policy in every small way and see that the suite notices: `make mutants`; ARGS="guard core" for some files.

Each mutant runs in a forked process of its own, on modules imported anew. A survivor that explained.toml does not name
fails the run; so does one that it names and that is found by now.
"""

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import multiprocessing
import os
import signal
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import override

from tests.mutants import suite
from tests.mutants.mutate import Mutant, mutants
from tests.mutants.replay import Trace

HERE = Path(__file__).parent
POLICY = HERE.parents[1] / "daemon" / "policy"
FILES = (
    "guard", "lease", "core", "incline", "hearing", "prompts", "stopping", "workout", "limits", "switching", "accounts",
    "baseline", "turn",
)  # fmt: skip
"""What decides. The other modules of the policy hold data and the settings' text, and have tests of their own."""
EXPLAINED = HERE / "explained.toml"
SECONDS = 60
PROCESSES = 2
ANEW = ("daemon.policy", "tests.mutants.replay")
TRACES: list[Trace] = []


class Instead(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module from other source."""

    def __init__(self, name: str, source: str) -> None:
        self.name, self.source = name, source

    @override
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        return importlib.util.spec_from_loader(fullname, self) if fullname == self.name else None

    @override
    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.source, self.name, "exec"), vars(module))  # our own source, broken on purpose


def found(mutant: Mutant) -> bool:
    """Tell whether the suite notices; in a process of its own."""
    for name in [name for name in sys.modules if name.startswith(ANEW)]:
        del sys.modules[name]
    sys.meta_path.insert(0, Instead(f"daemon.policy.{mutant.file}", mutant.source))
    try:
        fresh = importlib.import_module("tests.mutants.replay")
        return any(fresh.differs(trace) is not None for trace in TRACES)
    except Exception:  # noqa: BLE001, whatever a mutant raises gives it away
        return True


def try_one(mutant: Mutant) -> tuple[Mutant, bool]:
    """Try a mutant in a forked process; one that never ends is found, too."""
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)  # a test's own timeout is not the child's
        signal.alarm(SECONDS)
        os._exit(0 if found(mutant) else 17)
    _, status = os.waitpid(child, 0)
    return mutant, not (os.WIFEXITED(status) and os.WEXITSTATUS(status) == 17)


def explained() -> dict[str, str]:
    """Return the survivors that are known, with the reason for each."""
    return {one["mutant"]: one["why"] for one in tomllib.loads(EXPLAINED.read_text())["survivor"]}


def main(asked: list[str]) -> int:
    """Print the survivors that nobody explained; 1 if there are any."""
    began = time.perf_counter()
    files = [name for name in FILES if not asked or name in asked]
    TRACES[:] = suite.traces()
    todo = [mutant for name in files for mutant in mutants(name, (POLICY / f"{name}.py").read_text())]
    print(f"{len(todo)} mutants, {len(TRACES)} traces of {sum(len(t.expected) for t in TRACES)} events", flush=True)
    alive: list[Mutant] = []
    with multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
        for count, (mutant, dead) in enumerate(pool.imap_unordered(try_one, todo, chunksize=4), 1):
            if not dead:
                alive.append(mutant)
                print(f"  alive: daemon/policy/{mutant.file}.py:{mutant.line}  {mutant.name}", flush=True)
            if count % 100 == 0:
                print(f"{count} tried, {len(alive)} alive, {time.perf_counter() - began:.0f} s", flush=True)
    known = explained()
    new = [mutant for mutant in alive if mutant.name not in known]
    names = {mutant.name for mutant in alive}
    gone = [name for name in known if name not in names and name.split(":")[0] in files]
    for mutant in sorted(new, key=lambda m: (m.file, m.line)):
        print(f"SURVIVES daemon/policy/{mutant.file}.py:{mutant.line}  {mutant.name}")
    for name in gone:
        print(f"FOUND BY NOW, take it out of {EXPLAINED.name}: {name}")
    counts = Counter(mutant.file for mutant in todo)
    left = Counter(mutant.file for mutant in alive)
    print(", ".join(f"{name} {counts[name] - left[name]}/{counts[name]}" for name in files))
    print(
        f"{len(todo)} mutants, {len(todo) - len(alive)} found, {len(alive) - len(new)} survivors explained, "
        f"{len(new)} not; {time.perf_counter() - began:.0f} s"
    )
    return 1 if new or gone else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Runs all checks side by side, each within the same limit; one that hangs or breaks is a finding itself."""

import time
from collections.abc import Callable, Mapping, Sequence
from threading import Thread

from daemon.doctor.finding import Finding, look

LIMIT_S = 8.0

type Check = Callable[[], Sequence[Finding]]


def examine(checks: Mapping[str, Check], limit_s: float = LIMIT_S) -> list[Finding]:
    """Return the findings of all checks, in the order of checks.

    A thread that hangs in the kernel, on a card that answers nothing say, is left behind: it holds up no other check
    and not the end of the program.
    """
    found: dict[str, Sequence[Finding]] = {}

    def work(name: str, check: Check) -> None:
        try:
            found[name] = check()
        except Exception as error:  # noqa: BLE001, one broken check must not hide what the others found
            found[name] = [look(name, f"this check broke off ({type(error).__name__}: {error})", "tell its makers")]

    threads = [Thread(target=work, args=each, name=f"doctor-{each[0]}", daemon=True) for each in checks.items()]
    for thread in threads:
        thread.start()
    end = time.monotonic() + limit_s
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    return [one for name in checks for one in found.get(name) or [_late(name, limit_s)]]


def _late(name: str, limit_s: float) -> Finding:
    return look(name, f"no answer within {limit_s:g} s", "try once more; if it stays, restart this computer")

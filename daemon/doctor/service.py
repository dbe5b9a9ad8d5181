"""The daemon and the screen's session: what systemd says of both, and what the daemon says of itself."""

import http.client
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from daemon.doctor.finding import Finding, bad, look, ok
from daemon.doctor.tool import pairs, told

DAEMON, KIOSK = "inclined.service", "inclined-kiosk.service"
HEALTH = "/api/v1/health"
HEALTH_S = 4.0
LARGEST = 100_000
OFTEN = 3
JOURNAL = "journalctl -u {unit} -n 50 says why"


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit as systemd has it; None where systemd cannot be asked."""

    loaded: bool
    state: str
    restarts: int = 0
    result: str = ""
    condition: bool = True
    """Its conditions held when it was last started; a screen that is not installed has none."""


@dataclass(frozen=True, slots=True)
class Health:
    """What the daemon's health route answered; wrong says why it could not be read."""

    checks: Mapping[str, str] | None = None
    wrong: str | None = None


def unit(name: str) -> Unit | None:
    """Return what systemd says of a unit; None where it cannot be asked."""
    return unit_of(
        told(
            "systemctl", "show", name, "-p", "LoadState,ActiveState,NRestarts,Result,ConditionResult,ConditionTimestamp"
        )
    )


def unit_of(shown: str | None) -> Unit | None:
    """Return the unit in the output of `systemctl show`."""
    said = pairs(shown)
    if "ActiveState" not in said:
        return None
    tried = said.get("ConditionTimestamp", "") != ""
    return Unit(
        said.get("LoadState") == "loaded",
        said["ActiveState"],
        int(said.get("NRestarts") or 0),
        said.get("Result", ""),
        said.get("ConditionResult") != "no" or not tried,
    )


def health(host: str, port: int) -> Health:
    """Return what the daemon answers at its health route."""
    door = http.client.HTTPConnection({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port, timeout=HEALTH_S)  # noqa: S104, asked, not served
    try:
        door.request("GET", HEALTH)
        answer = door.getresponse()
        body = answer.read(LARGEST)
    except (OSError, http.client.HTTPException) as error:
        return Health(None, f"nothing answers at {host} port {port} ({error})")
    finally:
        door.close()
    if answer.status in (401, 403):
        return Health(None, "its health needs a token here: [api] names another address than this computer")
    return health_of(body)


def health_of(body: bytes) -> Health:
    """Return the health in an answer."""
    try:
        checks = json.loads(body)["checks"]
        return Health({str(name): str(said) for name, said in checks.items()})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Health(None, "what answers there is not this daemon")


def judged(running: Unit | None, *, claimed: bool, answered: Health) -> Iterator[Finding]:
    """Yield what that means for the daemon; claimed: a process has this machine."""
    yield _running(running, claimed=claimed or answered.checks is not None)
    if answered.checks is None:
        if claimed or (running is not None and running.state == "active"):
            yield look("health", f"{answered.wrong}", JOURNAL.format(unit="inclined"))
        return
    wrong = {name: said for name, said in answered.checks.items() if said not in ("ok", "none configured")}
    for name, said in wrong.items():
        yield look(f"health {name}"[:20], said, "docs/staff.md tells what each part means")
    if not wrong:
        yield ok("health", f"all {len(answered.checks)} parts say ok")


def _running(running: Unit | None, *, claimed: bool) -> Finding:
    if running is None or not running.loaded:
        if claimed:
            return ok("daemon", "runs, and not as a service")
        return bad("daemon", "does not run, and there is no service", "install the package (docs/staff.md)")
    often = running.restarts >= OFTEN
    if running.state == "active" and not often:
        return ok("daemon", f"runs; {running.restarts} restarts")
    if running.state == "active":
        do = JOURNAL.format(unit="inclined")
        return look("daemon", f"runs, after {running.restarts} restarts by itself", do)
    why = f" ({running.result})" if running.result not in ("", "success") else ""
    do = "sudo systemctl enable --now inclined" if not why else JOURNAL.format(unit="inclined")
    return bad("daemon", f"does not run: {running.state}{why}", do)


def screen(kiosk: Unit | None) -> Iterator[Finding]:
    """Yield what that means for the screen."""
    if kiosk is None or not kiosk.loaded:
        yield ok("screen", "no screen's session is installed here")
    elif not kiosk.condition:
        yield ok("screen", "not started: no cage, no Chromium, or a desktop of its own")
    elif kiosk.state == "active" and kiosk.restarts < OFTEN:
        yield ok("screen", f"runs; {kiosk.restarts} restarts")
    elif kiosk.state == "active":
        yield look("screen", f"runs, after {kiosk.restarts} restarts", JOURNAL.format(unit="inclined-kiosk"))
    else:
        do = f"sudo systemctl restart inclined-kiosk; {JOURNAL.format(unit='inclined-kiosk')}"
        yield look("screen", f"does not run: {kiosk.state}, {kiosk.result}", do)

"""The broker, step by step: its name, its port, its certificate, and whether it lets us in.

We come under a client name of our own, say nothing and listen to nothing: the daemon's own connection is not disturbed.
"""

import asyncio
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from daemon.doctor.certificate import Dates, all_dates, dates
from daemon.doctor.finding import Finding, bad, look, ok
from daemon.mqtt.broker import LOST, Broker, knocked
from daemon.mqtt.faults import reason
from drivers.transports.aside import aside

STEP_S = 2.5
"""Longest wait of each of three steps, so that all stay within a check's limit."""
NO_RESOLVER = "no name server answered in time; check the network, or name the broker by its address in [mqtt] host"
SOON = timedelta(days=30)
RENEW = "make a new one (deploy/mosquitto/README.md), or check this computer's clock"
CLOCK = "check this computer's clock; the certificate may also be dated too late"
NAMES = {"broker": "the broker's certificate", "ca": "[mqtt] tls ca", "cert": "[mqtt] tls cert"}


@dataclass(frozen=True, slots=True)
class Reached:
    """How far we came; None: that far all was well, or there was no such step."""

    now: datetime
    place: str = ""
    unresolved: str | None = None
    unreached: str | None = None
    refused: str | None = None
    tls: bool = False
    papers: Mapping[str, Dates | None] = field(default_factory=dict)
    """The dates of certificates, by the keys of NAMES; None: the file cannot be read or holds none."""
    no_password: str | None = None
    """Why the password could not be had here."""


def seen(broker: Broker | None, no_password: str | None = None) -> Reached | None:
    """Return how far we came with this broker; None where there is none."""
    return None if broker is None else asyncio.run(_seen(broker, no_password))


async def _seen(broker: Broker, no_password: str | None) -> Reached:
    tls = broker.ca is not None
    found = Reached(datetime.now(UTC), broker.place, tls=tls, papers=_files(broker), no_password=no_password)
    try:  # aside: a resolver that hangs would hold up asyncio's own end, and that of the program
        await aside(partial(socket.getaddrinfo, broker.host, broker.port), lambda _: None, STEP_S)
    except TimeoutError:
        return replace(found, unresolved=NO_RESOLVER)
    except (OSError, UnicodeError) as error:
        return replace(found, unresolved=reason(error))
    try:
        async with asyncio.timeout(STEP_S):
            paper = await _shown(broker)
    except OSError as error:
        return replace(found, unreached=reason(error))
    if paper is not None:
        found = replace(found, papers={"broker": paper, **found.papers})
    try:
        await knocked(broker, STEP_S)
    except LOST as error:
        return replace(found, refused=reason(error))
    return found


async def _shown(broker: Broker) -> Dates | None:
    """Reach the port, and with TLS return the dates of what the broker shows, trusted or not; OSError: not reached."""
    if broker.ca is None:
        _, writer = await asyncio.open_connection(broker.host, broker.port)
        writer.close()
        return None
    look_only = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    look_only.check_hostname, look_only.verify_mode = False, ssl.CERT_NONE  # nothing is said over it
    try:
        _, writer = await asyncio.open_connection(broker.host, broker.port, ssl=look_only)
    except (ssl.SSLError, ConnectionResetError):
        return None  # it is there; the knock tells what is wrong
    der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    with suppress(ValueError):
        return dates(der) if der else None
    return None


def _files(broker: Broker) -> Mapping[str, Dates | None]:
    return {name: _first(path) for name, path in (("ca", broker.ca), ("cert", broker.cert)) if path is not None}


def _first(path: Path) -> Dates | None:
    """Return the dates of the certificate in path that ends first."""
    try:
        return min(all_dates(path.read_bytes()), key=lambda each: each.end, default=None)
    except (OSError, ValueError):
        return None


def judged(reached: Reached | None) -> Iterator[Finding]:
    """Yield what that means."""
    if reached is None:
        yield ok("broker", "none configured: this machine tells nobody")
        return
    yield _door(reached)
    for name, paper in reached.papers.items():
        yield _paper(NAMES[name], paper, reached.now)


def _door(reached: Reached) -> Finding:
    for wrong in (reached.unresolved, reached.unreached):
        if wrong is not None:
            says, _, do = wrong.partition("; ")
            return bad("broker", f"{reached.place}: {says}", do or "check [mqtt] host and port, and the network")
    if reached.refused is None:
        how = "by TLS" if reached.tls else "without TLS"
        return ok("broker", f"{reached.place} is reached {how} and lets us in")
    if reached.no_password is not None:
        return look("broker", f"{reached.place} is reached; it was not tried to get in", reached.no_password)
    says, _, do = reached.refused.partition("; ")
    return bad("broker", f"{reached.place}: {says}", do or "look into the broker's own log")


def _paper(name: str, paper: Dates | None, now: datetime) -> Finding:
    if paper is None:
        return look(
            "certificate", f"{name} cannot be read here", "run it with sudo; see that the file is a certificate"
        )
    until = f"{name} holds from {paper.start:%Y-%m-%d} to {paper.end:%Y-%m-%d}"
    if now > paper.end:
        return bad("certificate", f"{until}: it has expired", RENEW)
    if now < paper.start:
        return bad("certificate", f"{until}: it is not valid yet", CLOCK)
    if paper.end - now < SOON:
        return look("certificate", f"{until}: {(paper.end - now).days} days are left", RENEW)
    return ok("certificate", until)

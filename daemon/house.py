"""Puts one running daemon together: store, core, driver, broker, web server; each may fail without the others.

Only `daemon.commands.run` and the demo build one. It wires and watches; it decides nothing.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from importlib import metadata
from zoneinfo import ZoneInfo

from api.desk import Desk
from api.signins import SignIns
from daemon.board import Board
from daemon.clock import Clock
from daemon.content import texts
from daemon.kiosk import kiosk_key
from daemon.messages import Counters, Health
from daemon.mqtt import Broker, Ports, Publisher
from daemon.narrator import sentence
from daemon.notify import notify
from daemon.outbox import Outbox
from daemon.policy import fresh_state
from daemon.policy.events import Happened, Restored, Spent
from daemon.rulebook import NOTE, Rulebook
from daemon.runner import Runner
from daemon.settings import Settings
from daemon.store import Store, StoreError
from daemon.tokens import TokenBook, Tokens
from daemon.tokens.audit import turned
from daemon.web import API, SCREEN, Site, reading_open, serve_all, sites_of
from daemon.wire import Identity
from drivers.contract import Driver

log = logging.getLogger(__name__)

SAVE_S = 1.0
WATCH_S = 2.0


@dataclass
class House:
    """The parts of one daemon, made by `build` and brought to life by `live`."""

    settings: Settings
    clock: Clock
    store: Store
    outbox: Outbox
    rulebook: Rulebook
    runner: Runner
    identity: Identity
    board: Board
    publisher: Publisher | None
    console_key: str
    tokens: TokenBook
    sign_ins: SignIns
    store_fault: str | None = None
    site_faults: dict[str, str] = field(default_factory=dict)
    """What is wrong with the web servers, by their names in health."""
    listeners: list[Callable[[Happened], None]] = field(default_factory=list)

    def record(self, effect: Spent | Happened) -> None:
        """Keep what the core tells; nothing here waits."""
        if isinstance(effect, Spent):
            self.store.spend(effect)
            return
        self.store.happened(effect)
        self.outbox.append(effect)
        if effect.kind == "policy":
            self.rulebook.taken()
        if (words := sentence(effect)) is not None:
            log.info("%s", words)
        for listener in self.listeners:
            listener(effect)

    def faults(self) -> dict[str, str | None]:
        """Return what is wrong with each part, in one line, as far as the broker may be told."""
        store = self.store_fault or self.store.fault
        web, console = (self.site_faults.get(name) for name in (API, SCREEN))
        return {
            "treadmill": self.runner.fault,
            "store": store,
            "web": web,
            "console": console,
            "tokens": self.tokens.fault,
        }

    def health(self) -> Health:
        """Tell what is well and what is not, each in one line."""
        faults = self.faults()
        if self.publisher is not None:
            faults["broker"] = self.publisher.fault
        checks = {name: fault or "ok" for name, fault in faults.items()}
        return Health(status="degraded" if any(faults.values()) else "ok", checks=checks)


def identity_of(settings: Settings) -> Identity:
    """Return which machine the settings are for."""
    machine = settings.machine
    return Identity(
        site=machine.site,
        machine=machine.machine,
        name=machine.name,
        zone=machine.zone,
        driver=machine.driver,
        software=metadata.version("inclined"),
        units=machine.units,
    )


def build(settings: Settings, clock: Clock, driver: Driver) -> House:
    """Open the store and make the parts, in the running loop; StoreError when no store can be opened at all."""
    store, store_fault = open_store(settings, clock)
    outbox = Outbox(store, settings.machine.machine, clock)
    late: list[House] = []  # the core speaks to a house that is not built yet
    rulebook = Rulebook(
        settings.rules,
        store.recall(NOTE),
        lambda event: late[0].runner.submit(event),
        lambda saved: store.note(NOTE, saved),
        lambda happened: late[0].record(happened),
        clock,
        named=settings.named_rules,
    )
    state = fresh_state(store.origin, rulebook.rules, clock.now())
    runner = Runner(driver, state, clock, lambda effect: late[0].record(effect))
    identity = identity_of(settings)
    board = Board(runner.feed, clock)
    ports = Ports(
        identity,
        runner.feed,
        outbox,
        rulebook,
        clock,
        runner.submit,
        lambda: counters_of(store),
        show=board.show,
        identify=lambda: board.show(f"This is {identity.name} ({identity.machine})."),
        faults=lambda: late[0].faults(),
        committed=store.committed,
    )
    publisher = None if settings.mqtt is None else Publisher(broker_of(settings), ports)
    key = kiosk_key(settings.console.key_file)

    def tokens_turned(before: Tokens, after: Tokens) -> None:
        for told in turned(clock.now(), before, after):
            late[0].record(told)

    tokens = TokenBook(settings.tokens, clock.wall, tokens_turned)
    sign_ins = SignIns(lambda happened: late[0].record(happened))
    parts = (settings, clock, store, outbox, rulebook, runner, identity, board, publisher)
    house = House(*parts, key.text, tokens, sign_ins)
    house.store_fault = store_fault
    if key.fault is not None:
        house.site_faults[SCREEN] = key.fault
    late.append(house)
    restored = store.restored()
    if restored is not None:
        runner.submit(Restored(clock.now(), restored[0], same_boot=restored[1]))
    return house


async def counters_of(store: Store) -> Counters | None:
    """Return the store's sums, or None while it cannot be read: `store.fault` says why."""
    try:
        return await store.counters()
    except StoreError:
        return None


def open_store(settings: Settings, clock: Clock) -> tuple[Store, str | None]:
    """Return the store, or one in the run-time folder and why: a full or broken disk must not stop the daemon."""
    machine = settings.machine.machine
    try:
        return Store.open(settings.store.path, clock, machine), None
    except StoreError as error:
        fault = f"{error}. Until it is mended and the daemon started again, what is counted is lost at the next boot."
        log.error("%s", fault)  # noqa: TRY400, the reader needs the sentence, not our stack
    folder = settings.console.key_file.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{folder} cannot be made: {error.strerror}") from error
    return Store.open(folder / "inclined.db", clock, machine), fault


def broker_of(settings: Settings) -> Broker:
    """Return how to reach the broker."""
    mqtt = settings.mqtt
    assert mqtt is not None  # noqa: S101, for the types: asked only where there is one
    return Broker(
        host=mqtt.host,
        port=mqtt.port,
        username=mqtt.username,
        password_file=mqtt.password_file,
        keepalive=mqtt.keepalive,
        ca=mqtt.tls.ca if mqtt.tls else None,
        cert=mqtt.tls.cert if mqtt.tls else None,
        key=mqtt.tls.key if mqtt.tls else None,
    )


async def live(house: House, ready: Callable[[], object], sites: Sequence[Site] | None = None) -> None:
    """Keep the house alive until cancelled; then save what is open and say so. sites: what to serve, if not the usual.

    ready is called once every port is open or known to be taken.
    """
    served = sites_of(house.settings) if sites is None else sites
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(house.runner.run())
            tasks.create_task(_keep_saving(house))
            tasks.create_task(_watch(house))
            tasks.create_task(serve_all(served, desk_of(house), house.site_faults.__setitem__, ready))
            tasks.create_task(_guard(house))
            if house.publisher is not None:
                tasks.create_task(house.publisher.run())
    finally:
        notify("STOPPING=1")
        house.sign_ins.flush(house.clock.now(), all_=True)
        house.store.save(house.runner.state.session)
        house.store.close()


def desk_of(house: House) -> Desk:
    """Return what the web server is handed."""
    return Desk(
        identity=house.identity,
        clock=house.clock,
        feed=house.runner.feed,
        submit=house.runner.submit,
        history=house.store,
        rulebook=house.rulebook,
        health=house.health,
        texts=texts(house.settings.machine.language),
        notice=house.board.text,
        console_key=house.console_key,
        tokens=house.tokens,
        sign_ins=house.sign_ins,
        reading_open=reading_open(house.settings),
        fault=lambda: house.runner.fault,
        hosts=frozenset({house.settings.api.host, *house.settings.api.hosts}),
        time_zone=ZoneInfo(house.settings.machine.time_zone),
        px_per_mm=_number(house.settings.machine.screen_px_per_mm),
        heard=lambda: house.runner.state.sample_at,
    )


def _number(exact: Decimal | None) -> float | None:
    return None if exact is None else float(exact)


async def _guard(house: House) -> None:
    """Hear of tokens that come and go, and tell of sign-ins that were refused."""
    while True:
        await house.tokens.look()
        house.sign_ins.flush(house.clock.now())
        await asyncio.sleep(WATCH_S)


async def _keep_saving(house: House) -> None:
    while True:
        await asyncio.sleep(SAVE_S)
        house.store.save(house.runner.state.session)


async def _watch(house: House) -> None:
    """Feed systemd's watchdog as long as the loop that matters goes on."""
    while True:
        if house.runner.alive():
            notify("WATCHDOG=1")
        await asyncio.sleep(WATCH_S)

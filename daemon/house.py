"""Puts one running daemon together: store, core, driver, broker, web server; each may fail without the others.

Only `daemon.commands.run` and the demo build one. It wires and watches; it decides nothing.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from importlib import metadata
from zoneinfo import ZoneInfo

from api.desk import Desk
from api.signins import SignIns
from daemon.board import Board
from daemon.clock import Clock
from daemon.content import LANGUAGES, ClubWords, read_club
from daemon.demotion import NOTE as SURPRISES
from daemon.demotion import Surprise, kept, surprise, verdict
from daemon.demotion import read as read_surprises
from daemon.hours import told
from daemon.kiosk import kiosk_key
from daemon.messages import Counters, Health, SettingsChanged
from daemon.mqtt import Broker, Ports, Publisher
from daemon.narrator import sentence
from daemon.nearby import Ear
from daemon.notify import notify
from daemon.outbox import Answers, Outbox
from daemon.outbox.journal import settings_changes
from daemon.panel import Panel
from daemon.policy import fresh_state
from daemon.policy.events import Event, Happened, Restored, Spent
from daemon.policy.rules import Mode
from daemon.policy.state import Link
from daemon.rearm import rearmed
from daemon.rulebook import NOTE, Rulebook
from daemon.runner import Runner
from daemon.settings import Settings
from daemon.settings.credentials import credential
from daemon.staff import Staff
from daemon.store import Store, StoreError
from daemon.tokens import TokenBook, Tokens
from daemon.tokens.audit import turned
from daemon.trace.keep import Tracer
from daemon.web import API, SCREEN, Site, reading_open, serve_all, sites_of
from daemon.wire import Identity
from drivers.contract import Driver

log = logging.getLogger(__name__)

SAVE_S = 1.0
LISTEN_S = 5.0
"""Each time that machines nearby are listened to."""
VERSIONS = {"3.1.1": 4, "5": 5}
"""As the protocol numbers them (MQTT 5 section 3.1.2.2)."""
CARD_FAULT = "card_fault"
"""The text by its name, for the language of the screen."""
WATCH_S = 2.0
HOURS_S = 5.0
REARMED = "Staff re-armed this machine: its mode is that of the file again, from the next idle belt on."
DEMOTED = "This machine went back to nudge by itself: %s. Look at it, then re-arm it there: inclined rearm."


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
    staff: Staff
    panel: Panel
    tracer: Tracer
    club: ClubWords
    ear: Ear | None = None
    store_fault: str | None = None
    site_faults: dict[str, str] = field(default_factory=dict)
    """What is wrong with the web servers, by their names in health."""
    surprises: tuple[Surprise, ...] = ()
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
        self._judge(effect)
        if (words := sentence(effect)) is not None:
            log.info("%s", words)
        for listener in self.listeners:
            listener(effect)

    def _judge(self, happened: Happened) -> None:
        """Send a machine that surprises us back to `nudge`."""
        new = surprise(happened, self.clock.wall(), self.clock.boot)
        if new is None:
            return
        self.surprises = kept(self.surprises, new, self.clock.wall())
        self.store.note(SURPRISES, [one.model_dump(mode="json") for one in self.surprises])
        why = verdict(self.surprises)
        if why is not None and self.rulebook.rules.mode > Mode.NUDGE:
            log.warning(DEMOTED, why)
            self.rulebook.demote(why)

    def told(self, event: Event) -> None:
        """Take what the API or a page says."""
        self.panel.hear(event)
        self.runner.submit(event)

    def rearm(self, by: str) -> bool:
        """Take the machine out of its demotion, on staff's word at the machine; tell whether it was in one."""
        self.surprises = ()
        self.store.note(SURPRISES, [])
        return self.rulebook.rearm(by)

    def faults(self) -> dict[str, str | None]:
        """Return what is wrong with each part, in one line, as far as the broker may be told."""
        web, console = (self.site_faults.get(name) for name in (API, SCREEN))
        return {
            "treadmill": self.runner.fault,
            "store": self.store_fault or self.store.fault,
            "web": web,
            "console": console,
            "tokens": self.tokens.fault,
            "demoted": None if self.rulebook.demoted is None else DEMOTED % self.rulebook.demoted,
            "limits": self._limits(),
            "outbox": self.outbox.fault,
            "nearby": None if self.ear is None else self.ear.fault,
            "words": self.club.faults[0] if self.club.faults else None,
            "twin": None if self.publisher is None else self.publisher.twin,
        }

    def _limits(self) -> str | None:
        """Say when a time limit's action cannot be taken by this machine."""
        wanted, seen = self.rulebook.rules.limit_action, self.runner.feed.latest
        if seen.link is not Link.UP or wanted is seen.limit_action:
            return None
        return f"limit_action is {wanted.value}, which this treadmill does not do: time limits are announced only."

    def notice(self) -> str | None:
        """Return what the screen says below all else: staff's word, or that nothing can be kept, but for a prompt."""
        seen = self.runner.feed.latest
        busy = seen.prompt is not None or seen.raising or seen.stopping
        cannot_save = self.store_fault or self.store.fault
        return self.board.text() or (CARD_FAULT if cannot_save and not busy else None)

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
        proved=settings.proved.incline is not None,
    )


def build(settings: Settings, clock: Clock, driver: Driver) -> House:
    """Open the store and make the parts, in the running loop; StoreError when no store can be opened at all."""
    store, store_fault = open_store(settings, clock)
    club = read_club(settings.words)
    outbox = Outbox(store, settings.machine.machine, clock, sends=settings.mqtt is not None)
    late: list[House] = []  # the core speaks to a house that is not built yet
    rulebook = Rulebook(
        replace(settings.rules, items_own=frozenset(club.items)),
        store.recall(NOTE),
        lambda event: late[0].runner.submit(event),
        lambda saved: store.note(NOTE, saved),
        lambda happened: late[0].record(happened),
        clock,
        named=settings.named_rules,
    )
    state = fresh_state(store.origin, rulebook.rules, clock.now())
    identity = replace(identity_of(settings), run=store.origin)
    tracer = Tracer(settings.store.path.with_name("traces"), clock.wall, identity.software)
    runner = Runner(driver, state, clock, lambda effect: late[0].record(effect), tracer.took)
    board = Board(runner.feed, clock)
    staff = Staff(runner.feed, clock, runner.submit, lambda happened: late[0].record(happened))
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
        nearby=lambda: None if late[0].ear is None else late[0].ear.message,
        committed=store.committed,
        staff=staff,
        answered=Answers(store, clock),
    )
    publisher = None if settings.mqtt is None else Publisher(broker_of(settings), ports)
    key = kiosk_key(settings.console.key_file)

    def tokens_turned(before: Tokens, after: Tokens) -> None:
        for each in turned(clock.now(), before, after):
            late[0].record(each)

    tokens = TokenBook(settings.tokens, clock.wall, tokens_turned)
    sign_ins = SignIns(lambda happened: late[0].record(happened))
    panel = Panel(settings, clock, lambda: runner.feed.latest)
    parts = (settings, clock, store, outbox, rulebook, runner, identity, board, publisher)
    house = House(*parts, key.text, tokens, sign_ins, staff, panel, tracer, club, ear_of(settings, clock))
    house.surprises = read_surprises(store.recall(SURPRISES))
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


def ear_of(settings: Settings, clock: Clock) -> Ear | None:
    """Return what listens to machines nearby, where some are named."""
    nearby = settings.nearby
    if not nearby.machines:
        return None
    from drivers.ftms.nearby import advertised  # bleak is heavy

    return Ear(nearby.machines, nearby.every, partial(advertised, LISTEN_S, nearby.adapter), clock)


def broker_of(settings: Settings) -> Broker:
    """Return how to reach the broker."""
    mqtt = settings.mqtt
    assert mqtt is not None  # noqa: S101, for the types: asked only where there is one
    handed = credential("mqtt") if mqtt.username else None
    return Broker(
        host=mqtt.host,
        port=mqtt.port,
        username=mqtt.username,
        password_file=mqtt.password_file or handed,
        keepalive=mqtt.keepalive,
        version=None if mqtt.version == "auto" else VERSIONS[mqtt.version],
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
            tasks.create_task(_tell_hours(house))
            tasks.create_task(serve_all(served, desk_of(house), house.site_faults.__setitem__, ready))
            tasks.create_task(_guard(house))
            tasks.create_task(house.panel.watch())
            if house.ear is not None:
                tasks.create_task(house.ear.run())
            if house.publisher is not None:
                tasks.create_task(house.publisher.run())
    finally:
        notify("STOPPING=1")
        house.sign_ins.flush(house.clock.now(), all_=True)
        house.store.save(house.runner.state.session)
        house.store.close()
        house.tracer.close()


def desk_of(house: House) -> Desk:
    """Return what the web server is handed."""
    return Desk(
        identity=house.identity,
        clock=house.clock,
        feed=house.runner.feed,
        submit=house.told,
        history=house.store,
        rulebook=house.rulebook,
        health=house.health,
        words=house.club.words,
        languages=languages_of(house.settings),
        notice=house.notice,
        changes=partial(_settings_changes, house.store),
        console_key=house.console_key,
        tokens=house.tokens,
        sign_ins=house.sign_ins,
        reading_open=reading_open(house.settings),
        fault=lambda: house.runner.fault,
        hosts=frozenset({house.settings.api.host, *house.settings.api.hosts}),
        time_zone=ZoneInfo(house.settings.machine.time_zone),
        px_per_mm=_number(house.settings.screen.px_per_mm),
        asleep=house.panel.asleep,
        heard=lambda: house.runner.state.sample_at,
        staff=house.staff,
    )


def languages_of(settings: Settings) -> tuple[str, ...]:
    """Return the languages that a member may choose, the site's own first."""
    own = settings.machine.language
    return (own, *(name for name in LANGUAGES if name in settings.screen.languages and name != own))


async def _settings_changes(store: Store, limit: int, before: int | None) -> list[SettingsChanged]:
    return await asyncio.to_thread(store.read, lambda db: settings_changes(db, limit, before))


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


async def _tell_hours(house: House) -> None:
    """Tell the core what the gym's clock says, whenever that changes."""
    zone, last = ZoneInfo(house.settings.machine.time_zone), None
    while True:
        now = told(house.clock.wall(), zone, house.rulebook.rules.peak, house.clock.now())
        if (now.peak, now.evening) != last:
            last = (now.peak, now.evening)
            house.runner.submit(now)
        await asyncio.sleep(HOURS_S)


async def _watch(house: House) -> None:
    """Feed systemd's watchdog as long as the loop that matters goes on."""
    while True:
        if house.runner.alive():
            notify("WATCHDOG=1")
        if (who := await asyncio.to_thread(rearmed, house.settings.store.path.parent)) is not None:
            log.info("%s", REARMED if house.rearm(who) else "Nothing to re-arm.")
        await asyncio.sleep(WATCH_S)

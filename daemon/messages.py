"""The wire forms, one for MQTT, API and pages; JSON Schemas are made from these models.

Units stand in the field names. Unknown fields of others are ignored (additive changes keep v1); what we publish is
exactly what stands here.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt

SCHEMA = 1
Slug = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")]


class Message(BaseModel):
    """A frozen message; fields that we do not know are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class LimitShown(Message):
    """The time limit of the session, where one counts."""

    stage: Literal["counting", "grace", "over"]
    left_s: int
    """Until the limit, or until the grace is over; 0 when it is."""


class CardShown(Message):
    """A tip for the idle screen."""

    item: str
    title: str
    body: str


class State(Message):
    """The machine now: retained; about once a second while running, at once on a turn, every 30 s when idle."""

    ts: datetime | None
    """UTC; null while the clock is not known to be right."""
    boot: str
    """The boot that uptime_ms counts from."""
    uptime_ms: int
    seq: int
    link: Literal["up", "down", "lent"]
    phase: Literal["unknown", "idle", "warm_up", "running", "programme", "cool_down", "paused"]
    occupied: bool | None = None
    """Whether somebody is on it: by its belt, else by the console's own word; null: nobody knows."""
    mode: Literal["observe", "nudge", "assist", "enforce"]
    speed_kmh: float | None
    incline_pct: float | None
    min_incline_pct: float
    incline_target_pct: float | None
    """Where a raise of ours goes; a target, never a measurement."""
    session: str | None
    elapsed_s: int
    """Belt time of the session."""
    distance_m: int
    flat_s: int
    limit: LimitShown | None = None
    """The time limit that counts for the session now."""
    blocked: str | None
    """Why the deck would not be raised now."""
    fault: str | None


class Info(Message):
    """Who and what this machine is: retained."""

    schema_version: int = SCHEMA
    site: str
    machine: str
    name: str
    zone: str
    modality: Literal["treadmill"] = "treadmill"
    driver: str
    maker: str | None
    model: str | None
    firmware: str | None
    software: str
    incline_min_pct: float | None
    incline_max_pct: float | None
    incline_step_pct: float | None
    control: Literal["none", "unverified", "verified"]
    limit_action: Literal["announce", "machine", "stop"] = "announce"
    """What follows a time limit on this machine, as far as it can."""
    run: str = ""
    """Names this run of the daemon: two at the same time are two computers with one name."""


class Counters(Message):
    """Sums since the store began, never falling: retained, each minute."""

    ts: datetime | None
    belt_s: int
    occupied_s: int
    eligible_s: int
    flat_s: int
    unknown_s: int
    gap_s: int
    distance_m: int
    sessions: int
    nudges: dict[str, int]
    spells: dict[str, int] = Field(default_factory=dict)
    """In `observe`: the moments of questions that were not asked, by what the belt did in the minute after."""
    raises: dict[str, int]


class Event(Message):
    """Something that happened; kept until the floor has stored it."""

    id: str
    """Unique for ever: `{machine}-{origin}-{n}`; of `hours`, `{machine}-{origin}-{first}..{last}`."""
    seq: int
    """Per machine, rising; `hours` stands for the numbers from its `from` on."""
    kind: Literal[
        "session",
        "nudge",
        "spell",
        "command",
        "policy",
        "link",
        "fault",
        "help",
        "trainer",
        "lent",
        "audit",
        "limit",
        "suggestion",
        "hours",
    ]
    ts: datetime | None
    boot: str
    uptime_ms: int
    session: str | None
    data: dict[str, str | int | bool | None]


class Command(Message):
    """A wish from the floor: cmd/{verb}."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
    id: Annotated[str, Field(min_length=1, max_length=64)]
    ts: datetime
    ttl_ms: Annotated[int, Field(gt=0, le=86_400_000)]
    by: Annotated[str, Field(min_length=1, max_length=64)]
    args: dict[str, Any] = Field(default_factory=dict)


class Ack(Message):
    """What became of a command."""

    id: str
    verb: str
    result: Literal["accepted", "rejected", "expired"]
    reason: str | None = None


class Alert(Message):
    """Something that staff should see to: retained while it lasts, then cleared by an empty message."""

    code: str
    text: str
    """What is wrong and what to do, in one line."""
    ts: datetime | None
    """Since when, as far as this connection knows."""


class Settings(Message):
    """The policy in force, with where each value comes from: retained."""

    rev: int
    mode: Literal["observe", "nudge", "assist", "enforce"]
    values: dict[str, int | str]
    """Rules by name, in the units of docs/settings.md."""
    sources: dict[str, Literal["default", "file", "local", "machine", "zone", "site"]]
    pending: bool = False
    """True while new values wait for an idle belt."""


class SettingsWanted(Message):
    """New values for the policy, from the API or settings/desired; only what it names is changed."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
    mode: Literal["observe", "nudge", "assist", "enforce"] | None = None
    """May only narrow what commissioning set."""
    values: dict[str, StrictInt | str] = Field(default_factory=dict)
    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] | None = None
    """Why, in the words of who asks for it; kept in the history. Name nobody."""


class SettingChange(Message):
    """One setting that changes, or did."""

    name: str
    before: int | str
    after: int | str


class SettingsPreview(Message):
    """What a wish would change; it holds from the next idle belt on, and the history says who changed what."""

    rev: int
    """The revision that it was held against."""
    refused: list[str]
    """Every reason why it may not be; then nothing of it would be taken."""
    changes: list[SettingChange]


class SettingsChanged(Message):
    """One change of the settings, as the machine's journal has it."""

    rev: int
    ts: datetime | None
    """null: the clock was not right in that boot."""
    by: str
    """A token's or a person's name, `floor`, or `inclined` for a machine that narrowed itself."""
    role: str | None = None
    why: str | None = None
    changes: list[SettingChange]


type StandingWord = Literal["free", "busy", "unknown"]


class NearbyMachine(Message):
    """One machine nearby, by its advertisements."""

    machine: str
    kind: str
    """rower, bike, elliptical, ..."""
    standing: StandingWord
    """`unknown` unless its own flag says otherwise, and has been seen to change."""


class Nearby(Message):
    """Machines nearby that have no computer of their own: retained; each time of listening, about once a minute."""

    ts: datetime | None
    machines: list[NearbyMachine]


class FloorState(Message):
    """What the floor says of the whole gym: retained; believed for 60 s from its ts."""

    ts: datetime
    waiting: Annotated[int, Field(ge=0, le=10_000)] | None = None
    """People who wait for a treadmill; null: nobody knows."""
    free: dict[Slug, Annotated[int, Field(ge=0, le=10_000)]] = Field(default_factory=dict)
    """Free machines by type: treadmill, elliptical, rower, stairs, ...; a type is left out while it is not known."""
    busy: dict[Slug, Annotated[int, Field(ge=0, le=10_000)]] = Field(default_factory=dict)
    out_of_order: dict[Slug, Annotated[int, Field(ge=0, le=10_000)]] = Field(default_factory=dict)
    unknown: dict[Slug, Annotated[int, Field(ge=0, le=10_000)]] = Field(default_factory=dict)
    """Machines that are silent or not reached; they count as nothing else."""


type PromptWord = Literal[
    "nudge", "countdown", "raising", "declined", "raised", "not_moved", "use_keys", "help", "time", "limit", "over",
    "long_stay", "extended", "lifted", "limit_off", "stop", "stopping", "stop_off", "suggestion", "taken",
    "trainer",
]  # fmt: skip
"""As daemon.policy.state.Kind has them, in its order."""


class PromptShown(Message):
    """What the console page asks or says."""

    id: int
    kind: PromptWord
    headline: str
    body: str
    can_raise: bool
    why: str | None = None
    """Of a suggestion: one line, shown at a touch."""
    digit: int
    """What the page must draw and confirm: seconds left, or the target in tenths while raising."""


class Console(Message):
    """All that the console page draws, in the site's units."""

    seq: int
    link: Literal["up", "down", "lent"]
    phase: Literal["unknown", "idle", "warm_up", "running", "programme", "cool_down", "paused"]
    units: Literal["km/h", "mph"]
    speed: float | None
    incline: float | None
    min_incline: float
    seconds: int
    """Belt time of the session."""
    distance: float
    """km or miles."""
    prompt: PromptShown | None
    lease: bool
    """This page's confirmations count."""
    notice: str | None = None
    """A message from staff."""
    limit: LimitShown | None = None
    card: CardShown | None = None
    waiting: bool = False
    """It is known that people wait."""
    can_lend: bool
    px_per_mm: float | None = None
    """Of the screen, where staff measured it."""
    asleep: bool = False
    """It is night and nobody runs: the page is black until it is touched."""
    language: str
    """The words' language: as the site speaks, unless somebody chose another one for this session."""
    next_language: str | None = None
    """What the language calls itself that a touch of `language` chooses; null while none may be chosen."""


class PageWords(Message):
    """The fixed words of the console page, in one language."""

    language: str
    decimal: str
    labels: dict[str, str]
    lost: dict[str, tuple[str, str]]
    """Headline and body for a link that is not up: `wait`, `down`, `lent`, `stranger`."""
    disclaimer: str


type Placement = Literal["on_belt", "off_belt", "any"]
"""Where an item may show; `off_belt` never while the belt moves."""


class ItemShown(Message):
    """One item of the catalogue."""

    id: str
    title: str
    body: str
    placement: Placement
    off: bool
    """This club does not show it."""


class Content(Message):
    """What the screen says, in one language."""

    language: str
    languages: dict[str, str]
    """Those that there are, with what each calls itself."""
    disclaimer: str
    items: list[ItemShown]
    labels: dict[str, str]
    texts: dict[str, list[tuple[str, str]]]
    """Headline and body of each variant; places such as {t} stand in braces."""


class Hello(Message):
    """The console page's first word; key is the kiosk's credential."""

    type: Literal["hello"]
    key: str


class Confirm(Message):
    """Sent from an animation frame of the visible page, at least once a second; prompt 0 when there is none."""

    type: Literal["confirm"]
    prompt: int
    digit: int


class Touch(Message):
    """A key of the page; raise, decline and cancel name their prompt."""

    type: Literal["touch"]
    key: Literal[
        "raise",
        "decline",
        "cancel",
        "take",
        "not_today",
        "help",
        "trainer",
        "lend",
        "return",
        "waiting",
        "nobody_waits",
        "language",
    ]
    prompt: int = 0


class Health(Message):
    """Alive, and what is not well."""

    status: Literal["ok", "degraded"]
    checks: dict[str, str]
    """Part -> `ok`, or one line: what is wrong and what to do."""


class Problem(Message):
    """RFC 9457 problem document."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[str] = Field(default_factory=list)


class SessionRow(Message):
    """One ended or running session; times in ms where named so."""

    id: str
    started: datetime | None
    ended: datetime | None
    end_reason: str | None
    """null while it runs: stopped, elapsed_fell, gap."""
    short: bool
    """Under 60 s: left out of rates."""
    min_incline_pct: float
    belt_s: int
    pause_s: int
    eligible_s: int
    flat_s: int
    unknown_s: int
    gap_s: int
    distance_m: int


class UsageRow(Message):
    """One local hour of this machine."""

    start: datetime
    """With offset; an hour that comes twice on a DST day is two rows."""
    belt_s: int
    occupied_s: int
    eligible_s: int
    flat_s: int
    unknown_s: int
    gap_s: int
    distance_m: int
    flat_share: float | None
    """flat / eligible, pooled; null when nothing was eligible."""
    coverage: float | None
    """(belt - unknown) / (belt + gap); null when both are zero."""

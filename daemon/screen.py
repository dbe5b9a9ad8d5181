"""What the console page draws of a snapshot, in the site's units and words. Pure."""

from collections.abc import Mapping
from typing import get_args

from daemon.content import Text, Texts, Words, number
from daemon.messages import CardShown, Console, PageWords, PromptShown, PromptWord
from daemon.policy.catalogue import MACHINES
from daemon.policy.lease import digit
from daemon.policy.state import Kind, Link, Prompt
from daemon.snapshot import Phase, Snapshot
from daemon.wire import limit_shown

KM_PER_MILE = 1.609344

WORDS = {
    Kind.NUDGE: "raise_incline",
    Kind.COUNTDOWN: "auto_raise_countdown",
    Kind.RAISING: "raising",
    Kind.DECLINED: "decline_ack",
    Kind.RAISED: "raised",
    Kind.NOT_MOVED: "not_moved",
    Kind.USE_KEYS: "use_keys",
    Kind.HELP: "help",
    Kind.LIMIT: "limit_cooldown",
    Kind.OVER: "limit_over",
    Kind.LONG_STAY: "long_stay",
    Kind.EXTENDED: "extended",
    Kind.LIFTED: "lifted",
    Kind.LIMIT_OFF: "limit_off",
    Kind.STOP: "stop_countdown",
    Kind.STOPPING: "stopping",
    Kind.STOP_OFF: "stop_cancelled",
    Kind.TAKEN: "taken",
    Kind.TRAINER: "trainer_called",
}
"""Which text belongs to which prompt; those of TIME and SUGGESTION name theirs."""
LOST = {"wait": "reconnecting", "down": "link_lost", "lent": "lent", "stranger": "stranger"}
"""Which text the page shows by itself, by what is wrong with the link."""
HERE = frozenset({"incl.min", "mod.hill", "mod.intervals"})
"""Items that are done on this very belt."""
KINDS: Mapping[Kind, PromptWord] = dict(zip(Kind, get_args(PromptWord.__value__), strict=True))


def console(
    seen: Snapshot,
    at: int,
    *,
    words: Words,
    units: str,
    screen: str | None,
    next_language: str | None = None,
    notice: str | None = None,
    px_per_mm: float | None = None,
    asleep: bool = False,
) -> Console:
    """Return what screen shall draw at `at`; units is "km/h" or "mph"."""
    length = 1.0 if units == "km/h" else KM_PER_MILE
    return Console(
        seq=seen.seq,
        link=seen.link.value,
        phase=seen.phase.value,
        units="km/h" if units == "km/h" else "mph",
        speed=None if seen.speed is None else round(seen.speed / 100 / length, 1),
        incline=None if seen.incline is None else seen.incline / 10,
        min_incline=seen.min_incline / 10,
        seconds=seen.totals.belt // 1000,
        limit=limit_shown(seen),
        card=card(seen, words),
        waiting=seen.waiting,
        distance=round(seen.totals.distance / 1000 / length, 2),
        prompt=None if seen.prompt is None else prompt(seen, seen.prompt, at, words),
        lease=screen is not None and seen.screen == screen,
        notice=notice,
        px_per_mm=px_per_mm,
        asleep=asleep,
        language=words.language,
        next_language=next_language if seen.phase is Phase.IDLE and seen.prompt is None else None,
        can_lend=seen.link is Link.UP and seen.prompt is None and seen.phase is not Phase.UNKNOWN,
    )


def prompt(seen: Snapshot, shown: Prompt, at: int, words: Words) -> PromptShown:
    """Return the prompt in words; a prompt keeps its variant for as long as it shows."""
    text = said(seen, shown, at, words)
    why = words.texts.get(shown.why)
    return PromptShown(
        id=shown.id,
        kind=KINDS[shown.kind],
        headline=text.headline,
        body=text.body,
        why=why[0].headline if why else None,
        can_raise=shown.can_raise,
        digit=digit(shown, at),
    )


def said(seen: Snapshot, shown: Prompt, at: int, words: Words) -> Text:
    """Return headline and body of a prompt, filled."""
    if shown.kind is Kind.SUGGESTION:
        return suggestion(seen, shown, words)
    minutes = {Kind.TIME: seen.limit_minutes, Kind.LIMIT: seen.limit_minutes, Kind.LONG_STAY: shown.minutes}
    return choose(words.texts, name(shown), shown.id).filled(
        t=percent(shown.target, words),
        n=shown.minutes if shown.kind in (Kind.LIMIT, Kind.EXTENDED) else digit(shown, at),
        m=max(1, minutes.get(shown.kind, seen.totals.flat // 60_000)),
    )


def name(shown: Prompt) -> str:
    """Return which text a prompt has."""
    if shown.kind is Kind.TIME:
        return f"time_{shown.minutes}"
    if shown.kind is Kind.TAKEN and shown.item in HERE:
        return "taken_here"
    return WORDS[shown.kind]


def suggestion(seen: Snapshot, shown: Prompt, words: Words) -> Text:
    """Return a suggestion in words; what is free is said only where the floor has just said so."""
    item = choose(words.texts, shown.item, shown.id).filled(t=percent(seen.min_incline, words))
    if shown.item not in MACHINES:
        return item
    first, _, _ = item.body.partition(". ")
    free = words.texts["free_now" if shown.free else "free_maybe"][0].headline
    return Text(item.headline, f"{first.rstrip('.')}. {free}")


def card(seen: Snapshot, words: Words) -> CardShown | None:
    """Return the tip of the idle screen in words."""
    if seen.card is None:
        return None
    text = choose(words.texts, seen.card.item, 0).filled(t=percent(seen.min_incline, words))
    return CardShown(item=seen.card.item, title=text.headline, body=text.body)


def percent(tenths: int, words: Words) -> str:
    """Return an incline as the language writes it."""
    return number(tenths / 10, words.language)


def in_words(notice: str, words: Words) -> str:
    """Return a message of staff; one that is a text's name, such as help_coming, in the language's words."""
    if "." in notice or notice not in words.texts:
        return notice
    text = words.texts[notice][0]
    return f"{text.headline}. {text.body}"


def page_words(words: Words) -> PageWords:
    """Return what the page says by itself."""
    general = words.texts["info.disclaimer"][0]
    lost = {kind: words.texts[name][0] for kind, name in LOST.items()}
    return PageWords(
        language=words.language,
        decimal=words.decimal,
        labels=dict(words.labels),
        lost={kind: (text.headline, text.body) for kind, text in lost.items()},
        disclaimer=f"{general.headline}. {general.body}",
    )


def choose(texts: Texts, name: str, number: int) -> Text:
    """Return one of a text's variants, in turn."""
    variants = texts[name]
    return variants[number % len(variants)]

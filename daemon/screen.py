"""What the console page draws of a snapshot, in the site's units and words. Pure."""

from collections.abc import Mapping
from typing import get_args

from daemon.content import Text, Texts
from daemon.messages import CardShown, Console, PromptShown, PromptWord
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
}
"""Which text belongs to which prompt; those of TIME and SUGGESTION name theirs."""
KINDS: Mapping[Kind, PromptWord] = dict(zip(Kind, get_args(PromptWord.__value__), strict=True))


def console(
    seen: Snapshot,
    at: int,
    *,
    texts: Texts,
    units: str,
    screen: str | None,
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
        card=card(seen, texts),
        waiting=seen.waiting,
        distance=round(seen.totals.distance / 1000 / length, 2),
        prompt=None if seen.prompt is None else prompt(seen, seen.prompt, at, texts),
        lease=screen is not None and seen.screen == screen,
        notice=notice,
        px_per_mm=px_per_mm,
        asleep=asleep,
        can_lend=seen.link is Link.UP and seen.prompt is None and seen.phase is not Phase.UNKNOWN,
    )


def prompt(seen: Snapshot, shown: Prompt, at: int, texts: Texts) -> PromptShown:
    """Return the prompt in words; a prompt keeps its variant for as long as it shows."""
    text = words(seen, shown, at, texts)
    why = texts.get(shown.why)
    return PromptShown(
        id=shown.id,
        kind=KINDS[shown.kind],
        headline=text.headline,
        body=text.body,
        why=why[0].headline if why else None,
        can_raise=shown.can_raise,
        digit=digit(shown, at),
    )


def words(seen: Snapshot, shown: Prompt, at: int, texts: Texts) -> Text:
    """Return headline and body of a prompt, filled."""
    if shown.kind is Kind.SUGGESTION:
        return suggestion(seen, shown, texts)
    name = f"time_{shown.minutes}" if shown.kind is Kind.TIME else WORDS[shown.kind]
    minutes = {Kind.TIME: seen.limit_minutes, Kind.LIMIT: seen.limit_minutes, Kind.LONG_STAY: shown.minutes}
    return choose(texts, name, shown.id).filled(
        t=f"{shown.target / 10:.1f}",
        n=shown.minutes if shown.kind in (Kind.LIMIT, Kind.EXTENDED) else digit(shown, at),
        m=max(1, minutes.get(shown.kind, seen.totals.flat // 60_000)),
    )


def suggestion(seen: Snapshot, shown: Prompt, texts: Texts) -> Text:
    """Return a suggestion in words; what is free is said only where the floor has just said so."""
    item = choose(texts, shown.item, shown.id).filled(t=f"{seen.min_incline / 10:.1f}")
    if shown.item not in MACHINES:
        return item
    first, _, _ = item.body.partition(". ")
    return Text(item.headline, f"{first.rstrip('.')}. {texts['free_now' if shown.free else 'free_maybe'][0].headline}")


def card(seen: Snapshot, texts: Texts) -> CardShown | None:
    """Return the tip of the idle screen in words."""
    if seen.card is None:
        return None
    text = choose(texts, seen.card.item, 0).filled(t=f"{seen.min_incline / 10:.1f}")
    return CardShown(item=seen.card.item, title=text.headline, body=text.body)


def choose(texts: Texts, name: str, number: int) -> Text:
    """Return one of a text's variants, in turn."""
    variants = texts[name]
    return variants[number % len(variants)]

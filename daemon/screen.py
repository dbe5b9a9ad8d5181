"""What the console page draws of a snapshot, in the site's units and words. Pure."""

from daemon.content import Text, Texts
from daemon.messages import Console, PromptShown
from daemon.policy.lease import digit
from daemon.policy.state import Kind, Link, Prompt
from daemon.snapshot import Phase, Snapshot

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
}
"""Which text belongs to which prompt."""


def console(
    seen: Snapshot,
    at: int,
    *,
    texts: Texts,
    units: str,
    screen: str | None,
    notice: str | None = None,
    px_per_mm: float | None = None,
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
        distance=round(seen.totals.distance / 1000 / length, 2),
        prompt=None if seen.prompt is None else prompt(seen, seen.prompt, at, texts),
        lease=screen is not None and seen.screen == screen,
        notice=notice,
        px_per_mm=px_per_mm,
        can_lend=seen.link is Link.UP and seen.prompt is None and seen.phase is not Phase.UNKNOWN,
    )


def prompt(seen: Snapshot, shown: Prompt, at: int, texts: Texts) -> PromptShown:
    """Return the prompt in words; a prompt keeps its variant for as long as it shows."""
    left = digit(shown, at)
    text = choose(texts, WORDS[shown.kind], shown.id).filled(
        t=f"{shown.target / 10:.1f}", n=left, m=max(1, seen.totals.flat // 60_000)
    )
    return PromptShown(
        id=shown.id,
        kind=shown.kind.value,
        headline=text.headline,
        body=text.body,
        can_raise=shown.can_raise,
        digit=left,
    )


def choose(texts: Texts, name: str, number: int) -> Text:
    """Return one of a text's variants, in turn."""
    variants = texts[name]
    return variants[number % len(variants)]

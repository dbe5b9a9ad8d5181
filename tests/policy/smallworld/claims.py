"""The invariants, said of one step: what was known, what happened, what the core did. Each returns its breach or None.

Numbers of the text are read from daemon.policy.rules, since the small world has shorter ones; judgement is not.
"""

from collections.abc import Callable
from typing import NamedTuple

from daemon.policy import permits
from daemon.policy import rules as r
from daemon.policy.catalogue import OFF_BELT, PLACEMENT
from daemon.policy.events import (
    Answered,
    Effect,
    Event,
    Extended,
    Happened,
    HelpAsked,
    Lifted,
    RaiseIncline,
    RequestControl,
    SetWorkoutTime,
    StopOnce,
)
from daemon.policy.rules import Action, Mode, When
from daemon.policy.state import Kind, State
from drivers.contract import Notice, Reading, Training
from tests.policy.oracles import RANK
from tests.policy.smallworld.onlooker import ASKING, FAR, Look, Senses, offered

BARRED = (Training.WARM_UP, Training.COOL_DOWN, Training.PROGRAMME)


class Seen(NamedTuple):
    """One step of the core, and what an onlooker knew: `was` before it, `look` when its event was heard."""

    before: State
    event: Event
    after: State
    effects: tuple[Effect, ...]
    was: Look
    look: Look

    @property
    def steps(self) -> list[RaiseIncline]:
        return [effect for effect in self.effects if isinstance(effect, RaiseIncline)]


type Claim = Callable[[Seen], str | None]


def inv_02(x: Seen) -> str | None:
    for effect in x.steps:
        reach, now = x.after.machine.incline if x.after.machine else None, x.look.senses.incline
        if reach is None or now is None:
            return "a target without a range or a reading"
        grid = [v for v in range(reach.least, reach.most + 1, reach.step) if v >= x.after.rules.min_incline]
        if not grid or not now < effect.target <= min(grid[0], r.CEILING, reach.most):
            return f"{effect.target} from {now}"
    return None


def inv_03(x: Seen) -> str | None:
    t, now = x.look.tally, x.look.senses.incline
    for effect in x.steps:
        reach = x.after.machine.incline if x.after.machine else None
        if reach is None or now is None:
            return "no range"
        rise = effect.target - now
        wide = rise <= r.WIDE_STEP and effect.target - reach.step <= now
        if not (rise <= r.STEP or wide) or t.step < x.after.rules.step_spacing_ms:
            return f"a rise of {rise}, {t.step} ms after the last"
        if t.risen + rise > r.RISE_A_SESSION:
            return f"in all {t.risen + rise}"
    return None


def inv_04(x: Seen) -> str | None:
    t, s = x.look.tally, x.look.senses
    late = x.steps and t.in_raise and not (t.arrived and s.rest >= r.REST_SAMPLES)
    return "a second step though the first was not seen reached" if late else None


def inv_05(x: Seen) -> str | None:
    shown, prompt = x.look.shown, x.before.prompt
    if prompt is None or prompt.kind not in (Kind.COUNTDOWN, Kind.RAISING):
        return f"motion under {prompt.kind if prompt else None}"
    last = FAR if shown.last is None else shown.last
    if prompt.kind is Kind.COUNTDOWN:
        rules = x.after.rules
        was = x.was.shown
        length = rules.assist_countdown_ms if was.pressed else rules.countdown_ms
        dt = x.after.at - x.before.at
        since = -1 if was.since is None else was.since + dt
        last = FAR if was.last is None else was.last + dt
        if since < length:
            return f"shown for {since} of {length} ms"
    return f"not shown for {last} ms" if last > r.LEASE_MS else None


def inv_06(x: Seen) -> str | None:
    return "motion after a cancel, a key or a change" if x.look.shown.ended else None


def inv_07(x: Seen) -> str | None:
    mode, pressed = x.after.rules.mode, x.was.shown.pressed
    if mode is Mode.ENFORCE and not pressed:
        return "unasked for the second time" if x.look.tally.unasked > 1 else None
    return None if pressed else f"unasked in {mode.name}"


def inv_08(x: Seen) -> str | None:
    s = x.look.senses
    if max(s.speed_age, s.incline_age) > r.FRESH_TO_COMMAND_MS:
        return f"on values {s.speed_age} and {s.incline_age} ms old"
    return f"the deck rests for {s.rest} readings" if s.rest < r.REST_SAMPLES else None


def inv_09(x: Seen) -> str | None:
    speed = x.look.senses.speed or 0
    inside = x.after.rules.speed_least <= speed <= x.after.rules.speed_most
    return None if inside else f"at {speed}"


def inv_10(x: Seen) -> str | None:
    changed = x.look.senses.changed
    return f"{changed} ms after the member's change" if changed < x.after.rules.quiet_ms else None


def inv_11(x: Seen) -> str | None:
    """INV-11, INV-16, INV-18: what a lower, an unknown outcome and lost control each end."""
    over = x.look.tally.spoilt
    return "a raise after the member lowered one, control was lost or an outcome unknown" if over else None


def inv_12(x: Seen) -> str | None:
    t, form = x.look.tally, offered(x.effects, "nudge")
    if form is None or t.noes == 0:
        return None
    if t.noes > 1 or t.no < x.after.rules.decline_hold_ms:
        return f"asked again {t.no} ms after {t.noes} noes"
    return "a countdown unasked after a no" if form == "countdown" else None


def inv_13(x: Seen) -> str | None:
    return barred(x.look.senses)


def barred(s: Senses) -> str | None:
    """Return why nothing may be asked or moved now."""
    if s.training in BARRED or (s.speed or 0) < r.MOVING or s.safety or not s.up:
        return f"in {s.training}, at {s.speed}, safety key {s.safety}, link {s.up}"
    return f"{s.remaining} s left" if s.remaining is not None and 0 < s.remaining <= r.LAST_PART_S else None


def inv_14(x: Seen) -> str | None:
    unsure = x.look.senses.unsure
    return f"{unsure} ms after we knew nothing" if unsure < x.after.rules.link_hold_ms else None


def inv_14_drops(x: Seen) -> str | None:
    """Whatever makes us unsure ends what is under way, in the same step."""
    kept = x.after.raising is not None and x.before.raising is not None
    return "a raise outlived a loss" if x.look.senses.unsure == 0 and kept else None


def inv_16(x: Seen) -> str | None:
    asked = [effect for effect in x.effects if isinstance(effect, ASKING)]
    if not asked:
        return None
    return "asked while an answer is owed" if x.look.flying or len(asked) > 1 else None


def inv_17(x: Seen) -> str | None:
    reach = x.after.machine.incline if x.after.machine else None
    bad = [e for e in x.steps if reach is None or e.target not in range(reach.least, reach.most + 1, reach.step)]
    return f"{bad} is not on {reach}" if bad else None


def inv_18(x: Seen) -> str | None:
    mode = x.after.rules.mode
    return f"in {mode.name}" if mode < Mode.ASSIST else None


def inv_19(x: Seen) -> str | None:
    """What may still be sent now, or a tick later, is what could be decided anew with all that is known then."""
    old, new = x.before.raising, x.after.raising
    ended = old is not None and old.effect is not None and (new is None or new.effect != old.effect)
    if ended and old is not None and permits(x.after, old.effect or 0, x.after.at):
        return "what was ended may still be sent"
    if new is None or new.effect is None:
        return None
    late = (later for later in (0, 1_000) if permits(x.after, new.effect, x.after.at + later))
    return next((f"it may still be sent, {wrong}" for later in late if (wrong := _not_now(x, later))), None)


def _not_now(x: Seen, later: int) -> str | None:
    s, shown, t, rules = x.look.senses, x.look.shown, x.look.tally, x.after.rules
    if max(s.speed_age, s.incline_age) + later > r.FRESH_TO_COMMAND_MS:
        return "on old values"
    if s.changed + later < rules.quiet_ms:
        return "after the member's change"
    if shown.ended or (shown.last is not None and shown.last + later > r.LEASE_MS):
        return "after a cancel or without the screen"
    if s.unsure + later < rules.link_hold_ms or t.spoilt or t.helped:
        return "in doubt"
    return barred(s)


def inv_20(x: Seen) -> str | None:
    rules = x.after.rules
    timer = rules.limit_action is Action.MACHINE and rules.proved_time and rules.limit_when is When.ALWAYS
    stop = rules.limit_action is Action.STOP and rules.proved_stop
    for effect in x.effects:
        if isinstance(effect, SetWorkoutTime | StopOnce) and not (
            timer if isinstance(effect, SetWorkoutTime) else stop
        ):
            return f"{effect} was never armed"
    return None


def inv_21(x: Seen) -> str | None:
    said = [e for e in x.effects if isinstance(e, Happened) and e.kind == "limit" and ("step", "warned") in e.data]
    return "a warning twice" if said and x.look.tally.warned + len(said) > len(r.WARNINGS_MS) else None


def inv_22(x: Seen) -> str | None:
    before, after = x.before.prompt, x.after.prompt
    if before is None or after is None or before.id == after.id or isinstance(x.event, Answered | Extended | Lifted):
        return None
    due = before.until is not None and x.after.at < before.until and before.kind in RANK
    lasting = due and before.kind not in (Kind.EXTENDED, Kind.LIFTED, Kind.LIMIT_OFF)
    return (
        f"{after.kind} in place of {before.kind}" if lasting and RANK.get(after.kind, 2) < RANK[before.kind] else None
    )


def inv_23(x: Seen) -> str | None:
    s, card, prompt = x.look.senses, x.after.card, x.after.prompt
    known = s.up and s.speed == 0 and s.speed_age <= r.FRESH_MS
    if card is not None and PLACEMENT[card.item] == OFF_BELT and not known:
        return f"{card.item} at {s.speed}, {s.speed_age} ms ago"
    on_belt = prompt is not None and prompt.item and PLACEMENT[prompt.item] == OFF_BELT
    return f"{prompt.item} on the belt" if on_belt and prompt is not None else None


def inv_26(x: Seen) -> str | None:
    reach = x.after.machine.incline if x.after.machine else None
    return "asked for what the machine cannot do" if reach and reach.most < x.after.rules.min_incline else None


def inv_27(x: Seen) -> str | None:
    t, rules = x.look.tally, x.after.rules
    if t.nudges >= rules.nudges_a_session:
        return f"nudge {t.nudges + 1}"
    return f"{t.nudge} ms after the last" if t.nudge < rules.nudge_spacing_ms and not _undelivered(x) else None


def _undelivered(x: Seen) -> bool:
    return any(isinstance(e, Happened) and ("outcome", "undelivered") in e.data for e in x.effects)


def inv_29(x: Seen) -> str | None:
    late = isinstance(x.event, Reading) and x.event.at < x.after.at
    return "a late reading did something" if late and (x.effects or x.after is not x.before) else None


def inv_30(x: Seen) -> str | None:
    if isinstance(x.event, HelpAsked):
        told = any(isinstance(e, Happened) and e.kind == "help" for e in x.effects)
        return None if told and x.after.prompt and x.after.prompt.kind is Kind.HELP else "help was not told"
    return None


def inv_30_after(x: Seen) -> str | None:
    return "nudged after a call for help" if x.look.tally.helped else None


def at_once(x: Seen) -> str | None:
    """INV-06: cancel, key or change takes the countdown off the screen in the same step."""
    hand = x.look.senses.changed == 0 and isinstance(x.event, Notice | Reading)
    kind = x.after.prompt.kind if x.after.prompt else None
    stays = x.before.prompt is not None and x.after.prompt is not None and x.before.prompt.id == x.after.prompt.id
    return f"{kind} stays" if hand and stays and kind in (Kind.COUNTDOWN, Kind.RAISING) else None


def stops(x: Seen) -> str | None:
    if not any(isinstance(e, StopOnce) for e in x.effects):
        return None
    s, shown, rules = x.look.senses, x.was.shown, x.after.rules
    dt = x.after.at - x.before.at
    if x.look.tally.touched:
        return "a second stop, or one after a touch"
    if shown.prompt is not Kind.STOP or shown.since is None or shown.since + dt < r.STOP_COUNTDOWN_S * 1000:
        return f"shown for {shown.since} ms"
    if not r.MOVING <= (s.speed or 0) <= r.STOP_SPEED or s.speed_age > r.FRESH_TO_COMMAND_MS:
        return f"at {s.speed}"
    return "after a change" if s.changed < rules.quiet_ms or s.unsure < rules.link_hold_ms else None


def workout_times(x: Seen) -> str | None:
    if not any(isinstance(e, SetWorkoutTime) for e in x.effects):
        return None
    s = x.look.senses
    stands = s.speed == 0 and s.speed_age <= r.FRESH_TO_COMMAND_MS and s.still >= r.IDLE_MS
    return None if stands and x.after.session is None else f"at {s.speed}, standing for {s.still} ms"


def few(x: Seen) -> str | None:
    t = x.look.tally
    many = offered(x.effects, "suggestion") and t.suggested >= x.after.rules.suggestions_a_session
    return "too many suggestions" if many else None


MOTION: tuple[Claim, ...] = (
    inv_17, inv_18, inv_02, inv_03, inv_04, inv_05, inv_06, inv_07, inv_08, inv_09, inv_10, inv_11, inv_13, inv_14,
    inv_30_after,
)  # fmt: skip
"""What is claimed of each step that would move the deck, asking for control for it included."""
OFFER: tuple[Claim, ...] = (inv_12, inv_13, inv_14, inv_26, inv_27, inv_30_after)
"""What is claimed of each nudge and each countdown that begins by itself."""
ASKED: tuple[Claim, ...] = (inv_16, inv_20, stops, workout_times)
"""What is claimed of everything that a machine is asked."""
ALWAYS: tuple[Claim, ...] = (inv_14_drops, inv_19, inv_22, inv_23, inv_29, inv_30, at_once)
TOLD: tuple[Claim, ...] = (inv_21, few)


def claims(x: Seen) -> list[Claim]:
    """Return the claims that this step must meet."""
    due: list[Claim] = []
    if not x.effects:
        return list(ALWAYS)
    asked = [e for e in x.effects if isinstance(e, ASKING)]
    if any(isinstance(e, RaiseIncline) or (isinstance(e, RequestControl) and x.after.raising) for e in asked):
        due += MOTION
    if offered(x.effects, "nudge"):
        due += OFFER
    return [*due, *ALWAYS, *TOLD, *(ASKED if asked else ())]


def breach(x: Seen) -> str | None:
    """Return the first breach, named by its claim, or None."""
    for claim in claims(x):
        wrong = claim(x)
        if wrong is not None:
            return f"{claim.__name__}: {wrong}"
    return None

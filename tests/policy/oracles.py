"""Each invariant as an oracle over what happened; written from its words, with nothing of the core's own judgement.

An oracle looks at the events (what the core could know), the effects (what it wanted) and, for names only, at the
session and the prompt on the screen. It returns the first breach as a sentence, or None.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from daemon.policy import permits
from daemon.policy.catalogue import OFF_BELT, PLACEMENT
from daemon.policy.events import (
    Answer,
    Answered,
    Confirmed,
    Extended,
    FloorTold,
    Happened,
    HelpAsked,
    Lifted,
    LinkDown,
    Outcome,
    RaiseIncline,
    RequestControl,
    Result,
    SetWorkoutTime,
    StopOnce,
)
from daemon.policy.rules import Action, Mode, When
from daemon.policy.state import Kind, Link
from drivers.contract import Key, Machine, Notice, Reading, Training
from tests.policy.plays import Step

type Steps = Sequence[Step]
type Oracle = Callable[[Steps], str | None]
MACHINE = (RequestControl, RaiseIncline, SetWorkoutTime, StopOnce)
MOTION = (RequestControl, RaiseIncline)
BARRED = (Training.WARM_UP, Training.COOL_DOWN, Training.PROGRAMME)


@dataclass
class Seen:
    """What an attentive onlooker knows at one step, from the events alone."""

    speed: int | None = None
    speed_at: int = -(10**9)
    incline: int | None = None
    incline_at: int = -(10**9)
    inclines: list[int] = field(default_factory=list)
    speeds: list[tuple[int, int]] = field(default_factory=list)
    training: Training | None = None
    remaining: int | None = None
    changed_at: int = -(10**9)
    unsure_at: int = -(10**9)
    safety_at: int = -(10**9)
    step_from: int = 0
    step_to: int | None = None
    step_at: int = -(10**9)
    last_reading: int = -(10**9)
    up: bool = False


def watch(steps: Steps) -> Iterator[tuple[Step, Seen]]:  # noqa: C901, one branch for each thing that can be heard
    """Yield each step with what was known before its effects."""
    seen = Seen()
    for step in steps:
        event = step.event
        if step.after.at - step.before.at > 5_000 or isinstance(event, Machine | LinkDown):
            seen.unsure_at = step.at
        if isinstance(event, Machine):
            seen.up, seen.speed, seen.incline, seen.inclines, seen.speeds = True, None, None, [], []
            seen.training = seen.remaining = seen.step_to = None
            seen.speed_at = seen.incline_at = -(10**9)
        elif isinstance(event, LinkDown):
            seen.up = False
        elif isinstance(event, Reading) and event.at > seen.last_reading and step.before.link is Link.UP:
            _hear(seen, event, step.at)
        elif isinstance(event, Notice):
            if event.key is Key.SAFETY:
                seen.safety_at = step.at
            echo = event.key is Key.INCLINE and event.value == seen.step_to
            if event.key is not Key.CONTROL_LOST and not echo:
                seen.changed_at = step.at
        if step.after.rules != step.before.rules:
            seen.unsure_at = step.at
        yield step, seen
        for effect in step.effects:
            if isinstance(effect, RaiseIncline):
                seen.step_from, seen.step_to, seen.step_at = seen.incline or 0, effect.target, step.at
        if step.after.raising is None:
            seen.step_to = None


def _hear(seen: Seen, reading: Reading, now: int) -> None:
    seen.last_reading = reading.at
    if reading.training is not None:
        seen.training = reading.training
    if reading.remaining is not None:
        seen.remaining = reading.remaining
    if reading.speed is not None:
        if seen.speed is not None and abs(reading.speed - seen.speed) >= 10:
            seen.changed_at = now
        seen.speed, seen.speed_at = reading.speed, reading.at
        seen.speeds.append((reading.at, reading.speed))
    if reading.incline is not None:
        if seen.incline is not None and reading.incline != seen.incline and not _ours(seen, reading.incline):
            seen.changed_at = now
        seen.inclines.append(reading.incline)
        seen.incline, seen.incline_at = reading.incline, reading.at


def _ours(seen: Seen, incline: int) -> bool:
    return seen.step_to is not None and (seen.incline or 0) <= incline < seen.step_to + 10 and incline > seen.step_from


def effects(steps: Steps, *kinds: type) -> Iterator[tuple[Step, Seen, object]]:
    """Yield each effect of these kinds with its step and what was known."""
    for step, seen in watch(steps):
        for effect in step.effects:
            if isinstance(effect, kinds):
                yield step, seen, effect


def asks(step: Step) -> bool:
    """Tell whether control was asked for in order to raise the deck; a stop asks for it, too."""
    return step.after.raising is not None and any(isinstance(e, RequestControl) for e in step.effects)


def moves(step: Step) -> list[object]:
    """Return what would move the deck."""
    kinds = MOTION if asks(step) else RaiseIncline
    return [effect for effect in step.effects if isinstance(effect, kinds)]


def motions(steps: Steps) -> Iterator[tuple[Step, Seen, object]]:
    """Yield each effect that would move the deck."""
    for step, seen in watch(steps):
        for effect in moves(step):
            yield step, seen, effect


def session_of(step: Step) -> str | None:
    """Return the session that a step belongs to."""
    session = step.after.session or step.before.session
    return session.id if session else None


def inv_02(steps: Steps) -> str | None:
    for step, seen, effect in effects(steps, RaiseIncline):
        assert isinstance(effect, RaiseIncline)
        reach = step.after.machine.incline if step.after.machine else None
        if reach is None or seen.incline is None:
            return "a target without a range or a reading"
        grid = [v for v in range(reach.least, reach.most + 1, reach.step) if v >= step.after.rules.min_incline]
        if not grid or not seen.incline < effect.target <= min(grid[0], 20, reach.most):
            return f"{effect.target} from {seen.incline}"
    return None


def inv_03(steps: Steps) -> str | None:
    last, risen = -(10**9), dict[str | None, int]()
    for step, seen, effect in effects(steps, RaiseIncline):
        assert isinstance(effect, RaiseIncline)
        reach = step.after.machine.incline if step.after.machine else None
        if reach is None or seen.incline is None:
            return "no range"
        rise = effect.target - seen.incline
        increment = (effect.target - reach.least) // reach.step * reach.step == effect.target - reach.least
        wide = rise <= 10 and effect.target - reach.step <= seen.incline
        of = session_of(step)
        risen[of] = risen.get(of, 0) + rise
        if not increment or not (rise <= 5 or wide) or step.at - last < 10_000 or risen[of] > 15:
            return f"rise {rise}, after {step.at - last} ms, in all {risen[of]}"
        last = step.at
    return None


def inv_04(steps: Steps) -> str | None:
    """A second step of one raise only after the first was seen reached, at rest; none 15 s later without that."""
    previous: tuple[int, int, int] | None = None
    for step, seen in watch(steps):
        if step.after.prompt and step.after.prompt.kind is Kind.COUNTDOWN:
            previous = None
        for effect in step.effects:
            if isinstance(effect, RaiseIncline):
                if previous is not None:
                    at, target, heard = previous
                    after = seen.inclines[heard:]
                    reached = any(v >= target for v in after)
                    if not reached or seen.inclines[-3:] != [seen.inclines[-1]] * 3 or seen.inclines[-1] < target:
                        return f"step at {step.at} though {target} of {at} was not seen reached"
                previous = (step.at, effect.target, len(seen.inclines))
    return None


def inv_05(steps: Steps) -> str | None:
    """Before control is asked for, the countdown was confirmed, digit by digit, for its whole length."""
    good: dict[int, list[int]] = {}
    began: dict[int, tuple[int, bool]] = {}
    holder: tuple[str, int] | None = None
    for step, _ in watch(steps):
        event, prompt = step.event, step.before.prompt
        after = step.after.prompt
        if after and after.kind is Kind.COUNTDOWN and after.id not in began:
            pressed = isinstance(event, Answered) and event.answer is Answer.RAISE
            began[after.id] = (step.at, pressed)
        if isinstance(event, Confirmed) and (
            holder is None or step.at - holder[1] > 1_500 or holder[0] == event.screen
        ):
            holder = (event.screen, step.at)
            if prompt and prompt.kind is Kind.COUNTDOWN and event.prompt == prompt.id:
                length = _length(step, began[prompt.id][1])
                first = good.get(prompt.id, [step.at])[0]
                left = -(-(length - (step.at - first)) // 1000)
                if abs(event.digit - left) <= 1:
                    good.setdefault(prompt.id, []).append(step.at)
        if asks(step) or (
            any(isinstance(e, RaiseIncline) for e in step.effects) and prompt and prompt.kind is Kind.COUNTDOWN
        ):
            if prompt is None or prompt.kind is not Kind.COUNTDOWN:
                return "control asked for without a countdown"
            times = [*good.get(prompt.id, []), step.at]
            gaps = [b - a for a, b in pairwise(times)]
            if not gaps or max(gaps) > 1_500 or times[-1] - times[0] < _length(step, began[prompt.id][1]):
                return f"countdown confirmed at {times}"
    return None


def _length(step: Step, pressed: bool) -> int:
    return step.after.rules.assist_countdown_ms if pressed else step.after.rules.countdown_ms


def inv_06(steps: Steps) -> str | None:
    """Cancel, a key or a change ends countdown and raise at once, and no motion before a new countdown."""
    ended = False
    for step, seen in watch(steps):
        prompt = step.before.prompt
        event = step.event
        if step.after.prompt and step.after.prompt.kind is Kind.COUNTDOWN:
            fresh = prompt is None or prompt.id != step.after.prompt.id
            ended = ended and not fresh
        cancel = (
            isinstance(event, Answered)
            and event.answer is Answer.CANCEL
            and prompt is not None
            and prompt.id == event.prompt
            and prompt.kind in (Kind.COUNTDOWN, Kind.RAISING)
        )
        changed = seen.changed_at == step.at and isinstance(event, Notice | Reading)
        if cancel or changed:
            ended = True
            if step.after.prompt and step.after.prompt.kind in (Kind.COUNTDOWN, Kind.RAISING):
                return f"the prompt stays after {event}"
        if ended and moves(step):
            return f"motion after {event}"
    return None


def inv_07(steps: Steps) -> str | None:
    """In assist each raise follows a press of Raise at this screen; in enforce one may come without, once."""
    pressed_at = -(10**9)
    unasked: dict[str | None, int] = {}
    for step, _ in watch(steps):
        prompt = step.before.prompt
        pressed = isinstance(step.event, Answered) and step.event.answer is Answer.RAISE
        if pressed and prompt and prompt.id == step.event.prompt and prompt.kind is Kind.NUDGE:  # type: ignore[union-attr]  # it is Answered
            pressed_at = step.at
        if asks(step) and step.at - pressed_at > 20_000:
            of = session_of(step)
            unasked[of] = unasked.get(of, 0) + 1
            if step.after.rules.mode is not Mode.ENFORCE or unasked[of] > 1:
                return f"unasked in {step.after.rules.mode.name}, {unasked[of]} in the session"
    return None


def inv_08(steps: Steps) -> str | None:
    for step, seen, effect in motions(steps):
        if step.at - seen.speed_at > 2_000 or step.at - seen.incline_at > 2_000:
            return f"{effect} on values of {step.at - seen.speed_at} and {step.at - seen.incline_at} ms"
        if len(seen.inclines) < 3 or len(set(seen.inclines[-3:])) != 1:
            return f"the deck was not at rest: {seen.inclines[-3:]}"
    return None


def inv_09(steps: Steps) -> str | None:
    for step, seen, _ in motions(steps):
        recent = [v for at, v in seen.speeds if at > step.at - 20_000]
        if not recent or not 100 <= recent[-1] <= 1_000 or max(recent) - min(recent) > 30:
            return f"speeds {recent}"
    return None


def inv_10(steps: Steps) -> str | None:
    for step, seen, effect in motions(steps):
        if step.at - seen.changed_at < step.after.rules.quiet_ms:
            return f"{effect} {step.at - seen.changed_at} ms after the member's change"
    return None


def inv_11(steps: Steps) -> str | None:
    risen, over = set[str | None](), set[str | None]()
    before: int | None = None
    for step, seen in watch(steps):
        of = session_of(step)
        lower = isinstance(step.event, Reading) and None not in (before, seen.incline) and seen.incline < before  # type: ignore[operator]  # neither is None
        if lower and of in risen and step.before.session and step.before.session.id == of:
            over.add(of)
        if of in over and moves(step):
            return "a raise after the member lowered one"
        if any(isinstance(e, RaiseIncline) for e in step.effects):
            risen.add(of)
        before = seen.incline
    return None


def inv_12(steps: Steps) -> str | None:
    noes: dict[str | None, list[int]] = {}
    for step, _ in watch(steps):
        prompt, event, of = step.before.prompt, step.event, session_of(step)
        if isinstance(event, Answered) and prompt and prompt.id == event.prompt:
            said_no = (event.answer is Answer.DECLINE and prompt.kind is Kind.NUDGE) or (
                event.answer is Answer.CANCEL and prompt.kind in (Kind.COUNTDOWN, Kind.RAISING)
            )
            if said_no and step.before.session:
                noes.setdefault(step.before.session.id, []).append(step.at)
        if _offered(step) and noes.get(of):
            if len(noes[of]) > 1 or step.at - noes[of][-1] < step.after.rules.decline_hold_ms:
                return f"asked again {step.at - noes[of][-1]} ms after {len(noes[of])} noes"
            if _offered(step) == "countdown":
                return "a countdown unasked after a no"
    return None


def _offered(step: Step) -> str | None:
    for effect in step.effects:
        if isinstance(effect, Happened) and effect.kind == "nudge" and dict(effect.data)["step"] == "offered":
            return str(dict(effect.data)["form"])
    return None


def inv_13(steps: Steps) -> str | None:
    for step, seen in watch(steps):
        if not (_offered(step) or moves(step)):
            continue
        if seen.training in BARRED or (seen.speed or 0) < 50 or seen.safety_at > max(seen.speed_at, 0):
            return f"in {seen.training}, at {seen.speed}"
        if seen.remaining is not None and 0 < seen.remaining <= 120:
            return f"with {seen.remaining} s left"
    return None


def inv_14(steps: Steps) -> str | None:
    for step, seen in watch(steps):
        if seen.unsure_at == step.at and step.after.raising is not None and step.after.raising == step.before.raising:
            return "a raise outlived a loss"
        moved = moves(step)
        if (moved or _offered(step)) and step.at - seen.unsure_at < step.after.rules.link_hold_ms:
            return f"{step.effects} {step.at - seen.unsure_at} ms after we knew nothing"
    return None


def inv_16(steps: Steps) -> str | None:
    flying: int | None = None
    over = set[str | None]()
    for step, _ in watch(steps):
        of = session_of(step)
        if isinstance(step.event, Outcome) and step.event.effect == flying:
            if step.event.result is Result.UNKNOWN:
                over.add(of)
            flying = None
        if step.before.raising is not None and step.after.raising is None:
            flying = None
        for effect in step.effects:
            if isinstance(effect, MACHINE):
                if flying is not None:
                    return f"{effect} while {flying} was not answered"
                if of in over:
                    return f"{effect} after an unknown outcome"
                flying = effect.id
    return None


def inv_17(steps: Steps) -> str | None:
    for step, _, effect in effects(steps, RaiseIncline):
        assert isinstance(effect, RaiseIncline)
        reach = step.after.machine.incline if step.after.machine else None
        if reach is None or effect.target not in range(reach.least, reach.most + 1, reach.step):
            return f"{effect.target} is not on {reach}"
    return None


def inv_18(steps: Steps) -> str | None:
    lost = set[str | None]()
    asked: int | None = None
    for step, _ in watch(steps):
        of = session_of(step)
        event = step.event
        if isinstance(event, Notice) and event.key is Key.CONTROL_LOST and step.before.session:
            lost.add(step.before.session.id)
        if (
            isinstance(event, Outcome)
            and event.effect == asked
            and event.result is Result.REFUSED
            and step.before.raising
        ):
            lost.add(of)
        for effect in step.effects:
            if effect in moves(step) and (step.after.rules.mode < Mode.ASSIST or of in lost):
                return f"{effect} in {step.after.rules.mode.name}, control lost: {of in lost}"
            if isinstance(effect, RequestControl) and asks(step):
                asked = effect.id
    return None


def inv_19(steps: Steps) -> str | None:
    """Whatever the member did after the decision, the permit is gone."""
    pending: int | None = None
    for step, seen in watch(steps):
        for effect in step.effects:
            if isinstance(effect, MACHINE):
                pending = effect.id
        changed = seen.changed_at == step.at and isinstance(step.event, Notice | Reading)
        cancel = isinstance(step.event, Answered) and step.event.answer is Answer.CANCEL and step.after.raising is None
        if pending is not None and (changed or cancel) and permits(step.after, pending, step.at):
            return f"{pending} may still be sent after {step.event}"
    return None


def inv_20(steps: Steps) -> str | None:
    """What could stop a belt is asked for only where the club chose it and commissioning proved it."""
    for step, _, effect in effects(steps, SetWorkoutTime, StopOnce):
        rules = step.after.rules
        timer = rules.limit_action is Action.MACHINE and rules.proved_time and rules.limit_when is When.ALWAYS
        stop = rules.limit_action is Action.STOP and rules.proved_stop
        if not (timer if isinstance(effect, SetWorkoutTime) else stop):
            return f"{effect} was never armed"
    return None


def inv_21(steps: Steps) -> str | None:
    """Each warning once per limit; an extension brings back only those that are still to come."""
    said: list[int] = []
    of: str | None = None
    for step, _ in watch(steps):
        if session_of(step) != of:
            said, of = [], session_of(step)
        for effect in step.effects:
            data = dict(effect.data) if isinstance(effect, Happened) and effect.kind == "limit" else {}
            if data.get("step") in ("extended", "taken_off", "lifted"):
                said = []
            if data.get("step") == "warned":
                minutes = int(data["minutes"] or 0)
                if said and minutes >= said[-1]:
                    return f"{minutes} min said after {said}"
                said.append(minutes)
    return None


RANK = {
    Kind.HELP: 5,
    **dict.fromkeys((Kind.STOP, Kind.STOPPING, Kind.STOP_OFF), 4),
    **dict.fromkeys((Kind.TIME, Kind.LIMIT, Kind.OVER, Kind.EXTENDED, Kind.LIFTED, Kind.LIMIT_OFF), 3),
    Kind.SUGGESTION: 1,
}


def inv_22(steps: Steps) -> str | None:
    """Nothing takes the place of something that matters more, while that is still due on the screen."""
    for step, _ in watch(steps):
        before, after = step.before.prompt, step.after.prompt
        if before is None or after is None or before.id == after.id or isinstance(step.event, Answered):
            continue
        asks = before.until is not None and step.at < before.until and before.kind in RANK
        lasting = asks and before.kind not in (Kind.EXTENDED, Kind.LIFTED, Kind.LIMIT_OFF)
        staff = isinstance(step.event, Extended | Lifted)
        if lasting and not staff and RANK.get(after.kind, 2) < RANK[before.kind]:
            return f"{after.kind} in place of {before.kind}"
    return None


def inv_23(steps: Steps) -> str | None:
    """What is done off the belt shows only while the belt is known to stand."""
    for step, seen in watch(steps):
        known = step.after.link is Link.UP and seen.speed == 0 and step.at - seen.speed_at <= 5_000
        card, prompt = step.after.card, step.after.prompt
        if card is not None and PLACEMENT[card.item] == OFF_BELT and not known:
            return f"{card.item} at {seen.speed}"
        if prompt is not None and prompt.item and PLACEMENT[prompt.item] == OFF_BELT:
            return f"{prompt.item} on the belt"
    return None


def stops(steps: Steps) -> str | None:  # noqa: C901, each thing that cancels has its line
    """A stop: once a session, after 30 s shown without a break, on a slow, even belt that nobody touched."""
    done = set[str | None]()
    shown: list[int] = []
    for step, seen in watch(steps):
        prompt, event, of = step.before.prompt, step.event, session_of(step)
        if prompt is None or prompt.kind is not Kind.STOP:
            shown = []
        elif isinstance(event, Confirmed) and event.prompt == prompt.id:
            shown.append(step.at)
        if isinstance(event, Answered | HelpAsked | Extended | Lifted) and step.before.stopping is not None:
            done.add(of)
        for effect in step.effects:
            if isinstance(effect, StopOnce):
                times = [*shown, step.at]
                gap = max((b - a for a, b in pairwise(times)), default=10**9)
                if of in done:
                    return "a second stop, or one after a touch"
                if gap > 1_500 or times[-1] - times[0] < 30_000:
                    return f"confirmed at {times}"
                if seen.speed is None or not 50 <= seen.speed <= 600 or step.at - seen.speed_at > 2_000:
                    return f"at {seen.speed}, {step.at - seen.speed_at} ms old"
                if step.at - seen.changed_at < 30_000 or step.at - seen.unsure_at < 30_000:
                    return "after a change"
                done.add(of)
    return None


def workout_times(steps: Steps) -> str | None:
    """A workout time: on a belt seen to stand for 5 s, in nobody's session, once for each member who comes."""
    since: int | None = None
    sent = 0
    for step, seen in watch(steps):
        if seen.speed != 0 or step.at - seen.speed_at > 2_000:
            since = None
        elif since is None:
            since = step.at
        sent = 0 if step.after.session is not None else sent
        for effect in step.effects:
            if isinstance(effect, SetWorkoutTime):
                sent += 1
                if since is None or step.at - since < 5_000 or step.after.session is not None or sent > 1:
                    return f"{effect} at {seen.speed}, the {sent}th"
    return None


def fair(steps: Steps) -> str | None:
    """Nobody hears that the time is up less than ten minutes of use after the limit was announced."""
    due: dict[str | None, int] = {}
    for step, _ in watch(steps):
        of = session_of(step)
        for effect in step.effects:
            data = dict(effect.data) if isinstance(effect, Happened) and effect.kind == "limit" else {}
            used = step.after.session.used if step.after.session else 0
            if data.get("step") == "announced":
                due[of] = used + 600_000
            if data.get("step") == "reached" and used < due.get(of, 0):
                return f"reached {due[of] - used} ms early"
    return None


def free(steps: Steps) -> str | None:
    """The screen says that a machine is free only on the floor's word of the last minute."""
    word: FloorTold | None = None
    for step, _ in watch(steps):
        if isinstance(step.event, FloorTold):
            word = step.event
        prompt, before = step.after.prompt, step.before.prompt
        if prompt is None or not prompt.free or (before is not None and before.id == prompt.id):
            continue
        if word is None or step.at - word.at > 60_000 or not any(count > 0 for _, count in word.free):
            return f"{prompt.item} said to be free"
    return None


def suggestions(steps: Steps) -> str | None:
    """At most two in a session, none again after Not today, none within the hold after Not now, none on a stop."""
    count: dict[str | None, int] = {}
    over, quiet = set[str | None](), dict[str | None, int]()
    for step, seen in watch(steps):
        of, event, prompt = session_of(step), step.event, step.before.prompt
        answered = isinstance(event, Answered) and prompt is not None and prompt.id == event.prompt
        if answered and prompt is not None and prompt.kind is Kind.SUGGESTION:
            if event.answer is Answer.NOT_TODAY:  # type: ignore[union-attr]  # it is Answered
                over.add(of)
            if event.answer is Answer.DECLINE:  # type: ignore[union-attr]  # it is Answered
                quiet[of] = step.at + step.after.rules.decline_hold_ms
        for effect in step.effects:
            if isinstance(effect, Happened) and effect.kind == "suggestion" and dict(effect.data)["step"] == "offered":
                count[of] = count.get(of, 0) + 1
                if count[of] > 2 or of in over or step.at < quiet.get(of, 0) or not 50 <= (seen.speed or 0) <= 1_200:
                    return f"suggestion {count[of]} at {seen.speed}"
    return None


def inv_26(steps: Steps) -> str | None:
    for step, _ in watch(steps):
        reach = step.after.machine.incline if step.after.machine else None
        if _offered(step) and reach is not None and reach.most < step.after.rules.min_incline:
            return "asked for what the machine cannot do"
    return None


def inv_27(steps: Steps) -> str | None:
    count: dict[str | None, int] = {}
    last: dict[str | None, int] = {}
    for step, _ in watch(steps):
        of = session_of(step)
        for effect in step.effects:
            if isinstance(effect, Happened) and effect.kind == "nudge":
                data = dict(effect.data)
                if data["step"] == "ended" and data["outcome"] == "undelivered":
                    last.pop(of, None)
                if data["step"] == "offered":
                    count[of] = count.get(of, 0) + 1
                    if count[of] > min(6, step.after.rules.nudges_a_session):
                        return f"{count[of]} nudges"
                    if step.at - last.get(of, -(10**9)) < step.after.rules.nudge_spacing_ms:
                        return f"a nudge {step.at - last[of]} ms after the last"
                    last[of] = step.at
    return None


def inv_30(steps: Steps) -> str | None:
    over = set[str | None]()
    for step, _ in watch(steps):
        of = session_of(step)
        if isinstance(step.event, HelpAsked):
            if step.before.session:
                over.add(step.before.session.id)
            if not any(isinstance(e, Happened) and e.kind == "help" for e in step.effects):
                return "help was not told"
        if of in over and (_offered(step) or moves(step)):
            return "nudged after a call for help"
    return None


TIME = (stops, workout_times, fair, free, suggestions)
ORACLES: dict[str, Oracle] = {
    **{name: value for name, value in list(globals().items()) if name.startswith("inv_")},
    **{oracle.__name__: oracle for oracle in TIME},
}

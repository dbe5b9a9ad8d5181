"""What happened, in one plain sentence each: for the demo's terminal and its page, and for the journal."""

from collections.abc import Callable

from daemon.policy.events import Happened

type Value = str | int | bool | None
type Data = dict[str, Value]

OUTCOMES = {
    "accepted_key": "The member said yes.",
    "accepted_self": "The member took the belt off the flat with their own keys.",
    "declined": "The member said no. The screen stays quiet for a while.",
    "expired": "Nobody answered. No answer changes nothing.",
    "withdrawn": "What the screen asked is withdrawn.",
    "undelivered": "No screen showed it, so it does not count.",
    "raised": "The belt is off the flat.",
}

RAISES = {
    "done": "The deck arrived at {goal} %. It is not moved again by itself in this session.",
    "cancelled": "Cancel was touched. The deck stays where it is.",
    "screen": "The screen stopped showing the countdown. That counts as Cancel.",
    "member": "The member used the treadmill's own keys. They always win; the raise is over.",
    "refused": "The treadmill refused. It is not asked again in this session.",
    "unknown": "The treadmill did not answer. What it did is unknown, so nothing is tried again.",
    "not_reached": "The deck did not arrive in time. Nothing is tried again.",
    "halted_after": "The belt stopped right after the deck was raised. It is not moved again in this session.",
    "limit": "The raise is over: a message about time comes first.",
    "lowered_after": "The member lowered the deck after a raise. It is not moved again in this session.",
}


def percent(tenths: Value) -> str:
    """Return tenths of a percent as text with one decimal."""
    return f"{int(tenths or 0) / 10:.1f}"


def minutes(ms: Value) -> str:
    """Return milliseconds as m:ss."""
    return f"{int(ms or 0) // 60_000}:{int(ms or 0) // 1000 % 60:02d}"


def sentence(happened: Happened) -> str | None:
    """Return what happened as a sentence, or None for what needs no words."""
    tell = SENTENCES.get(happened.kind)
    return tell(dict(happened.data)) if tell else None


def _session(data: Data) -> str:
    if data.get("step") == "new":
        return "A session began."
    return f"The session ended: {minutes(data['belt'])} on the belt, {minutes(data['flat'])} of it flat."


def _nudge(data: Data) -> str:
    if data.get("step") == "ended":
        return OUTCOMES.get(str(data.get("outcome")), "The question is over.")
    if data.get("form") == "countdown":
        return "The belt has been flat for a while: the screen counts down to a small raise. Cancel is always there."
    return "The belt has been flat for a while: the screen asks for a little incline."


STOPS = {
    "offered": "The grace is over and the belt still runs: the screen counts down to a stop. Anything cancels it.",
    "done": "The treadmill was asked to stop, once.",
    "touched": "The stop was cancelled at the screen. The belt goes on; staff may want to look.",
    "member": "The member used the treadmill's own keys: no stop in this session. Staff may want to look.",
}

TIMES = {
    "done": "The console's own workout time is set for who comes next.",
    "withdrawn": "Somebody came, or a key was pressed: the console's workout time is left alone.",
}

LIMITS = {
    "announced": "A time limit counts for this session from now on.",
    "warned": "The screen says: {minutes} min left.",
    "reached": "The time is up: the screen asks to cool down.",
    "over": "The grace is over and the belt still runs. Staff are told.",
    "taken_off": "Nobody waits any more: the limit is taken off.",
    "extended": "Staff gave more time.",
    "lifted": "Staff took the limit off this session.",
    "waiting": "Staff say that people wait.",
    "nobody_waits": "Staff say that nobody waits.",
}


def _limit(data: Data) -> str:
    return LIMITS.get(str(data.get("step")), "The time limit changed.").format(minutes=data.get("minutes"))


def _suggestion(data: Data) -> str:
    if data.get("step") == "offered":
        return f"The screen suggests a change ({data.get('item')}, rule {data.get('rule')})."
    return f"The suggestion is over: {str(data.get('outcome')).replace('_', ' ')}."


def _command(data: Data) -> str:
    if data.get("what") == "stop":
        return STOPS.get(str(data.get("result")), f"The stop was cancelled ({data.get('result')}). The belt goes on.")
    if data.get("what") == "workout_time":
        return TIMES.get(str(data.get("result")), f"The console took no workout time ({data.get('result')}).")
    text = RAISES.get(str(data.get("result")), "The raise ended: {result}.")
    return text.format(goal=percent(data.get("goal")), result=data.get("result"))


def _link(data: Data) -> str:
    if data.get("state") == "up":
        return "Connected to the treadmill."
    return f"The treadmill is out of reach: {data.get('reason') or 'the link ended'}"


SENTENCES: dict[str, Callable[[Data], str]] = {
    "session": _session,
    "nudge": _nudge,
    "command": _command,
    "link": _link,
    "limit": _limit,
    "suggestion": _suggestion,
    "help": lambda data: "The member asks for help.",
    "trainer": lambda data: "The member would like to talk with a trainer.",
    "policy": lambda data: f"New settings are in force: {data.get('mode')}, at least {percent(data['min_incline'])} %.",
    "lent": lambda data: (
        "The member's own app may use the treadmill now."
        if data.get("step") == "lent"
        else "The link is taken back from the member's app."
    ),
}

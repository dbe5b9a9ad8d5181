"""The tree inclined/v1/{site}/{machine}/..., as data: what is published where, how surely, and whether it is kept."""

from dataclasses import dataclass

from pydantic import BaseModel

from daemon.messages import (
    Ack,
    Alert,
    Command,
    Counters,
    Event,
    FloorState,
    Info,
    Nearby,
    Settings,
    SettingsWanted,
    State,
)

ROOT = "inclined/v1"
ONLINE, STALE, OFFLINE = "online", "stale", "offline"
REFUSED = 0x80
"""A SUBACK's codes from here on are refusals (MQTT 3.1.1, 3.9.3)."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of message: its form, its MQTT quality of service, and whether the broker keeps the last one."""

    form: type[BaseModel] | None  # None: a plain word
    doc: str
    qos: int = 1
    retain: bool = False


PUBLISHED = {
    "status": Kind(None, "`online`, or `offline`, which is also the will", retain=True),
    "link": Kind(None, "the treadmill behind the daemon: `online`, `stale` or `offline`", retain=True),
    "info": Kind(Info, "who and what the machine is", retain=True),
    "state": Kind(State, "the machine now; true only while `status` and `link` are `online`", qos=0, retain=True),
    "settings": Kind(Settings, "the policy in force", retain=True),
    "counters": Kind(Counters, "sums that never fall, each minute", retain=True),
    "event": Kind(Event, "at `event/{kind}`: what happened, in the order of `seq`"),
    "alert": Kind(Alert, "at `alert/{code}`: what staff should see to; empty once it is over", retain=True),
    "nearby": Kind(Nearby, "machines nearby without a computer of their own, where `[nearby]` names some", retain=True),
    "ack": Kind(Ack, "the answer to each command"),
}
"""What a machine publishes, by the first word of its topic."""

HEARD = {
    "cmd/{verb}": Kind(Command, "a wish; refused with the retain flag"),
    "settings/desired": Kind(SettingsWanted, "the floor's settings for this machine", retain=True),
    "../_floor/state": Kind(FloorState, "what is free and who waits; believed for 60 s", qos=0, retain=True),
    "../_floor/stored/{machine}": Kind(None, "a number: the floor has stored all events up to this `seq`", retain=True),
    "info": Kind(Info, "its own: another `run` in it is another computer with this machine's name", retain=True),
}
"""What a machine listens to."""


@dataclass(frozen=True, slots=True)
class Tree:
    """The topics of one machine."""

    site: str
    machine: str

    def own(self, name: str) -> str:
        """Return the topic of one of this machine's messages, e.g. `state` or `event/nudge`."""
        return f"{ROOT}/{self.site}/{self.machine}/{name}"

    @property
    def desired(self) -> str:
        """The floor's settings for this machine."""
        return self.own("settings/desired")

    @property
    def floor(self) -> str:
        """What the floor says of the whole gym."""
        return f"{ROOT}/{self.site}/_floor/state"

    @property
    def info(self) -> str:
        """Who this machine is: we listen to our own word, to hear another computer that speaks for us."""
        return self.own("info")

    @property
    def stored(self) -> str:
        """How far the floor has stored this machine's events."""
        return f"{ROOT}/{self.site}/_floor/stored/{self.machine}"

    @property
    def subscribed(self) -> tuple[str, ...]:
        """What this machine listens to."""
        return (self.own("cmd/+"), self.desired, self.floor, self.stored, self.info)

    def verb(self, topic: str) -> str | None:
        """Return the verb of a command's topic, or None when it is none of ours."""
        head = self.own("cmd/")
        return topic[len(head) :] if topic.startswith(head) else None

"""The tree inclined/v1/{site}/{machine}/..., as data: what is published where, how surely, and whether it is kept."""

from dataclasses import dataclass

from pydantic import BaseModel

from daemon.messages import Ack, Alert, Command, Counters, Event, Info, Settings, SettingsWanted, State

ROOT = "inclined/v1"
ONLINE, STALE, OFFLINE = "online", "stale", "offline"
REFUSED = 0x80
"""A SUBACK's codes from here on are refusals (MQTT 3.1.1, 3.9.3)."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of message: its MQTT quality of service, whether the broker keeps the last one, and its form."""

    qos: int
    retain: bool
    form: type[BaseModel] | None  # None: a plain word
    doc: str


PUBLISHED = {
    "status": Kind(1, True, None, "`online`, or `offline`, which is also the will"),
    "link": Kind(1, True, None, "the treadmill behind the daemon: `online`, `stale` or `offline`"),
    "info": Kind(1, True, Info, "who and what the machine is"),
    "state": Kind(0, True, State, "the machine now; true only while `status` and `link` are `online`"),
    "settings": Kind(1, True, Settings, "the policy in force"),
    "counters": Kind(1, True, Counters, "sums that never fall, each minute"),
    "event": Kind(1, False, Event, "at `event/{kind}`: what happened, in the order of `seq`"),
    "alert": Kind(1, True, Alert, "at `alert/{code}`: what staff should see to; empty once it is over"),
    "ack": Kind(1, False, Ack, "the answer to each command"),
}
"""What a machine publishes, by the first word of its topic."""

HEARD = {
    "cmd/{verb}": Kind(1, False, Command, "a wish; refused with the retain flag"),
    "settings/desired": Kind(1, True, SettingsWanted, "the floor's settings for this machine"),
    "../_floor/state": Kind(0, True, None, "what the floor has free; not used yet"),
    "../_floor/stored/{machine}": Kind(1, True, None, "a number: the floor has stored all events up to this `seq`"),
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
    def stored(self) -> str:
        """How far the floor has stored this machine's events."""
        return f"{ROOT}/{self.site}/_floor/stored/{self.machine}"

    @property
    def subscribed(self) -> tuple[str, ...]:
        """What this machine listens to."""
        return (self.own("cmd/+"), self.desired, f"{ROOT}/{self.site}/_floor/state", self.stored)

    def verb(self, topic: str) -> str | None:
        """Return the verb of a command's topic, or None when it is none of ours."""
        head = self.own("cmd/")
        return topic[len(head) :] if topic.startswith(head) else None

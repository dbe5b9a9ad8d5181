"""The tree inclined/v1/{site}/{machine}/..., as data: what is published where, how surely, and whether it is kept."""

from dataclasses import dataclass

ROOT = "inclined/v1"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of message: its MQTT quality of service, and whether the broker keeps the last one."""

    qos: int
    retain: bool


PUBLISHED = {
    "status": Kind(1, retain=True),  # online | offline; the will says offline
    "link": Kind(1, retain=True),  # online | stale | offline: the treadmill behind the daemon
    "info": Kind(1, retain=True),
    "state": Kind(0, retain=True),
    "settings": Kind(1, retain=True),
    "counters": Kind(1, retain=True),
    "event": Kind(1, retain=False),
    "alert": Kind(1, retain=True),
    "ack": Kind(1, retain=False),
}


@dataclass(frozen=True, slots=True)
class Tree:
    """The topics of one machine."""

    site: str
    machine: str

    def own(self, name: str) -> str:
        """Return the topic of one of this machine's messages, e.g. `state` or `event/nudge`."""
        return f"{ROOT}/{self.site}/{self.machine}/{name}"

    @property
    def stored(self) -> str:
        """How far the floor has stored this machine's events."""
        return f"{ROOT}/{self.site}/_floor/stored/{self.machine}"

    @property
    def subscribed(self) -> tuple[str, ...]:
        """What this machine listens to."""
        return (
            self.own("cmd/+"),
            self.own("settings/desired"),
            f"{ROOT}/{self.site}/_floor/state",
            self.stored,
        )

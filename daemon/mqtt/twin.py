"""Two computers with one name: the broker lets only one of them stay, so each must stop fighting for the place. Pure.

A broker of MQTT 5 may say that another has taken the session over (reason 0x8E, MQTT 5 section 3.14.2.1); Mosquitto
2.0 closes the connection without a word. So a connection lost within seconds, several times in a row, says the same,
and so does our own `info` told by a run of the daemon that is not ours.
"""

from dataclasses import dataclass, replace

TAKEN_OVER = 0x8E
SHORT_S = 10.0
"""A connection that ended sooner did not end by chance..."""
SUSPECT = 3
"""...where so many did in a row."""
SEEN = (
    "Another computer uses the name of this machine, {machine}, at the broker: give one of them another [machine]"
    " machine, or switch it off. This one gives way, and goes on with its treadmill and its screen."
)
INFERRED = (
    "The broker ends each connection within seconds: it may be that another computer uses the name of this machine,"
    " {machine}. This one waits longer each time, and goes on with its treadmill and its screen."
)


@dataclass(frozen=True, slots=True)
class Rivalry:
    """What the connections so far say: takeovers since the last calm, and short connections in a row."""

    takeovers: int = 0
    short: int = 0
    seen: bool = False
    """Told by the broker or by our own topic, not only inferred."""

    def text(self, machine: str) -> str | None:
        """Return the line for staff, or None while nothing is wrong."""
        if not self.takeovers and not self.seen:
            return None
        return (SEEN if self.seen else INFERRED).format(machine=machine)


def ended(before: Rivalry, lived_s: float, calm_s: float, *, taken_over: bool) -> Rivalry:
    """Return what a connection that lived so long and then ended adds; taken_over: it was seen why.

    One that lived longer than calm_s, the longest pause of a rival, shows that there is none any more.
    """
    if taken_over:
        return Rivalry(before.takeovers + 1, 0, seen=True)
    if lived_s >= calm_s:
        return Rivalry()
    if before.takeovers or lived_s >= SHORT_S:
        counts = before.takeovers and lived_s < SHORT_S
        return replace(before, takeovers=before.takeovers + bool(counts), short=0)
    short = before.short + 1
    return replace(before, takeovers=int(short >= SUSPECT), short=short % SUSPECT)


def pause(rivalry: Rivalry, first_s: float, most_s: float, chance: float) -> float:
    """Return seconds to stay away: twice as long each time up to most_s; chance in 0..1 takes up to half off."""
    whole = min(most_s, first_s * 2.0 ** min(max(0, rivalry.takeovers - 1), 16))
    return whole * (0.5 + 0.5 * chance)

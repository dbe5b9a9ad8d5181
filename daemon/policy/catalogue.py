"""The trainer's items as the policy knows them: where each may stand, and which machine it sends to. No words."""

from collections.abc import Mapping

ON_BELT, ANYWHERE, OFF_BELT = "on_belt", "any", "off_belt"

PLACEMENT: Mapping[str, str] = {
    "incl.min": ON_BELT,
    "mod.elliptical": ANYWHERE,
    "mod.row": ANYWHERE,
    "mod.stair": ANYWHERE,
    "mod.rope": ANYWHERE,
    "mod.swim": ANYWHERE,
    "mod.outside": ANYWHERE,
    "mod.hill": ANYWHERE,
    "mod.mix": ANYWHERE,
    "mod.intervals": ANYWHERE,
    "glute.bridge": OFF_BELT,
    "glute.swiss": OFF_BELT,
    "glute.deadlift": OFF_BELT,
    "glute.donkey": OFF_BELT,
    "glute.cobra": OFF_BELT,
    "glute.try": OFF_BELT,
    "hip.roll": OFF_BELT,
    "hip.stretch": OFF_BELT,
    "hip.sitting": OFF_BELT,
    "ham.skip": OFF_BELT,
    "core.kettlebell": OFF_BELT,
    "core.vipr": OFF_BELT,
    "core.why": OFF_BELT,
    "long.view": ANYWHERE,
    "long.mixweek": ANYWHERE,
    "pro.talk": ANYWHERE,
    "info.disclaimer": ANYWHERE,
}
"""Every item; what is OFF_BELT shows only while the belt is known to stand."""

MACHINES: Mapping[str, str] = {"mod.elliptical": "elliptical", "mod.row": "rower", "mod.stair": "stairs"}
"""Items that send to another machine, in the order in which they are offered, and its type on the floor."""

ROUND = ("mod.mix", "mod.elliptical", "mod.row", "mod.stair", "mod.rope", "mod.swim", "mod.outside")
"""A first suggestion takes the next of these."""
WARM_UPS = ("glute.bridge", "glute.donkey", "glute.cobra", "glute.swiss", "glute.deadlift")
HIPS = ("hip.stretch", "hip.roll")
CORE = ("core.kettlebell", "core.vipr", "core.why")
EXTRAS = ("glute.try", "ham.skip", "long.view")
"""Now and then one of these among the warm-ups."""

"""Which treadmills are near, for who sets one up: those that can be heard. Nothing is connected, nothing is sent."""

from dataclasses import dataclass

from drivers.contract import LinkLost

LISTEN_S = 6.0


@dataclass(frozen=True, slots=True)
class Near:
    """One to choose: its driver's spec, what it is called, and dBm, where it has any."""

    spec: str
    about: str
    signal: int | None = None


@dataclass(frozen=True, slots=True)
class Nearby:
    """All that were found, the nearest first, and why not more could be, if so."""

    found: tuple[Near, ...] = ()
    fault: str | None = None


async def nearby(seconds: float = LISTEN_S) -> Nearby:
    """Listen, and return what was found."""
    from drivers.ftms.scan import scan  # bleak is slow to load, and only needed here

    try:
        heard = await scan(seconds)
    except LinkLost as error:
        return Nearby((), " ".join(str(error).split()))
    sure = {True: "treadmill", False: "maybe a treadmill"}
    return Nearby(
        tuple(
            Near(f"ftms:{each.address}", f"{each.name or 'no name'}, {sure[each.certain]}", each.signal)
            for each in heard
        )
    )

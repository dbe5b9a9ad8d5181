"""Which treadmills are near, for who sets one up: those that can be heard. Nothing is connected, nothing is sent."""

from daemon.firstrun.near import Near, Nearby
from drivers.contract import LinkLost

LISTEN_S = 6.0


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

"""Which treadmills are near, for who sets one up: those heard, and the serial ports there are.

Nothing is connected and nothing is sent. What a serial port leads to is not asked of it: staff say what speaks there.
"""

from collections.abc import Iterable
from pathlib import Path

from daemon.firstrun.near import Near, Nearby
from drivers.contract import LinkLost
from drivers.transports.ports import DEV, Port, list_ports

LISTEN_S = 6.0
SPOKEN = {
    "ftms-uart": "serial port to a gateway with FTMS, 115200 bits a second",
    "csafe": "serial port to a CSAFE socket, 9600 bits a second",
}
"""What may be at the other end of a serial port; another speed is set in the file."""


async def nearby(seconds: float = LISTEN_S, dev: Path = DEV) -> Nearby:
    """Listen, and return what was found: treadmills in the air first, then each serial port as what it may be."""
    from drivers.ftms.scan import scan  # bleak is slow to load, and only needed here

    ports = at_ports(list_ports(dev))
    try:
        heard = await scan(seconds)
    except LinkLost as error:
        return Nearby(ports, " ".join(str(error).split()))
    sure = {True: "treadmill", False: "maybe a treadmill"}
    in_the_air = (
        Near(f"ftms:{each.address}", f"{each.name or 'no name'}, {sure[each.certain]}", each.signal) for each in heard
    )
    return Nearby((*in_the_air, *ports))


def at_ports(ports: Iterable[Port]) -> tuple[Near, ...]:
    """Return each port once for each thing that may be at its other end."""
    return tuple(
        Near(f"{kind}:{port.name}", f"{f'{port.about}: ' if port.about else ''}{words}")
        for port in ports
        for kind, words in SPOKEN.items()
    )

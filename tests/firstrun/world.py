"""The set-up's two apps, served for real over a folder of a test, with treadmills in reach as the test says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from api.firstrun.app import create_elsewhere, create_screen
from api.firstrun.desk import Place, SetUp
from api.firstrun.pairing import Pairing
from api.serve import listen, serve
from daemon.commands.check import no_driver
from daemon.firstrun.here import zones
from daemon.firstrun.look import look
from daemon.firstrun.near import Near, Nearby
from daemon.firstrun.questions import Answers, Here
from daemon.firstrun.saving import save

KEY = "the-kiosks-own-key-of-this-boot"
CODE = "042137"
HERE = Here("t07", "Europe/Berlin")
NEARBY = Nearby(
    (
        Near("ftms:C0:FF:EE:00:00:07", "Horizon T7, treadmill", -58),
        Near("ftms:C0:FF:EE:00:00:08", "no name, maybe a treadmill", -80),
    )
)
GOOD: Answers = {
    "machine.driver": "ftms:C0:FF:EE:00:00:07",
    "machine.mode": "observe",
    "machine.units": "km/h",
    "machine.name": "Treadmill 7",
}
AT = datetime(2026, 6, 1, 12, 0, 0, tzinfo=UTC)


@dataclass
class HandClock:
    """Goes on only by hand."""

    boot: str = "boot"
    at: int = 1_000

    def now(self) -> int:
        return self.at

    def wall(self) -> datetime:
        return AT


@dataclass
class World:
    """One computer that is not set up."""

    file: Path
    clock: HandClock = field(default_factory=HandClock)
    nearby: Nearby = NEARBY
    saved: list[Answers] = field(default_factory=list)
    refuses: OSError | None = None
    codes: list[str] = field(default_factory=lambda: [CODE])
    addresses: tuple[str, ...] = ("192.0.2.7",)

    def __post_init__(self) -> None:
        self.pairing = Pairing(self.clock, lambda: self.codes[0])

    def set_up(self) -> SetUp:
        async def heard() -> Nearby:
            return self.nearby

        async def written(answers: Answers) -> None:
            if self.refuses is not None:
                raise self.refuses
            await asyncio.to_thread(save, self.file, answers, HERE, AT)
            self.saved.append(answers)

        return SetUp(
            file=self.file,
            clock=self.clock,
            here=HERE,
            zones=tuple(zones()),
            key=KEY,
            seen=lambda: look(self.file, no_driver),
            nearby=heard,
            no_driver=no_driver,
            save=written,
            place=lambda: Place(("t07", "t07.local"), self.addresses),
            pairing=self.pairing,
        )

    @asynccontextmanager
    async def served(self, *, screen: bool = True, port: int = 0) -> AsyncIterator[str]:
        """Serve one of the apps, and yield its address."""
        sock = listen("127.0.0.1", port)
        app = create_screen(self.set_up()) if screen else create_elsewhere(self.set_up())
        serving = asyncio.ensure_future(serve(app, sock))
        try:
            yield f"http://127.0.0.1:{sock.getsockname()[1]}"
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)

    @asynccontextmanager
    async def client(self, secret: str | None = KEY, *, screen: bool = True) -> AsyncIterator[httpx.AsyncClient]:
        """Serve one of the apps, and yield a client of it that says secret."""
        headers = {} if secret is None else {"Authorization": f"Bearer {secret}"}
        async with self.served(screen=screen) as url, httpx.AsyncClient(base_url=url, headers=headers) as client:
            yield client


def with_answers(**changes: str) -> Answers:
    """Return good answers with changes; a key's dot is written as two underscores."""
    return {**GOOD, **{key.replace("__", "."): value for key, value in changes.items()}}

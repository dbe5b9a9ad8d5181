"""What staff ask of one machine: a command with the name of who asks, and the wait for its answer, which has an end.

The floor alone publishes commands. One that is not answered in time has expired at the machine too, so that nothing
happens later that nobody expects any more.
"""

import asyncio
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from daemon.clock import Clock
from daemon.messages import Ack, Command
from daemon.mqtt.broker import LOST
from daemon.mqtt.client import Client
from daemon.mqtt.topics import ROOT

ANSWER_S: Final = 5.0
AWAY: Final = "The floor is not connected to the broker: nothing was asked of {machine}. Try again in a minute."
CLOCKLESS: Final = "This computer does not know the date yet: nothing was asked of {machine}. Try again in a minute."
OFFLINE: Final = "{machine} is not connected to the broker: nothing was asked of it. See whether its screen is on."
SILENT: Final = "{machine} did not answer within {s:g} s, and will not do it later. See whether its screen is on."


class Unreached(Exception):
    """The machine was not asked, or gave no answer; the message says which, and what to do."""

    def __init__(self, words: str, *, asked: bool = False) -> None:
        super().__init__(words)
        self.asked = asked
        """The command went out."""


@dataclass
class Asking:
    """Asks machines of one site; online tells whether a machine is connected."""

    site: str
    clock: Clock
    online: Callable[[str], bool]
    answer_s: float = ANSWER_S
    _mqtt: Client | None = None
    _waiting: dict[tuple[str, str], asyncio.Future[Ack]] = field(default_factory=dict)

    async def visit(self, mqtt: Client) -> None:
        """Ask over this connection until cancelled."""
        self._mqtt = mqtt
        try:
            await asyncio.Event().wait()
        finally:
            self._mqtt = None

    def hear(self, machine: str, ack: Ack) -> None:
        """Take an answer; one that nobody waits for is another floor's, or too late."""
        waiting = self._waiting.get((machine, ack.id))
        if waiting is not None and not waiting.done():
            waiting.set_result(ack)

    async def ask(self, machine: str, verb: str, args: Mapping[str, Any], by: str) -> Ack:
        """Return what machine answers to a command of by (1 to 64 characters). Unreached."""
        mqtt, now = self._mqtt, self.clock.wall()
        if mqtt is None:
            raise Unreached(AWAY.format(machine=machine))
        if now is None:
            raise Unreached(CLOCKLESS.format(machine=machine))
        if not self.online(machine):
            raise Unreached(OFFLINE.format(machine=machine))
        command = Command(id=uuid.uuid4().hex, ts=now, ttl_ms=round(self.answer_s * 1000), by=by, args=dict(args))
        key = machine, command.id
        answer: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()
        self._waiting[key] = answer
        try:
            async with asyncio.timeout(self.answer_s):
                await mqtt.publish(f"{ROOT}/{self.site}/{machine}/cmd/{verb}", command.model_dump_json(), qos=1)
                return await answer
        except TimeoutError:
            raise Unreached(SILENT.format(machine=machine, s=self.answer_s), asked=True) from None
        except LOST:
            raise Unreached(AWAY.format(machine=machine), asked=True) from None
        finally:
            del self._waiting[key]

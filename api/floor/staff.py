"""What staff do from the floor: for one machine, and for the gym. Nothing here moves a belt or a deck.

A machine is asked by a command with the name of the token; the answer is the machine's own. Each deed is written down
before it is done.
"""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from api.floor.desk import FloorDesk, TheFloor
from api.gate import TheCaller, Who
from daemon.floor.asking import Unreached
from daemon.floor.audit import Actor, Deed, outcome, recorded
from daemon.floor.service import NoMachine, put_back, say_waiting, serviced, take_out
from daemon.floor.store import ms
from daemon.messages import Ack
from daemon.mqtt.verbs import TEXT

router = APIRouter(tags=["staff"])

PRINTED = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"
Line = Annotated[str, Field(min_length=1, max_length=120, pattern=PRINTED)]
Named = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,32}$", description="as in its configuration")]


class Wish(BaseModel):
    """What every wish may carry."""

    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)
    said_by: Line | None = None
    """Who asks, in their own words; kept beside the token's name, and not checked."""


class OutOfOrder(Wish):
    """Whether a machine is out of order."""

    out: bool
    reason: Line
    """What is wrong, or what was mended."""


class Words(Wish):
    """A message on a machine's screen."""

    text: Annotated[Line, Field(max_length=TEXT)]


class More(Wish):
    """More time for the session under way."""

    minutes: Literal[5, 10, 15]
    reason: Line
    session: Annotated[str, Field(max_length=64)] | None = None
    """Only if it is this one."""


class Lift(Wish):
    """No limit for the session under way."""

    reason: Line
    session: Annotated[str, Field(max_length=64)] | None = None


class Serviced(Wish):
    """What was done."""

    note: Line


class WaitingSaid(Wish):
    """Whether people wait for a treadmill."""

    waiting: bool


def actor(who: Who, wish: Wish) -> Actor:
    """Return who asks: by the token, and in their own words."""
    return Actor(who.author, wish.said_by)


def date(desk: FloorDesk) -> int:
    """Return Unix ms; 503 while this computer does not know the date."""
    now = desk.clock.wall()
    if now is None:
        raise HTTPException(503, "This computer does not know the date yet; nothing was done.", {"Retry-After": "10"})
    return ms(now)


async def asked(desk: FloorDesk, machine: str, verb: str, args: dict[str, Any], by: Actor) -> Ack:
    """Return the machine's yes; its no is 409, none 504, and 503 when it could not be asked."""
    known(desk, machine)
    given = {name: value for name, value in args.items() if value is not None}
    deed = Deed(verb, machine, given)
    number = await asyncio.to_thread(recorded, desk.store, date(desk), by, deed)
    try:
        ack = await desk.asking.ask(machine, verb, given, by.proved.by[:64])
    except Unreached as error:
        await asyncio.to_thread(outcome, desk.store, number, deed, str(error))
        raise HTTPException(504 if error.asked else 503, str(error)) from None
    said = ack.result if ack.reason is None else f"{ack.result}: {ack.reason}"
    await asyncio.to_thread(outcome, desk.store, number, deed, said)
    if ack.result != "accepted":
        raise HTTPException(409, f"{machine} says no: {ack.reason or ack.result}")
    return ack


def known(desk: FloorDesk, machine: str) -> None:
    """404 for a machine that nobody knows."""
    if all(row.machine != machine for row in desk.board.rows()):
        raise HTTPException(404, "")


async def noted(desk: FloorDesk, work: Callable[[], None]) -> None:
    """Do work on the store, and wait until the board shows it. 404 for a machine that nobody knows."""
    try:
        await asyncio.to_thread(work)
    except NoMachine:
        raise HTTPException(404, "") from None
    await desk.board.refresh()


@router.post("/machines/{machine}/identify")
async def identify(machine: Named, wish: Wish, desk: TheFloor, who: TheCaller) -> Ack:
    """Let a machine's screen show which one it is; refused while a countdown is on it."""
    return await asked(desk, machine, "identify", {}, actor(who, wish))


@router.post("/machines/{machine}/message")
async def message(machine: Named, words: Words, desk: TheFloor, who: TheCaller) -> Ack:
    """Show a message on a machine's screen; refused while a countdown is on it."""
    return await asked(desk, machine, "message", {"text": words.text}, actor(who, words))


@router.post("/machines/{machine}/extend")
async def extend(machine: Named, more: More, desk: TheFloor, who: TheCaller) -> Ack:
    """Give the member on a machine more time."""
    args = {"minutes": more.minutes, "reason": more.reason, "session": more.session}
    return await asked(desk, machine, "extend", args, actor(who, more))


@router.post("/machines/{machine}/lift")
async def lift(machine: Named, wish: Lift, desk: TheFloor, who: TheCaller) -> Ack:
    """Take the time limit off the session under way."""
    return await asked(desk, machine, "lift", {"reason": wish.reason, "session": wish.session}, actor(who, wish))


@router.post("/machines/{machine}/out-of-order", status_code=204)
async def out_of_order(machine: Named, wish: OutOfOrder, desk: TheFloor, who: TheCaller) -> None:
    """Take a machine out of order, or put it back; it then counts as neither free nor busy. Its belt is not touched."""
    at, by = date(desk), actor(who, wish)
    if wish.out:
        await noted(desk, lambda: take_out(desk.store, machine, wish.reason, at, by))
    else:
        await noted(desk, lambda: put_back(desk.store, machine, at, by))


@router.post("/machines/{machine}/serviced", status_code=204)
async def was_serviced(machine: Named, wish: Serviced, desk: TheFloor, who: TheCaller) -> None:
    """Note that a machine was serviced; its service counters begin anew."""
    at, by = date(desk), actor(who, wish)
    await noted(desk, lambda: serviced(desk.store, machine, wish.note, at, by))


@router.post("/waiting", status_code=204)
async def waiting(wish: WaitingSaid, desk: TheFloor, who: TheCaller) -> None:
    """Say that people wait for a treadmill, for 15 minutes, or that nobody does; all machines hear it."""
    at, by = date(desk), actor(who, wish)
    await noted(desk, lambda: say_waiting(desk.store, people=wish.waiting, at=at, who=by))

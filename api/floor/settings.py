"""Settings of site, zones and machines: read, foreseen, changed by managers who have read the newest ones."""

import asyncio
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query
from pydantic import BaseModel, ConfigDict, Field, StrictInt
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.floor.desk import FloorDesk, TheFloor
from api.floor.staff import Line, date
from api.gate import TheCaller
from api.settings import LARGEST, TAG, etag, matched
from daemon.floor.audit import Actor
from daemon.floor.board import moment
from daemon.floor.foresight import Wish, foreseen, mistakes
from daemon.floor.layering import change, history, read, refusals
from daemon.floor.layers import NOTHING, Layer, Scope, Standing
from daemon.messages import Message, SettingChange
from daemon.overlay import ModeName

router = APIRouter(tags=["settings"])

Integer = Annotated[StrictInt, Field(ge=-LARGEST, le=LARGEST)]
Text = Annotated[str, Field(max_length=500)]
Values = Annotated[dict[Annotated[str, Field(max_length=64)], Integer | Text | None], Field(max_length=64)]


class LayerWanted(BaseModel):
    """A change of one layer: only what it names is changed; null takes a setting, or the mode, out of the layer."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)
    scope: Scope
    name: Annotated[str, Field(max_length=64)] = ""
    """The zone's or the machine's; empty for the site."""
    mode: Literal["observe", "nudge", "assist", "enforce"] | None = None
    """How far a machine may go at most; never further than its own file."""
    values: Values = Field(default_factory=dict)
    """Names and units as on docs/settings.md."""
    reason: Line | None = None
    said_by: Line | None = None
    """Who asks, in their own words; kept beside the token's name, and not checked."""

    def wish(self) -> Wish:
        """Return what is meant."""
        return Wish(self.scope, self.name, self.values, self.mode, turn_mode="mode" in self.model_fields_set)


class LayerShown(Message):
    """What is wanted of one site, zone or machine."""

    scope: Scope
    name: str
    mode: ModeName | None
    values: dict[str, int | str]


class Reached(Message):
    """What one machine is told, which layer wants it so, and what became of it."""

    machine: str
    mode: ModeName | None
    values: dict[str, int | str]
    sources: dict[str, Scope]
    """A name without one is set back to its default."""
    standing: Standing
    refusal: str | None
    """In the machine's words."""
    machine_rev: int | None
    """The revision of the settings that the machine says are in force."""


class FloorSettingsShown(Message):
    """All layers, and what became of them."""

    rev: int
    layers: list[LayerShown]
    machines: list[Reached]


class MachineForeseen(Message):
    """What would change on one machine, or why it may not."""

    machine: str
    changes: list[SettingChange]
    refused: list[str]


class FloorPreview(Message):
    """What a change would do; any reason in refused, and nothing would be changed at all."""

    rev: int
    refused: list[str]
    machines: list[MachineForeseen]


class FloorRevision(Message):
    """One change of a layer."""

    rev: int
    at: datetime
    scope: Scope
    name: str
    by: str
    role: str | None
    address: str | None
    said_by: str | None
    why: str | None
    before: LayerShown
    after: LayerShown


def layer_shown(scope: Scope, name: str, layer: Layer) -> LayerShown:
    """Return a layer in its wire form."""
    return LayerShown(scope=scope, name=name, mode=layer.mode, values=dict(layer.values))


async def _shown(desk: FloorDesk) -> FloorSettingsShown:
    rev, layers, known = await asyncio.to_thread(read, desk.store, desk.pushing.told())
    machines = [_reached(desk, one.machine) for one in known]
    told = [layer_shown(*key, layer) for key, layer in sorted(layers.items()) if not layer.empty]
    return FloorSettingsShown(rev=rev, layers=told, machines=machines)


def _reached(desk: FloorDesk, machine: str) -> Reached:
    wanted = desk.pushing.wanted.get(machine, NOTHING)
    told, refusal = desk.pushing.heard(machine)
    return Reached(
        machine=machine,
        mode=wanted.mode,
        values=dict(wanted.values),
        sources=dict(wanted.sources),
        standing=desk.pushing.standing(machine),
        refusal=refusal,
        machine_rev=None if told is None else told.rev,
    )


@router.get("/settings")
async def settings(desk: TheFloor, response: Response) -> FloorSettingsShown:
    """Tell what is wanted of site, zones and machines, and what became of it; the ETag is the revision."""
    found = await _shown(desk)
    response.headers["ETag"] = etag(found.rev)
    return found


@router.patch("/settings")
async def patch(
    wanted: LayerWanted,
    desk: TheFloor,
    who: TheCaller,
    response: Response,
    if_match: Annotated[str | None, Header(max_length=256, description=TAG)] = None,
) -> FloorSettingsShown:
    """Change one layer, all of it or nothing; machines that are away get it when they return."""
    if if_match is None:
        raise HTTPException(428, "If-Match is needed: read the settings and send their ETag.")
    at, told, by = date(desk), desk.pushing.told(), Actor(who.author, wanted.said_by)

    def work() -> None:
        rev, _, _ = read(desk.store, told)
        change(desk.store, wanted.wish(), told, at, by, wanted.reason, matched(if_match, rev))

    await asyncio.to_thread(work)
    desk.pushing.look()
    found = await _shown(desk)
    response.headers["ETag"] = etag(found.rev)
    return found


@router.post("/settings/preview")
async def preview(wanted: LayerWanted, desk: TheFloor) -> FloorPreview:
    """Tell what a change would do on which machine, or every reason why it may not be; nothing is changed."""
    rev, layers, known = await asyncio.to_thread(read, desk.store, desk.pushing.told())
    wish = wanted.wish()
    seen = [] if mistakes(wish, layers, known) else list(foreseen(wish, layers, known))
    rows = [MachineForeseen(machine=o.machine, changes=list(o.changes), refused=list(o.refused)) for o in seen]
    return FloorPreview(rev=rev, refused=refusals(wish, layers, known), machines=rows)


@router.get("/settings/history")
async def revisions(
    desk: TheFloor,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[int | None, Query(ge=1, le=LARGEST, description="Only revisions below this one")] = None,
) -> list[FloorRevision]:
    """Tell who changed what, when and why, newest first."""
    rows = await asyncio.to_thread(history, desk.store, limit, before)
    return [
        FloorRevision(
            rev=row["rev"],
            at=moment(row["at"]),
            scope=row["scope"],
            name=row["name"],
            by=row["author"],
            role=row["role"],
            address=row["address"],
            said_by=row["said"],
            why=row["why"],
            before=layer_shown(row["scope"], row["name"], row["was"]),
            after=layer_shown(row["scope"], row["name"], row["layer"]),
        )
        for row in rows
    ]

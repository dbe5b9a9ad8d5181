"""The policy settings: read by everyone, changed by staff who have read the newest ones."""

from typing import Annotated

from fastapi import APIRouter, Header, Query
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.gate import TheCaller
from api.room import TheDesk
from daemon.messages import Settings, SettingsChanged, SettingsPreview, SettingsWanted
from daemon.rulebook import StaleRevision

router = APIRouter(tags=["settings"])

LARGEST = 2**53
"""Largest number that every reader of JSON holds exactly (RFC 8259 6)."""
TAG = "The ETag that was read, or `*`; without it the answer is 428"


@router.get("/settings")
async def settings(desk: TheDesk, response: Response) -> Settings:
    """Tell the settings in force, with where each comes from; the ETag is their revision."""
    current = desk.rulebook.current()
    response.headers["ETag"] = etag(current.rev)
    return current


@router.patch("/settings")
@router.put("/settings")
async def change(
    wanted: SettingsWanted,
    desk: TheDesk,
    who: TheCaller,
    response: Response,
    if_match: Annotated[str | None, Header(max_length=256, description=TAG)] = None,
) -> Settings:
    """Change what the body names, all of it or nothing; it holds from the next idle belt on.

    `If-Match` is the ETag that was read. What is set at the machine only can be narrowed here and not widened.
    """
    if if_match is None:
        raise HTTPException(428, "If-Match is needed: read the settings and send their ETag.")
    revision = matched(if_match, desk.rulebook.current().rev)
    changed = desk.rulebook.change(wanted, who.author, revision)
    if not await desk.history.committed():
        raise HTTPException(503, "The settings are in force, but could not be written to the disk; see /api/v1/health.")
    response.headers["ETag"] = etag(changed.rev)
    return changed


@router.post("/settings/preview")
async def preview(wanted: SettingsWanted, desk: TheDesk) -> SettingsPreview:
    """Tell what the body would change here, or every reason why it may not be; nothing is changed."""
    return desk.rulebook.preview(wanted)


@router.get("/settings/history")
async def history(
    desk: TheDesk,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[int | None, Query(ge=1, le=LARGEST, description="Only revisions below this one")] = None,
) -> list[SettingsChanged]:
    """Tell who changed what, when and why, newest first; kept for 400 days."""
    return await desk.changes(limit, before)


def etag(revision: int) -> str:
    """Return the strong entity tag of a revision (RFC 9110 8.8.3)."""
    return f'"{revision}"'


def matched(if_match: str, revision: int) -> int | None:
    """Return revision when If-Match (RFC 9110 13.1.1) names it, None for `*`; StaleRevision otherwise."""
    tags = [tag.strip() for tag in if_match.split(",")]
    if tags == ["*"]:
        return None
    if etag(revision) not in tags:
        raise StaleRevision([f"the settings are at revision {revision}: read them again"])
    return revision

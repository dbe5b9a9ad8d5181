"""How the daemon is: for people, for a monitor, for Prometheus."""

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse

from api.metrics import CONTENT_TYPE, Seen, exposition
from api.room import TheDesk
from daemon.messages import Counters, Health, Message
from daemon.policy.state import Link
from daemon.store import StoreError

router = APIRouter(tags=["health"])
usual = APIRouter(include_in_schema=False)
"""Where Prometheus and monitors look unless they are told otherwise."""


class Ready(Message):
    """The daemon serves, and the machine's link is up or lent."""

    ready: bool = True


@router.get("/health")
async def health(desk: TheDesk) -> Health:
    """Tell what is not well; a degraded daemon goes on and answers 200 as well."""
    return desk.health()


@router.get("/ready")
async def ready(desk: TheDesk) -> Ready:
    """Tell 200 while the treadmill is reached, or lent to a member's app; 503 while it is not."""
    if desk.feed.latest.link is Link.DOWN:
        raise HTTPException(503, "The treadmill is not reached; /api/v1/health says more.", {"Retry-After": "5"})
    return Ready()


@usual.get("/healthz")
async def healthz(desk: TheDesk) -> PlainTextResponse:
    """Tell everyone whether all is well, and nothing more."""
    return PlainTextResponse(desk.health().status)


@usual.get("/readyz")
async def readyz(desk: TheDesk) -> PlainTextResponse:
    """Tell everyone, by 200 or 503, whether the treadmill is reached or lent."""
    down = desk.feed.latest.link is Link.DOWN
    return PlainTextResponse("degraded" if down else "ok", 503 if down else 200)


@usual.get("/metrics")
@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(desk: TheDesk) -> PlainTextResponse:
    """Tell sums and states in Prometheus' text format; sums are left out while the store cannot be read."""
    heard, now = desk.heard(), desk.clock.now()
    seen = Seen(
        machine=desk.identity.machine,
        zone=desk.identity.zone,
        link_up=desk.feed.latest.link is Link.UP,
        age_s=None if heard is None else (now - heard) / 1000,
        counters=await _counters(desk),
        checks={part: told == "ok" for part, told in desk.health().checks.items()},
        dropped=dict(desk.dropped.counts),
    )
    return PlainTextResponse(exposition(seen), media_type=CONTENT_TYPE)


async def _counters(desk: TheDesk) -> Counters | None:
    try:
        return await desk.history.counters()
    except StoreError:
        return None  # health tells why

"""The door to other devices: the screen opens and closes it, and another device says the code."""

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, RedirectResponse, Response

from api.firstrun.desk import STATIC, TheSetUp
from api.firstrun.guard import StaffsSetUp
from api.firstrun.words import CodeSaid, Entered
from daemon.firstrun.code import Door

screen = APIRouter()
elsewhere = APIRouter()

WORDS = {
    Door.OPEN: "That is not the code on the screen.",
    Door.SPENT: "Too many wrong codes. Touch “Set up from another device” on the screen for a new one.",
    Door.EXPIRED: "The code is too old. Touch “Set up from another device” on the screen for a new one.",
    Door.USED: "The code was used already. Touch “Set up from another device” on the screen for a new one.",
    Door.CLOSED: "The screen has ended this. Touch “Set up from another device” there for a new code.",
}
NO_NETWORK = "This computer is in no network yet, so no other device can reach it. Connect it, or set it up here."


@screen.get("/")
async def to_page() -> RedirectResponse:
    """Lead to the page."""
    return RedirectResponse("/console", 307)


@screen.get("/console")
async def page() -> FileResponse:
    """Send the page, at the address of the member's screen: whatever opens that shows this."""
    return FileResponse(STATIC / "firstrun.html")


@screen.post("/setup/another", status_code=204, response_class=Response)
async def ask(set_up: StaffsSetUp) -> None:
    """Let one other device in that says the code now shown; 409 where no device can reach this computer."""
    if not set_up.place().addresses:
        raise HTTPException(409, NO_NETWORK)
    set_up.pairing.ask()


@screen.delete("/setup/another", status_code=204, response_class=Response)
async def end(set_up: StaffsSetUp) -> None:
    """Let no other device in, and end the one that is."""
    set_up.pairing.end()


@elsewhere.get("/")
async def to_setup() -> RedirectResponse:
    """Lead to the page."""
    return RedirectResponse("/setup", 307)


@elsewhere.get("/setup")
async def setup_page() -> FileResponse:
    """Send the page."""
    return FileResponse(STATIC / "firstrun.html")


@elsewhere.post("/setup/code")
async def say(set_up: TheSetUp, said: CodeSaid) -> Entered:
    """Return the secret of who said the right code; it is good for one device."""
    secret = set_up.pairing.say(said.code)
    if secret is None:
        raise HTTPException(403, WORDS[set_up.pairing.door or Door.CLOSED])
    return Entered(secret=secret)

"""Who may set this computer up: the kiosk's key at the screen, or the one device that said the code on it."""

from hmac import compare_digest
from typing import Annotated

from fastapi import Depends
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from api.firstrun.desk import SetUp, TheSetUp
from api.gate import bearer

CHALLENGE = {"WWW-Authenticate": "Bearer"}
AT_SCREEN = "Only the screen beside the treadmill may do this: its page has a key. At a terminal: sudo inclined setup."
ELSEWHERE = "Say the code that stands on the screen first."


def is_screen(connection: HTTPConnection) -> bool:
    """Tell whether this is the app of the screen's own socket."""
    return bool(connection.app.state.screen)


def signed_in(set_up: SetUp, connection: HTTPConnection) -> bool:
    """Tell whether who asks may set this computer up."""
    secret = bearer(connection.headers.getlist("authorization") or [""])
    if secret is None or not secret.isascii():
        return False
    if is_screen(connection):
        return compare_digest(secret.encode(), set_up.key.encode())
    return set_up.pairing.knows(secret)


async def _staff(set_up: TheSetUp, connection: HTTPConnection) -> SetUp:
    if not signed_in(set_up, connection):
        raise HTTPException(401, AT_SCREEN if is_screen(connection) else ELSEWHERE, CHALLENGE)
    return set_up


StaffsSetUp = Annotated[SetUp, Depends(_staff)]
"""The set-up, for who may use it; 401 for everyone else."""

"""Who may change something: the holder of a token that `inclined token` made."""

import hashlib
from hmac import compare_digest
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException

from api.room import TheDesk

bearer = HTTPBearer(auto_error=False, description="Made by `inclined token`; needed only where something is changed.")
NAMED = 8
"""Characters of a token's hash that name it in the audit."""


def holder(token: str, hashes: frozenset[str]) -> str | None:
    """Return the name of token, or None when it is not one of those hashed; every hash is compared."""
    found = hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
    known = [compare_digest(found, each) for each in hashes]
    return f"token {found[:NAMED]}" if any(known) else None


async def _staff(desk: TheDesk, given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> str:
    """Return who asks; 401 for everyone else."""
    if given is None:
        raise HTTPException(401, "A token is needed: Authorization: Bearer TOKEN.", {"WWW-Authenticate": "Bearer"})
    who = holder(given.credentials, desk.token_hashes)
    if who is None:
        raise HTTPException(401, "This token is not known here.", {"WWW-Authenticate": 'Bearer error="invalid_token"'})
    return who


Staff = Annotated[str, Depends(_staff)]
"""The name of the token that a request carries."""

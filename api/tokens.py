"""Who may change something: bearer tokens, known here only by their hash."""

import hashlib
import hmac
from collections.abc import Callable

from fastapi import HTTPException, Request


def needs_token(hashes: frozenset[str]) -> Callable[[Request], str]:
    """Return a dependency that gives the token's short name, or refuses with 401."""

    def check(request: Request) -> str:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        digest = hashlib.sha256(token.strip().encode()).hexdigest()
        known = [hmac.compare_digest(digest, one) for one in hashes]
        if scheme.lower() != "bearer" or not any(known):
            raise HTTPException(
                401, "This needs a token: `Authorization: Bearer TOKEN`; `inclined token` makes one.",
                {"www-authenticate": "Bearer"},
            )  # fmt: skip
        return f"token:{digest[:8]}"

    return check

"""What is told of tokens that came and went: their names and roles, never the tokens. Pure."""

from collections.abc import Iterator

from daemon.policy.events import Happened
from daemon.tokens.file import Token, Tokens


def turned(at: int, before: Tokens, after: Tokens) -> Iterator[Happened]:
    """Yield an audit event for each token that was taken out, made, or made anew."""
    for name, old in before.items():
        if after.get(name) != old:
            yield _told(at, "token_revoked", old)
    for name, new in after.items():
        if before.get(name) != new:
            yield _told(at, "token_added", new)


def _told(at: int, what: str, token: Token) -> Happened:
    return Happened(at, "audit", (("what", what), ("by", "this computer"), ("name", token.name), ("role", token.role)))

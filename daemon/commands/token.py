"""`inclined token`: makes, lists and revokes the tokens of this machine's API. A token is shown once."""

import argparse
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from api.roles import ROLES
from daemon.exits import FAILED, USAGE, Subparsers, complain
from daemon.messages import Slug
from daemon.settings.load import DEFAULT, TOKENS
from daemon.tokens.file import Token, Tokens, TokensDamaged, hashed, keep, read

BYTES = 32
MOST_DAYS = 3650
EXAMPLE = """\
example:
  inclined token add grafana --role viewer --days 365
  inclined token list
  inclined token revoke grafana

roles, each with what those before it may:
  viewer      reads
  integrator  at the floor: reads what was set aside, too
  staff       changes settings of a machine; at the floor: sees to machines and members' time
  manager     at the floor: changes settings, and reads who did what
no role moves a treadmill
"""


class NotThere(Exception):
    """What was asked cannot be done; the message is for who typed it."""


def add(subparsers: Subparsers) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "token",
        help="make, list and revoke the keys of the API",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(metavar="VERB", dest="verb", required=True)
    new = verbs.add_parser("add", help="make a token and show it, once")
    new.add_argument("name", metavar="NAME", type=name, help="who or what will have it: a-z, 0-9 and -")
    new.add_argument("--role", choices=list(ROLES), required=True, help="what it may do")
    new.add_argument("--days", type=days, metavar="N", help="how long it holds; default: until it is revoked")
    listing = verbs.add_parser("list", help="show names, roles and ends, never a token")
    old = verbs.add_parser("revoke", help="take a token out; it ends at once")
    old.add_argument("name", metavar="NAME")
    for verb in (new, listing, old):
        verb.add_argument(
            "--config",
            type=Path,
            default=DEFAULT,
            metavar="FILE",
            help=f"{TOKENS} stands beside it; default: {DEFAULT}",
        )


def name(text: str) -> str:
    """Return text when it can be a token's name; ArgumentTypeError otherwise."""
    try:
        return TypeAdapter(Slug).validate_python(text)
    except ValidationError:
        raise argparse.ArgumentTypeError(f"{text!r} is no name: small letters, digits and -, at most 32") from None


def days(text: str) -> int:
    """Return a number of days; ArgumentTypeError otherwise."""
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:6]) <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of days from 1 to {MOST_DAYS}")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Do what was asked; return 0, 1 when the file cannot be read or written, 2 for a name that does not fit."""
    path, now = args.config.with_name(TOKENS), datetime.now(UTC).replace(microsecond=0)
    try:
        match args.verb:
            case "add":
                return make(path, args.name, args.role, args.days, now)
            case "revoke":
                return revoke(path, args.name)
            case _:
                print(*lines(read(path), now), sep="\n")
                return 0
    except NotThere as error:
        return complain(str(error), USAGE)
    except TokensDamaged as error:
        return complain(str(error), FAILED)


def make(path: Path, named: str, role: str, for_days: int | None, now: datetime) -> int:
    """Keep a new token's hash and print the token."""
    secret = secrets.token_urlsafe(BYTES)
    expires = None if for_days is None else now + timedelta(days=for_days)
    token = Token(named, role, hashed(secret), now, expires)

    def change(tokens: Tokens) -> Tokens:
        if named in tokens:
            raise NotThere(f"there is a token {named} already; revoke it first, or choose another name")
        return {**tokens, named: token}

    keep(path, change)
    print(f"token: {secret}")
    print("  Give it to the program or person; it is not shown again. Sent as: Authorization: Bearer TOKEN")
    print(f"  {named} may {may(role)}, {until(token)}. It counts at once; `inclined token revoke {named}` ends it.")
    return 0


def revoke(path: Path, named: str) -> int:
    """Take a token out of the file."""

    def change(tokens: Tokens) -> Tokens:
        if named not in tokens:
            raise NotThere(f"there is no token {named} here; see inclined token list")
        return {other: token for other, token in tokens.items() if other != named}

    keep(path, change)
    print(f"{named} is revoked: its token counts no more.")
    return 0


def lines(tokens: Tokens, now: datetime) -> Iterator[str]:
    """Yield a line for each token."""
    if not tokens:
        yield "There are no tokens. `inclined token add NAME --role viewer` makes one."
    for token in tokens.values():
        over = "  EXPIRED" if token.expires is not None and token.expires <= now else ""
        yield f"{token.name:32}  {token.role:8}  made {token.created:%Y-%m-%d}  {until(token)}{over}"


def may(role: str) -> str:
    """Return what a role may do, in words."""
    return "read and change settings" if role in {"staff", "manager"} else "read"


def until(token: Token) -> str:
    """Return how long a token holds, in words."""
    return "until it is revoked" if token.expires is None else f"until {token.expires:%Y-%m-%d %H:%M} UTC"

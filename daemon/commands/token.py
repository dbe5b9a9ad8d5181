"""`inclined token`: a key for who may change settings, shown once, and the hash that the file keeps.

A plain SHA-256 is right here and would not be for a password: the token is 256 bits of chance, which nobody can try
out, so a slow hash would only cost the Pi time at each request.
"""

import argparse
import hashlib
import secrets

BYTES = 32
EXAMPLE = """\
example:
  inclined token
"""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    subparsers.add_parser(
        "token",
        help="make a token for the API and the hash that goes into the configuration",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def run(args: argparse.Namespace) -> int:  # noqa: ARG001, every command takes them
    """Print a new token and its hash."""
    token = secrets.token_urlsafe(BYTES)
    print(f"token: {token}")
    print("  Give it to the program or person; it is not shown again. Sent as: Authorization: Bearer TOKEN")
    print(f'hash:  "{hashed(token)}"')
    print("  Put it into inclined.toml: [api] token_hashes = [...], and restart inclined.")
    return 0


def hashed(token: str) -> str:
    """Return the SHA-256 of token in hex, as [api] token_hashes has it."""
    return hashlib.sha256(token.encode()).hexdigest()

"""tokens.toml: who may read and change things over the network, by name; the tokens themselves are in no file.

Only a hash is kept. A plain SHA-256 is right here and would not be for a password: a token is 256 bits of chance, which
nobody can try out, so a slow hash would only cost the Pi time at each request.
"""

import contextlib
import fcntl
import hashlib
import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from daemon.messages import Slug

MODE = 0o640
OTHERS_WRITE = 0o002
HEAD = "# Made by `inclined token`, which also takes a token out again. The tokens themselves stand nowhere.\n"


class TokensDamaged(Exception):
    """The file is not one of ours any more; the message says where and what to do."""


class Kept(BaseModel):
    """One token as the file has it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    role: Slug
    hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    created: AwareDatetime
    expires: AwareDatetime | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its holder's name and role, and how long it holds (None: until it is revoked)."""

    name: str
    role: str
    hash: str
    created: datetime
    expires: datetime | None = None


type Tokens = Mapping[str, Token]

_TABLE = TypeAdapter(dict[Slug, Kept])


def hashed(token: str) -> str:
    """Return the SHA-256 of token in hex."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def parse(content: bytes) -> Tokens:
    """Return the tokens that content holds, by name. TokensDamaged when it is not wholly understood."""
    try:
        kept = _TABLE.validate_python(tomllib.loads(content.decode()))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise TokensDamaged(f"[{place}] {first['msg']}") from None
    except (ValueError, RecursionError) as error:
        raise TokensDamaged(f"it is not TOML: {error}") from None
    return {name: Token(name, **dict(one)) for name, one in kept.items()}


def text(tokens: Tokens) -> str:
    """Return the file that holds tokens."""
    return HEAD + "".join(line for token in tokens.values() for line in _lines(token))


def _lines(token: Token) -> Iterator[str]:
    yield f'\n[{token.name}]\nrole = "{token.role}"\nhash = "{token.hash}"\ncreated = {token.created.isoformat()}\n'
    if token.expires is not None:
        yield f"expires = {token.expires.isoformat()}\n"


def read(path: Path) -> Tokens:
    """Return the tokens in the file at path; none where there is no file.

    TokensDamaged when it is not ours any more, OSError when it cannot be read.
    """
    try:
        with path.open("rb") as file:
            everyones = os.fstat(file.fileno()).st_mode & OTHERS_WRITE
            content = file.read()
    except FileNotFoundError:
        return {}
    if everyones:
        raise TokensDamaged(f"{path} may be written by everyone: chmod 640 it, and look who is in it")
    try:
        return parse(content)
    except TokensDamaged as error:
        raise TokensDamaged(f"{path}: {error}; put back a good copy, or delete it and make new tokens") from None


def keep(path: Path, change: Callable[[Tokens], Tokens]) -> Tokens:
    """Put change(what is there) into the file, whole or not at all, one writer at a time; return what stands there now.

    The file is its folder's group's to read, so that one made by root is the daemon's too. Raises what change and
    `read` raise, and OSError when it cannot be written.
    """
    with _alone(path.parent) as folder:
        tokens = change(read(path))
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            _write(fresh, text(tokens), os.fstat(folder).st_gid)
            fresh.replace(path)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
        os.fsync(folder)
    return tokens


def _write(path: Path, content: str, group: int) -> None:
    path.unlink(missing_ok=True)  # of a process that was killed here
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        with contextlib.suppress(PermissionError):  # who is not of the folder's group has a group of their own
            os.fchown(handle, -1, group)
        os.fchmod(handle, MODE)
        os.fsync(handle)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[int]:
    """Yield folder, opened, while no other writer has it."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)

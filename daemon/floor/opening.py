"""Opens the floor's database, SQLite or PostgreSQL, checked and brought up to date; the only place that knows which."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from daemon.floor.steps import TooNew, migrate
from daemon.store import StoreError

BUSY_S: Final = 10
LOCK: Final = 0x1C11ED
"""Two floors that start at once bring one database up to date after each other."""
POSTGRES: Final = "postgresql"
NO_ADDRESS: Final = "[store] database is neither a file nor an address such as postgresql://user@host/name"
SEE: Final = "see that the folder exists, may be written and has space"
ASK: Final = "see that PostgreSQL runs there and lets us in"


def open_engine(database: str, busy_s: float = BUSY_S) -> Engine:
    """Return the engine for a path of an SQLite file, or a `postgresql://` address; its tables are up to date.

    busy_s: how long to wait for a lock of another program, or for the server.

    StoreError says where, why and what to do.
    """
    engine = engine_of(database, busy_s)
    try:
        with writing(engine) as db:
            if engine.dialect.name == POSTGRES:
                db.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
            migrate(db)
    except TooNew as error:
        engine.dispose()
        raise StoreError(f"{place(engine)}: {error}; install the newer version") from None
    except (SQLAlchemyError, OSError) as error:
        engine.dispose()
        raise StoreError(sentence(engine, error)) from error
    return engine


def engine_of(database: str, busy_s: float) -> Engine:
    """Return an engine that has not connected yet. StoreError when the address is none."""
    if "://" not in database:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
        url = URL.create("sqlite+pysqlite", database=database)
    else:
        try:
            url = make_url(database)
        except (ArgumentError, ValueError) as error:
            raise StoreError(f"{NO_ADDRESS}: {error}") from None
        if url.get_backend_name() != POSTGRES:
            raise StoreError(NO_ADDRESS)
        url = url.set(drivername="postgresql+psycopg")
    options: dict[str, Any] = {"pool_pre_ping": True}
    if url.get_backend_name() == POSTGRES:
        return create_engine(url, connect_args={"connect_timeout": max(2, round(busy_s))}, **options)
    engine = create_engine(url, connect_args={"timeout": busy_s}, **options)
    event.listen(engine, "connect", _pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _pragmas(raw: Any, _: object) -> None:  # noqa: ANN401, a connection of the driver's
    """Let readers and one writer work beside each other, and a commit be on the disk when it returns."""
    raw.isolation_level = None  # we say when a transaction begins
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "journal_size_limit = 16777216"):
        raw.execute(f"PRAGMA {pragma}").close()


def _begin(db: Connection) -> None:
    """Begin as a writer at once where something is written: a reader that turns writer may be refused."""
    db.exec_driver_sql("BEGIN" if db.get_execution_options().get("reads") else "BEGIN IMMEDIATE")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in one transaction that is committed at the end, whole or not at all."""
    with engine.begin() as db:
        yield db


@contextmanager
def changing(engine: Engine) -> Iterator[Connection]:
    """Yield what `writing` does; what goes wrong is a StoreError."""
    try:
        with writing(engine) as db:
            yield db
    except SQLAlchemyError as error:
        raise StoreError(sentence(engine, error)) from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Yield a connection that sees one moment of the database."""
    level: dict[str, Any] = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == POSTGRES else {}
    try:
        with engine.connect().execution_options(reads=True, **level) as db:
            yield db
    except SQLAlchemyError as error:
        raise StoreError(sentence(engine, error)) from error


def sentence(engine: Engine, error: Exception) -> str:
    """Return what went wrong with the database, in one line for staff."""
    why = " ".join(str(getattr(error, "orig", None) or error).split())
    return f"{place(engine)}: {why}; {ASK if engine.dialect.name == POSTGRES else SEE}"


def place(engine: Engine) -> str:
    """Return where the database is; a password is not told."""
    url = engine.url
    return str(url.database) if url.get_backend_name() != POSTGRES else url.render_as_string(hide_password=True)

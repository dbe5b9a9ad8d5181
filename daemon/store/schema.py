"""The database's tables, as steps that lead from nothing to today; `PRAGMA user_version` counts the steps taken."""

import sqlite3

STEPS = (
    """
    CREATE TABLE boot (             -- dates the monotonic times of one boot
        boot TEXT PRIMARY KEY,
        offset_ms INTEGER           -- Unix time minus monotonic time; NULL until the clock is known to be right
    ) WITHOUT ROWID;
    CREATE TABLE session (
        n INTEGER PRIMARY KEY,     -- in the order of opening
        id TEXT NOT NULL UNIQUE,
        boot TEXT NOT NULL, started INTEGER NOT NULL,
        stop_boot TEXT NOT NULL, stopped INTEGER NOT NULL,
        min_incline INTEGER NOT NULL,
        reason TEXT,                -- NULL while it runs
        belt INTEGER NOT NULL DEFAULT 0, pause INTEGER NOT NULL DEFAULT 0, eligible INTEGER NOT NULL DEFAULT 0,
        flat INTEGER NOT NULL DEFAULT 0, unknown INTEGER NOT NULL DEFAULT 0, gap INTEGER NOT NULL DEFAULT 0,
        distance INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE slice (            -- what one session spent of one wall-clock minute; ms, distance in m
        boot TEXT NOT NULL, minute INTEGER NOT NULL, session TEXT NOT NULL,
        start INTEGER NOT NULL, stop INTEGER NOT NULL,
        belt INTEGER NOT NULL, pause INTEGER NOT NULL, eligible INTEGER NOT NULL, flat INTEGER NOT NULL,
        unknown INTEGER NOT NULL, gap INTEGER NOT NULL, distance INTEGER NOT NULL,
        PRIMARY KEY (boot, minute, session)
    ) WITHOUT ROWID;
    CREATE TABLE tally (            -- sums since the store began; they only grow
        name TEXT PRIMARY KEY,
        n INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE note (             -- one JSON text by name: the machine, the session under way, the settings
        name TEXT PRIMARY KEY,
        text TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE outbox (           -- events that the floor has not stored yet
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL, boot TEXT NOT NULL, at INTEGER NOT NULL, session TEXT, data TEXT NOT NULL
    );
    """,
    """
    CREATE TABLE journal (          -- safety and audit events, for this machine's own staff
        n INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL, boot TEXT NOT NULL, at INTEGER NOT NULL, session TEXT, data TEXT NOT NULL
    );
    CREATE TABLE answered (         -- commands that were answered, so that none is carried out twice
        id TEXT PRIMARY KEY,
        until_ms INTEGER NOT NULL,  -- Unix time from which on the command is too old anyway
        ack TEXT NOT NULL           -- JSON
    ) WITHOUT ROWID;
    """,
)


class TooNew(Exception):
    """The database was written by a newer version."""


def migrate(db: sqlite3.Connection) -> None:
    """Take the steps that db lacks, each in its own transaction. TooNew when it has more than we know."""
    (taken,) = db.execute("PRAGMA user_version").fetchone()
    if taken > len(STEPS):
        raise TooNew(f"has version {taken}, this program knows {len(STEPS)}")
    for number, step in enumerate(STEPS[taken:], taken + 1):
        db.executescript(f"BEGIN IMMEDIATE; {step}; PRAGMA user_version = {number}; COMMIT")

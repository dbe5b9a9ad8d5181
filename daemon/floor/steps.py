"""The database's tables, as steps that lead from nothing to today; both databases read the same words.

The table `version` counts the steps taken. A step that was released is never changed: add another. Alembic would do the
same with two packages more and a folder of scripts; what it is better at, drafting changes from models, is not needed.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, text

STEPS: Final[Sequence[Sequence[str]]] = (
    (
        """CREATE TABLE machine (
            n BIGINT PRIMARY KEY,
            site TEXT NOT NULL, machine TEXT NOT NULL,
            name TEXT NOT NULL, zone TEXT NOT NULL, modality TEXT NOT NULL,  -- as its info said last
            stored BIGINT NOT NULL,      -- all its events up to this number are here
            passes BIGINT NOT NULL, since BIGINT NOT NULL,  -- see daemon.floor.marks
            out_of_order BIGINT NOT NULL,
            unfit BIGINT NOT NULL,       -- events that made no sense
            misdated BIGINT NOT NULL,    -- events with a date that cannot be
            UNIQUE (site, machine))""",
        """CREATE TABLE boot (              -- dates the monotonic times of one boot
            machine BIGINT NOT NULL, boot TEXT NOT NULL, offset_ms BIGINT NOT NULL,
            PRIMARY KEY (machine, boot))""",
        """CREATE TABLE event (             -- each once; its id is {machine}-{origin}-{first}..{last}
            machine BIGINT NOT NULL, origin TEXT NOT NULL, first BIGINT NOT NULL, last BIGINT NOT NULL,
            seq BIGINT NOT NULL, kind TEXT NOT NULL,
            boot TEXT NOT NULL, at BIGINT NOT NULL,
            ts BIGINT,                   -- as it was dated; NULL when it was not
            start BIGINT, moment BIGINT, -- from when it counts, and when it was told; NULL while that is not known
            session TEXT, data TEXT NOT NULL,
            PRIMARY KEY (machine, origin, first, last))""",
        "CREATE INDEX event_moment ON event (machine, moment)",
        "CREATE INDEX event_hours ON event (machine, origin, first, last) WHERE last > first",
        "CREATE INDEX event_boot ON event (machine, boot) WHERE moment IS NULL",
        """CREATE TABLE beyond (            -- numbers that were heard behind a gap
            machine BIGINT NOT NULL, first BIGINT NOT NULL, last BIGINT NOT NULL,
            PRIMARY KEY (machine, first))""",
        """CREATE TABLE quarantine (        -- what made no sense, each once
            digest TEXT PRIMARY KEY,
            at BIGINT NOT NULL, machine TEXT NOT NULL, topic TEXT NOT NULL, reason TEXT NOT NULL,
            payload TEXT NOT NULL)""",
        """CREATE TABLE day (               -- sums by local day; day 0: what could not be dated
            machine BIGINT NOT NULL, day BIGINT NOT NULL,
            belt BIGINT NOT NULL, pause BIGINT NOT NULL, eligible BIGINT NOT NULL, flat BIGINT NOT NULL,
            unknown BIGINT NOT NULL, gap BIGINT NOT NULL, distance BIGINT NOT NULL, sessions BIGINT NOT NULL,
            nudges_offered BIGINT NOT NULL, nudges_accepted_key BIGINT NOT NULL,
            nudges_accepted_self BIGINT NOT NULL, nudges_declined BIGINT NOT NULL, nudges_expired BIGINT NOT NULL,
            nudges_withdrawn BIGINT NOT NULL, nudges_undelivered BIGINT NOT NULL, nudges_raised BIGINT NOT NULL,
            suggestions_offered BIGINT NOT NULL, suggestions_taken BIGINT NOT NULL,
            suggestions_declined BIGINT NOT NULL, suggestions_not_today BIGINT NOT NULL,
            suggestions_expired BIGINT NOT NULL, suggestions_withdrawn BIGINT NOT NULL,
            suggestions_undelivered BIGINT NOT NULL,
            limits_announced BIGINT NOT NULL, limits_warned BIGINT NOT NULL, limits_reached BIGINT NOT NULL,
            limits_over BIGINT NOT NULL, limits_extended BIGINT NOT NULL, limits_lifted BIGINT NOT NULL,
            PRIMARY KEY (day, machine)){clustered}""",
        """CREATE TABLE heat (              -- sums by month, weekday (0: Monday) and local hour
            machine BIGINT NOT NULL, month BIGINT NOT NULL, weekday BIGINT NOT NULL, hour BIGINT NOT NULL,
            belt BIGINT NOT NULL, pause BIGINT NOT NULL, eligible BIGINT NOT NULL, flat BIGINT NOT NULL,
            unknown BIGINT NOT NULL, gap BIGINT NOT NULL, distance BIGINT NOT NULL, sessions BIGINT NOT NULL,
            nudges_offered BIGINT NOT NULL, nudges_accepted_key BIGINT NOT NULL,
            nudges_accepted_self BIGINT NOT NULL, nudges_declined BIGINT NOT NULL, nudges_expired BIGINT NOT NULL,
            nudges_withdrawn BIGINT NOT NULL, nudges_undelivered BIGINT NOT NULL, nudges_raised BIGINT NOT NULL,
            suggestions_offered BIGINT NOT NULL, suggestions_taken BIGINT NOT NULL,
            suggestions_declined BIGINT NOT NULL, suggestions_not_today BIGINT NOT NULL,
            suggestions_expired BIGINT NOT NULL, suggestions_withdrawn BIGINT NOT NULL,
            suggestions_undelivered BIGINT NOT NULL,
            limits_announced BIGINT NOT NULL, limits_warned BIGINT NOT NULL, limits_reached BIGINT NOT NULL,
            limits_over BIGINT NOT NULL, limits_extended BIGINT NOT NULL, limits_lifted BIGINT NOT NULL,
            PRIMARY KEY (month, machine, weekday, hour)){clustered}""",
        "CREATE TABLE note (name TEXT PRIMARY KEY, text TEXT NOT NULL)",
    ),
    (
        """CREATE TABLE layer (             -- settings of a site, zone or machine: the whole layer
            rev BIGINT PRIMARY KEY, site TEXT NOT NULL, at BIGINT NOT NULL,
            scope TEXT NOT NULL, name TEXT NOT NULL, mode TEXT, vals TEXT NOT NULL,
            author TEXT NOT NULL, role TEXT, address TEXT, said TEXT, why TEXT)""",
        """CREATE TABLE desired (           -- what each machine was told last; widest: how far its own file lets it go
            machine BIGINT PRIMARY KEY, rev BIGINT NOT NULL, mode TEXT, vals TEXT NOT NULL, widest TEXT)""",
        """CREATE TABLE audit (             -- who did what; said: who they say they are
            n BIGINT PRIMARY KEY, site TEXT NOT NULL, at BIGINT NOT NULL, what TEXT NOT NULL, machine TEXT,
            author TEXT NOT NULL, role TEXT, address TEXT, said TEXT, data TEXT NOT NULL)""",
        """CREATE TABLE fault (             -- what staff had to see to; ended is NULL while it lasts
            machine BIGINT NOT NULL, code TEXT NOT NULL, detected BIGINT NOT NULL,
            began BIGINT NOT NULL, ended BIGINT, text TEXT NOT NULL,
            PRIMARY KEY (machine, code, detected))""",
        "CREATE UNIQUE INDEX fault_open ON fault (machine, code) WHERE ended IS NULL",
        """CREATE TABLE serviced (          -- when a machine was serviced, and what its belt had run by then
            machine BIGINT NOT NULL, at BIGINT NOT NULL, belt BIGINT NOT NULL, distance BIGINT NOT NULL,
            author TEXT NOT NULL, said TEXT, note TEXT NOT NULL,
            PRIMARY KEY (machine, at))""",
    ),
    (
        "ALTER TABLE day ADD COLUMN observed_eligible BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE day ADD COLUMN observed_flat BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE day ADD COLUMN observed_sessions BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE day ADD COLUMN spells_ended BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE day ADD COLUMN spells_stayed BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE heat ADD COLUMN observed_eligible BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE heat ADD COLUMN observed_flat BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE heat ADD COLUMN observed_sessions BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE heat ADD COLUMN spells_ended BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE heat ADD COLUMN spells_stayed BIGINT NOT NULL DEFAULT 0",
        "DELETE FROM note WHERE name = 'time_zone'",  # so that the sums are made anew, with these
    ),
)


CLUSTERED: Final = {"sqlite": " WITHOUT ROWID"}
"""Rows lie in the order of their key, so that a range of days is read in one go."""


class TooNew(Exception):
    """The database was written by a newer version."""


def migrate(db: Connection, steps: Sequence[Sequence[str]] = STEPS) -> int:
    """Take the steps that db lacks, in the transaction that is open; return how many. TooNew when it has more."""
    db.execute(text("CREATE TABLE IF NOT EXISTS version (n BIGINT NOT NULL)"))
    taken = db.execute(text("SELECT n FROM version")).scalar()
    if taken is None:
        db.execute(text("INSERT INTO version VALUES (0)"))
    done = int(taken or 0)
    if done > len(steps):
        raise TooNew(f"has version {done}, this program knows {len(steps)}")
    clustered = CLUSTERED.get(db.dialect.name, "")
    for step in steps[done:]:
        for statement in step:
            db.exec_driver_sql(statement.replace("{clustered}", clustered))
    db.execute(text("UPDATE version SET n = :n"), {"n": len(steps)})
    return len(steps) - done

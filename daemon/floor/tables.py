"""The floor's tables, for queries; `daemon.floor.steps` makes them. Times are Unix ms unless they say otherwise."""

from typing import Final

from sqlalchemy import BigInteger, Column, MetaData, Table, Text

from daemon.floor.columns import COLUMNS

metadata: Final = MetaData()


def _numbers(*names: str) -> list[Column[int]]:
    return [Column(name, BigInteger, primary_key=name == "n") for name in names]


machine: Final = Table(
    "machine",
    metadata,
    Column("n", BigInteger, primary_key=True),
    Column("site", Text),
    Column("machine", Text),
    Column("name", Text),
    Column("zone", Text),
    Column("modality", Text),
    *_numbers("stored", "passes", "since", "out_of_order", "unfit", "misdated"),
)
boot: Final = Table("boot", metadata, Column("machine", BigInteger), Column("boot", Text), *_numbers("offset_ms"))
event: Final = Table(
    "event",
    metadata,
    Column("machine", BigInteger),
    Column("origin", Text),
    *_numbers("first", "last", "seq"),
    Column("kind", Text),
    Column("boot", Text),
    *_numbers("at", "ts", "start", "moment"),
    Column("session", Text),
    Column("data", Text),
)
beyond: Final = Table("beyond", metadata, *_numbers("machine", "first", "last"))
quarantine: Final = Table(
    "quarantine",
    metadata,
    Column("digest", Text, primary_key=True),
    *_numbers("at"),
    Column("machine", Text),
    Column("topic", Text),
    Column("reason", Text),
    Column("payload", Text),
)
day: Final = Table("day", metadata, *_numbers("day", "machine", *COLUMNS))
heat: Final = Table("heat", metadata, *_numbers("month", "machine", "weekday", "hour", *COLUMNS))
note: Final = Table("note", metadata, Column("name", Text, primary_key=True), Column("text", Text))

WHO: Final = ("author", "role", "address", "said")


def _words(*names: str) -> list[Column[str]]:
    return [Column(name, Text) for name in names]


layer: Final = Table(
    "layer",
    metadata,
    Column("rev", BigInteger, primary_key=True),
    *_numbers("at"),
    *_words("site", "scope", "name", "mode", "vals", *WHO, "why"),
)
desired: Final = Table(
    "desired",
    metadata,
    Column("machine", BigInteger, primary_key=True),
    *_numbers("rev"),
    *_words("mode", "vals", "widest"),
)
audit: Final = Table("audit", metadata, *_numbers("n", "at"), *_words("site", "what", "machine", *WHO, "data"))
fault: Final = Table(
    "fault", metadata, *_numbers("machine"), *_words("code", "text"), *_numbers("detected", "began", "ended")
)
serviced: Final = Table(
    "serviced", metadata, *_numbers("machine", "at", "belt", "distance"), *_words("author", "said", "note")
)

KEYS: Final = {
    machine: ("n",),
    boot: ("machine", "boot"),
    event: ("machine", "origin", "first", "last"),
    beyond: ("machine", "first"),
    quarantine: ("digest",),
    day: ("day", "machine"),
    heat: ("month", "machine", "weekday", "hour"),
    note: ("name",),
    layer: ("rev",),
    desired: ("machine",),
    audit: ("n",),
    fault: ("machine", "code", "detected"),
    serviced: ("machine", "at"),
}
"""Every table with its key, in the order in which a backup holds them."""

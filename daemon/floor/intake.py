"""Stores what machines told, in one transaction for many events: each event once, whatever comes twice.

Two floors may write one PostgreSQL: the row of a machine is held while its events are stored, in the order of their
numbers, so that neither waits for the other for ever.
"""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection

from daemon.floor.desk import Desk, Gym, Taken
from daemon.floor.figures import LONGEST, longest, note
from daemon.floor.ledger import Ledger
from daemon.floor.record import Record
from daemon.floor.shelf import flush, read
from daemon.floor.sift import Unfit


def take(db: Connection, gym: Gym, heard: Sequence[Record | Unfit], now: int) -> Taken:
    """Store what was heard, in the transaction that is open; now: Unix ms."""
    taken = Taken()
    ledger = Ledger(gym.zone, gym.since)
    by_machine: dict[str, list[Record | Unfit]] = defaultdict(list)
    for one in heard:
        by_machine[one.machine].append(one)
    shelf = read(db, gym.site, by_machine)
    desks = [Desk(db, gym, row, shelf, now, ledger, taken) for row in shelf.machines]
    for desk in desks:
        desk.take(by_machine[desk.slug])
    flush(db, desks)
    ledger.write(db)
    if taken.longest > longest(db):
        note(db, LONGEST, taken.longest)
    return taken

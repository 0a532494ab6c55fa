"""Whether the journal still is what was sealed: every line is written down again and every root and head made anew.

Yields the first entry that does not fit, by its number; what came in behind a seal or is dated ahead of time; what is
missing; a cut-off tail is found by those who kept a head (`app.disclosures.proof`, `flask verify --head`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from operator import itemgetter
from typing import Any

from sqlalchemy import Text, cast, func, select

from app.kit import clock
from app.kit.db import db
from app.kit.proof import Fault
from app.points import canonical, merkle, rereading, written
from app.points.models import HoldEnd, Seal, SealedEntry
from app.points.sealing import GRACE, KINDS

_CHUNK = 10_000
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def faults() -> Iterator[Fault]:
    """The first entry that is not as it was sealed, then the first seal that does not follow from its entries."""
    for look in LOOKS:
        yield from look()


def changed() -> Iterator[Fault]:
    """The first sealed entry whose line has another hash now, or that is gone; then what is odd and not sealed yet."""
    found = [rereading.first_changed(kind) for kind in KINDS if not written.all_as_sealed(kind)]
    changed = sorted((one for one in found if one is not None), key=itemgetter(0))
    yield from (fault for _, fault in changed[:1])
    yield from (fault for kind in KINDS if (fault := rereading.first_odd_since(kind)) is not None)


def dated_oddly() -> Iterator[Fault]:
    """An entry dated before the last seal that stands in none: it came in later than its date says. And one that is
    dated after this moment: no day of it would ever be over.

    That a hold lapsed may be noted at any time, as of the moment it did: such an end tells nothing new, and is sealed
    with the day that is still open.
    """
    until, soon = db.session.scalar(select(func.max(Seal.until))) or _LONG_AGO, clock.now() + GRACE
    for kind, (table, key, moment) in KINDS.items():
        numbers = select(func.count().filter(moment < until), func.count().filter(moment >= soon)).select_from(table)
        due, ahead = db.session.execute(numbers).one()
        which = select(SealedEntry.number).where(SealedEntry.kind == kind)
        # As many being sealed as should be, then, none of them being gone (`changed`), none is left out.
        if due != db.session.scalar(select(func.count()).select_from(which.subquery())):
            late = [moment < until, ~which.where(SealedEntry.entry_id == key).exists()]
            if kind == "hold_end":
                late.append(HoldEnd.outcome != "expired")
            yield from _first_dated(kind, late, "and stands in no seal")
        if ahead:
            yield from _first_dated(kind, [moment >= soon], "which is still to come")


def chain() -> Iterator[Fault]:
    """Numbers that are missing, and seals that do not follow from their entries and from each other."""
    yield from _numbered_oddly()
    yield from _broken_chain()


LOOKS = (changed, dated_oddly, chain)  # the first takes as long as all else in the ledger: they can be shared out


def unknown(heads: Sequence[str]) -> list[Fault]:
    """Heads that were printed once and that no seal has: the end of the journal was cut off, or all of it replaced."""
    there = set(db.session.scalars(select(Seal.head).where(Seal.head.in_([head.lower() for head in heads]))))
    return [Fault("I20", f"head:{head}", "no seal has it") for head in heads if head.lower() not in there]


def counts() -> dict[str, int]:
    return {"seals": db.session.scalar(select(func.count(Seal.number))) or 0}


def _numbered_oddly() -> Iterator[Fault]:
    """Numbers run from 1 without gaps, as far as the seals say."""
    columns: tuple[Any, ...] = (func.count(), func.min(SealedEntry.number), func.max(SealedEntry.number))
    there, first, last = db.session.execute(select(*columns)).one()
    told = db.session.scalar(select(func.coalesce(func.sum(Seal.entries), 0))) or 0
    if (there and (first != 1 or last != there)) or there != told:
        yield Fault("I23", f"entry:{last or 0}", f"{there} entries are numbered, the seals speak of {told}")


def _broken_chain() -> Iterator[Fault]:
    """The first seal whose root is not that of its entries, or whose head does not follow from the one before."""
    before, following = canonical.BEGINNING, 1
    leaves = _leaves()
    for seal in db.session.execute(select(Seal.__table__).order_by(Seal.number)).all():
        root = merkle.root(list(islice(leaves, seal.entries))).hex()
        head = canonical.head(
            before, number=seal.number, until=seal.until, first=following, entries=seal.entries, root=root
        )
        if (seal.first, seal.root, seal.head) != (following, root, head):
            day = clock.last_day(seal.until)
            yield Fault("I20", f"seal:{seal.number}", f"the seal of {day} does not follow from its entries")
            return
        before, following = seal.head, following + seal.entries


def _leaves() -> Iterator[bytes]:
    """The sealed hashes in the order of their numbers, read in parts: there may be millions.

    Asked of the driver itself: a result that wraps each of them takes as long as all the rest of the chain.
    """
    query = "SELECT leaf FROM sealed_entries ORDER BY number"
    driver: Any = db.session.connection().connection.driver_connection
    # From PostgreSQL as bytes and not as text, which takes a third of the time.
    binary = db.engine.dialect.name == "postgresql"
    with closing(driver.cursor("leaves", binary=True) if binary else driver.cursor()) as rows:
        rows.execute(query)
        while part := rows.fetchmany(_CHUNK):
            yield from (leaf for (leaf,) in part)


def _first_dated(kind: str, which: Sequence[Any], says: str) -> Iterator[Fault]:
    """The first of these entries, with its date as the database keeps it: even one that is none."""
    table, key, moment = KINDS[kind]
    query = select(key, cast(moment, Text)).select_from(table).where(*which).order_by(key).limit(1)
    for entry_id, said in db.session.execute(query):
        yield Fault("I20", f"{kind}:{entry_id}", f"is dated {said} {says}")

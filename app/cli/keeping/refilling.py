"""Filling an empty database from a backup: all of it in one transaction, looked at again before it counts."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ForeignKeyConstraint, LargeBinary, Table, exists, func, select, text
from sqlalchemy.exc import DBAPIError

from app.cli.keeping.manifest import Head, Kept, Manifest, NotUsable, instant, revision, tables
from app.cli.keeping.reading import Backup
from app.cli.keeping.writing import Tell
from app.kit import search
from app.kit.db import db, take_your_time
from app.kit.proof import Fault
from app.points import proof, sealed
from app.points import queries as points


def refill(backup: Backup, *, heads: Sequence[str], with_faults: bool, tell: Tell) -> Sequence[Fault]:
    """Put every row back. Raises `NotUsable` when database or backup is not fit for it; then nothing is kept.

    `heads` were printed once: the ledger that comes back must have them. A backup has the tables of its migration, so
    it goes into a database of the same one only. Answers with the faults of a ledger that had them when it was kept:
    they come back `with_faults` only.
    """
    _refuse_other_tables(backup.manifest)
    _refuse_full()
    known = {table.name: table for table in tables()}
    with _said(), _references_wait():
        for one in backup.manifest.tables:
            with backup.rows(one) as rows:
                _fill(known[one.name], one, rows)
            tell(one.name)
        _go_on_counting()
    search.index_again()
    _refuse_changed(backup.manifest)
    _refuse_other_end(backup.manifest.head)
    faults = [*proof.faults(), *sealed.faults(), *sealed.unknown(heads)]
    if faults and not with_faults:
        first = faults[0]
        raise NotUsable(
            f"its ledger is not in order: {first.invariant} does not hold at {first.where}: {first.says}. If it is the "
            "last one there is, --with-faults brings it back as it is"
        )
    return faults


def _refuse_other_tables(manifest: Manifest) -> None:
    mine = revision()
    if manifest.revision != mine:
        raise NotUsable(
            f"it is of migration {manifest.revision} (version {manifest.program}), this program is at {mine}; restore "
            "it with the program that it is of, then bring the database up with: flask --app wsgi db upgrade"
        )
    there = {one.name: sorted(one.columns) for one in manifest.tables}
    if there != {table.name: sorted(column.name for column in table.columns) for table in tables()}:
        raise NotUsable("it has not the tables of its migration: the file is damaged.")


def _refuse_full() -> None:
    for table in tables():
        if db.session.scalar(select(exists().select_from(table))):
            raise NotUsable(
                f"the database is not empty ({table.name} has rows); restore into a new one, made with: "
                "flask --app wsgi db upgrade"
            )


@contextmanager
def _said() -> Iterator[None]:
    """Rows that the database refuses; its own words, without the values."""
    try:
        yield
    except (DBAPIError, db.engine.dialect.loaded_dbapi.Error, ValueError, TypeError) as error:
        why = str(getattr(error, "orig", error)).partition("\n")[0]
        raise NotUsable(f"its rows do not fit into the database: {why}") from error


@contextmanager
def _references_wait() -> Iterator[None]:
    """A row may refer to one that comes later in its own table: that is looked at in the end."""
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("PRAGMA defer_foreign_keys=ON"))
        yield
        if orphans := db.session.execute(text("PRAGMA foreign_key_check")).all():
            raise NotUsable(f"its rows do not fit into the database: {orphans[0][0]} refers to what is not there")
        return
    take_your_time()
    late = list(_referring_ahead())
    for table, name in late:
        db.session.execute(text(f'ALTER TABLE "{table}" ALTER CONSTRAINT "{name}" DEFERRABLE INITIALLY DEFERRED'))
    yield
    db.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    for table, name in late:
        db.session.execute(text(f'ALTER TABLE "{table}" ALTER CONSTRAINT "{name}" NOT DEFERRABLE'))


def _referring_ahead() -> Iterator[tuple[str, str]]:
    """Table and name of each foreign key to the table itself, or to one that is filled later."""
    filled: set[str] = set()
    for table in tables():
        for key in table.constraints:
            if isinstance(key, ForeignKeyConstraint) and key.referred_table.name not in filled:
                yield table.name, str(db.engine.dialect.identifier_preparer.format_constraint(key)).strip('"')
        filled.add(table.name)


def _fill(table: Table, one: Kept, packed: Iterable[Sequence[Any]]) -> None:
    """By the shortest way that each driver has; the values of a backup are such as both databases take."""
    rows = _unpacked(table, one, packed)
    raw: Any = db.session.connection().connection.dbapi_connection
    columns = ", ".join(f'"{name}"' for name in one.columns)
    if db.engine.dialect.name == "sqlite":
        places = ", ".join("?" * len(one.columns))
        raw.executemany(f'INSERT INTO "{table.name}" ({columns}) VALUES ({places})', rows)  # noqa: S608 # nosec B608
        return
    with raw.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def _unpacked(table: Table, one: Kept, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    binary = [place for place, name in enumerate(one.columns) if isinstance(table.columns[name].type, LargeBinary)]
    for row in rows:
        if not binary:
            yield row
            continue
        values = list(row)
        for place in binary:
            values[place] = None if values[place] is None else b64decode(values[place], validate=True)
        yield values


def _go_on_counting() -> None:
    """On PostgreSQL the next row of each table gets the number after the last one; SQLite looks by itself."""
    if db.engine.dialect.name == "sqlite":
        return
    for table in tables():
        key = table.autoincrement_column
        if key is None:
            continue
        sequence = select(func.pg_get_serial_sequence(table.name, key.name))
        last = db.session.scalar(select(func.max(key)))
        if last is not None and (name := db.session.scalar(sequence)):
            db.session.execute(select(func.setval(name, last)))


def _refuse_changed(manifest: Manifest) -> None:
    """Nobody else may have written meanwhile."""
    known = {table.name: table for table in tables()}
    for one in manifest.tables:
        if db.session.scalar(select(func.count()).select_from(known[one.name])) != one.rows:
            raise NotUsable(f"somebody wrote into {one.name} meanwhile; stop the server and try again.")


def _refuse_other_end(head: Head | None) -> None:
    """The journal must end with the seal that the backup was made under."""
    last = points.last_seal()
    there = None if last is None else Head(last.number, instant(last.until), last.first + last.entries - 1, last.head)
    if there != head:
        raise NotUsable("the last seal of its ledger is not the one that it names: the file was changed.")

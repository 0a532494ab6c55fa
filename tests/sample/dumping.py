"""A whole database in words, to compare what two histories left behind."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Table, select

from app.kit.db import Base, db

Tables = dict[str, list[str]]
Columns = Mapping[str, Collection[str] | None]  # of a table some columns, or None: all of it

NOTHING: Columns = {}
# Random, or about the work itself.
TECHNICAL: Columns = {
    "ballots": {"receipt_hash"},
    "mails": {"sent_at", "next_try_at", "tries"},
    "points_runs": {"finished_at"},
}


def dumped(without: Columns = NOTHING) -> Tables:
    """Every table as sorted rows. In the place of a reference stands what it points to, not its id."""
    tables = [table for table in Base.metadata.sorted_tables if without.get(table.name, ()) is not None]
    rows = {table.name: db.session.execute(select(table)).mappings().all() for table in tables}
    names = {
        table.name: {row["id"]: _content(table, row, without.get(table.name) or ()) for row in rows[table.name]}
        for table in tables
        if "id" in table.primary_key.columns
    }
    return {
        table.name: sorted(
            repr(_content(table, row, without.get(table.name) or ()) | _references(table, row, names))
            for row in rows[table.name]
            if _still_says_something(table, row)
        )
        for table in tables
    }


def differing(one: Tables, other: Tables) -> dict[str, tuple[list[str], list[str]]]:
    """The rows that only one of the two has."""
    return {
        name: (sorted(set(one[name]) - set(other[name])), sorted(set(other[name]) - set(one[name])))
        for name in one
        if one[name] != other[name]
    }


def _content(table: Table, row: Any, without: Collection[str] = ()) -> dict[str, Any]:
    """What a row says by itself."""
    left_out = {"id", *without, *(TECHNICAL.get(table.name) or ())}
    mine = [column for column in table.columns if column.name not in left_out and not column.foreign_keys]
    return {column.name: row[column.name] for column in mine}


def _references(table: Table, row: Any, names: dict[str, dict[Any, Any]]) -> dict[str, Any]:
    """What a row points to."""
    return {
        column.name: names.get(key.column.table.name, {}).get(row[column.name], row[column.name])
        for column in table.columns
        for key in column.foreign_keys
    }


def _still_says_something(table: Table, row: Any) -> bool:
    """Of a mail about something that has passed since only its row is left; a late tick never writes it."""
    if table.name != "mails" or row["message_id"] or row["claim_id"]:
        return True
    messages = Base.metadata.tables["messages"]
    told = messages.c.resident_id == row["resident_id"], messages.c.digest_on == row["digest_on"]
    return row["digest_on"] is not None and db.session.scalar(select(messages.c.id).where(*told).limit(1)) is not None

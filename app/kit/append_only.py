"""Tables that only grow: the database itself refuses to change, remove or replace a row (points I19)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import DDL, PrimaryKeyConstraint, Table, UniqueConstraint, event

_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
_THERE = "EXISTS (SELECT 1 FROM {table} WHERE {same})"


def statements(table: str, dialect: str) -> list[str]:
    """The SQL that makes a table append-only; migrations run the same statements. On SQLite `not_replaced` as well."""
    if dialect == "postgresql":
        return [
            _FUNCTION,
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        ]
    return [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ]


def not_replaced(table: Table, *, twice_is_once: bool = False) -> str:
    """The SQL that keeps INSERT OR REPLACE of SQLite away from the rows of a table: no trigger against removal sees it.

    Whoever comes second is told what a unique key would say. `twice_is_once`: or nothing at all; for tables that are
    only ever written with `on_conflict_do_nothing`, which such an error would break.
    """
    there = " OR ".join(_THERE.format(table=table.name, same=same) for same in _sames(table))
    refused = "IGNORE" if twice_is_once else f"ABORT, 'UNIQUE constraint: {table.name} is append-only'"
    return (
        f"CREATE TRIGGER {table.name}_no_replace BEFORE INSERT ON {table.name} "
        f"WHEN {there} BEGIN SELECT RAISE({refused}); END"
    )


def stays(table: str, dialect: str, *columns: str) -> list[str]:
    """The SQL by which these columns of a table keep what they say, and its rows stay; others may change."""
    if dialect == "postgresql":
        return [
            _FUNCTION,
            f"CREATE TRIGGER {table}_stays BEFORE UPDATE OF {', '.join(columns)} OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        ]
    return [
        f"CREATE TRIGGER {table}_{name} BEFORE {change} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for name, change in (("stays", f"UPDATE OF {', '.join(columns)}"), ("no_delete", "DELETE"))
    ]


def _sames(table: Table) -> Iterator[str]:
    """For each key of a table: when a row has the same as a new one."""
    with_rowid = table.dialect_options["sqlite"]["with_rowid"]
    if with_rowid:
        yield "rowid = NEW.rowid"  # a key that is one whole number is another name of it
    primary = set(table.primary_key.columns.keys())
    keys = (one for one in table.constraints if isinstance(one, UniqueConstraint | PrimaryKeyConstraint))
    for key in sorted(key.columns.keys() for key in keys if not (with_rowid and _is_rowid(key))):
        if not primary < set(key):  # else the primary key says it already
            yield _same(key)
    for index in sorted((one for one in table.indexes if one.unique), key=lambda one: str(one.name)):
        some = index.dialect_options["sqlite"]["where"]
        yield _same(index.columns.keys()) + ("" if some is None else _among(str(some), table))


def _is_rowid(key: Any) -> bool:
    return isinstance(key, PrimaryKeyConstraint) and [str(one.type) for one in key.columns] == ["INTEGER"]


def _same(key: Sequence[str]) -> str:
    return " AND ".join(f"{name} = NEW.{name}" for name in key)


def _among(rows: str, table: Table) -> str:
    """That both are among the rows of an index over a part of them."""
    named = [column.name for column in table.columns if column.name in re.findall(r"\w+", rows)]
    new = ", ".join(f"NEW.{one} AS {one}" for one in named)
    return f" AND {rows} AND {_THERE.format(table=f'(SELECT {new})', same=rows)}"


def revoked(table: str, key: str) -> list[str]:
    """The SQL that takes from its own owner the right to change a table of the ledger, on PostgreSQL.

    A right to the key alone is left: whoever refers to a row locks it, which asks for one. A trigger refuses its use.
    """
    return [
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM CURRENT_USER",
        f"GRANT UPDATE ({key}) ON {table} TO CURRENT_USER",
    ]


GUARDED: set[str] = set()  # names of all tables that only grow


def append_only(table: Table, *, revoke: bool = False, twice_is_once: bool = False) -> None:
    """Attach the guards, so that they are there however the table is made."""
    GUARDED.add(table.name)
    key = next(iter(table.primary_key.columns)).name
    on_sqlite = [*statements(table.name, "sqlite"), not_replaced(table, twice_is_once=twice_is_once)]
    on_postgresql = [*statements(table.name, "postgresql"), *(revoked(table.name, key) if revoke else [])]
    attach(table, on_sqlite, on_postgresql)


def stay(table: Table, *columns: str) -> None:
    """Let nobody change these columns of a table, or take its rows away; the others may change."""
    on_sqlite = [*stays(table.name, "sqlite", *columns), not_replaced(table, twice_is_once=True)]
    attach(table, on_sqlite, stays(table.name, "postgresql", *columns))


def attach(table: Table, on_sqlite: Sequence[str], on_postgresql: Sequence[str]) -> None:
    """Have these statements run whenever the table is made."""
    for dialect, guards in (("sqlite", on_sqlite), ("postgresql", on_postgresql)):
        for statement in guards:
            guard: Any = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
            event.listen(table, "after_create", guard.execute_if(dialect=dialect))

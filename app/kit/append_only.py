"""Tables that only grow: the database itself refuses to change or delete a row (points I19)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import DDL, Table, event

_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def statements(table: str, dialect: str) -> list[str]:
    """The SQL that makes a table append-only; migrations run the same statements."""
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


def revoked(table: str, key: str) -> list[str]:
    """The SQL that takes from its own owner the right to change a table of the ledger, on PostgreSQL.

    A right to the key alone is left: whoever refers to a row locks it, which asks for one. A trigger refuses its use.
    """
    return [
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM CURRENT_USER",
        f"GRANT UPDATE ({key}) ON {table} TO CURRENT_USER",
    ]


GUARDED: set[str] = set()  # names of all tables that only grow


def append_only(table: Table, *, revoke: bool = False) -> None:
    """Attach the guards, so that they are there however the table is made."""
    GUARDED.add(table.name)
    key = next(iter(table.primary_key.columns)).name
    for dialect in ("sqlite", "postgresql"):
        rights = revoked(table.name, key) if revoke and dialect == "postgresql" else []
        for statement in [*statements(table.name, dialect), *rights]:
            guard: Any = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
            event.listen(table, "after_create", guard.execute_if(dialect=dialect))

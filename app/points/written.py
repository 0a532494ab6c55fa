"""The canonical line of an entry, written and hashed by the database itself: a million of them take seconds.

What counts is what `canonical.line` says. This only answers quickly that nothing changed: the hash it compares with
was made of that line when the day was sealed. A database that wrote JSON in another way would make `flask verify` slow,
never blind.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.exc import DBAPIError

from app.kit.columns import Instant, WordsColumn
from app.kit.db import db
from app.kit.words import as_said
from app.points import canonical
from app.points.sealing import KINDS

_UNLIKE = """
SELECT count(*) FROM sealed_entries LEFT JOIN {table} ON {table}.{key} = sealed_entries.entry_id {said}
WHERE sealed_entries.kind = '{kind}' AND sealed_entries.leaf {differs} {leaf}
"""
# How PostgreSQL spells a text in two languages: the house tells it of each that there is, once.
_SAID = (
    "LEFT JOIN unnest(%(kept)s::text[], %(said)s::text[]) AS said_{name} (kept, said) ON said_{name}.kept = {column}"
)
_TEXTS = "SELECT {column} FROM {table} WHERE {name} IS NOT NULL"
_NEVER_SAID = "false"  # stands in no line


def all_as_sealed(kind: str) -> bool:
    """Whether each sealed entry of a kind still has the hash that it was sealed with, and none is beyond reading."""
    dialect = db.engine.dialect.name
    try:
        with db.session.begin_nested():
            return (_unlike_on_postgresql(kind) if dialect == "postgresql" else _unlike_on_sqlite(kind)) == 0
    except DBAPIError:
        return False  # whoever goes through the lines one by one finds out which it is


def _unlike_on_postgresql(kind: str) -> Any:
    table, key, _ = KINDS[kind]
    columns = _columns(kind)
    texts = [column for column in columns if isinstance(column.type, WordsColumn)]
    parts = ", ".join(_postgresql(column) for column in columns)
    query = _UNLIKE.format(
        table=table.name, key=key.key, kind=kind, differs="IS DISTINCT FROM",
        said=" ".join(_SAID.format(name=one.name, column=_text(one)) for one in texts),
        leaf=f"sha256('\\x00'::bytea || convert_to('[\"{kind}\",' || concat_ws(',', {parts}) || ']', 'UTF8'))",
    )  # fmt: skip
    return db.session.connection().exec_driver_sql(query, _spellings(texts)).scalar_one()


def _spellings(texts: Sequence[Any]) -> dict[str, list[str]]:
    """Every text that these columns keep, and how it is spelled in a line."""
    each = " UNION ".join(_TEXTS.format(column=_text(one), table=one.table.name, name=one.name) for one in texts)
    kept = list(db.session.connection().exec_driver_sql(each).scalars()) if texts else []
    return {"kept": kept, "said": [as_said(one) or _NEVER_SAID for one in kept]}


def _postgresql(column: Any) -> str:
    name = f"{column.table.name}.{column.name}"
    if isinstance(column.type, Instant):
        plain = f'to_char({name} AT TIME ZONE \'UTC\', \'"\\""YYYY-MM-DD"T"HH24:MI:SS.US"Z\\""\')'
    elif isinstance(column.type, WordsColumn):
        plain = f"said_{column.name}.said"
    elif column.type.python_type is int:
        plain = f"{name}::text"
    else:
        plain = f"to_json({name})::text"
    return f"coalesce({plain}, 'null')" if column.nullable else plain


def _text(column: Any) -> str:
    return f"{column.table.name}.{column.name}::text"


def _unlike_on_sqlite(kind: str) -> Any:
    table, key, _ = KINDS[kind]
    line = f"json_array('{kind}', {', '.join(_sqlite(column) for column in _columns(kind))})"
    query = _UNLIKE.format(
        table=table.name, key=key.key, kind=kind, said="", differs="IS NOT", leaf=f"leaf_hash(CAST({line} AS BLOB))"
    )
    return db.session.connection().exec_driver_sql(query).scalar_one()


def _sqlite(column: Any) -> str:
    name = f"{column.table.name}.{column.name}"
    if isinstance(column.type, Instant):
        return f"iif({name} GLOB '*T*', NULL, replace({name}, ' ', 'T') || 'Z')"
    if isinstance(column.type, WordsColumn):
        return f"iif({name} IS NULL, NULL, json(coalesce(as_said({name}), '{_NEVER_SAID}')))"
    return name


def _columns(kind: str) -> list[Any]:
    table, _, _ = KINDS[kind]
    return [table.c[name] for name in canonical.COLUMNS[kind]]

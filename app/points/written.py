"""The canonical line of an entry, written and hashed by the database itself: a million of them take seconds.

What counts is what `canonical.line` says. This only answers quickly that nothing changed: the hash it compares with
was made of that line when the day was sealed. A database that wrote JSON in another way would make `flask verify` slow,
never blind.
"""

from __future__ import annotations

from typing import Any

from app.kit.columns import Instant, WordsColumn
from app.kit.db import db
from app.points import canonical
from app.points.sealing import KINDS

_LANGUAGES = ("en", "other", "zh")  # the keys of text in two languages, in order
_UNLIKE = """
SELECT count(*) FROM sealed_entries LEFT JOIN {table} ON {table}.{key} = sealed_entries.entry_id
WHERE sealed_entries.kind = '{kind}' AND sealed_entries.leaf {differs} {leaf}
"""


def all_as_sealed(kind: str) -> bool:
    """Whether each sealed entry of a kind still has the hash that it was sealed with."""
    table, key, _ = KINDS[kind]
    columns = [table.c[name] for name in canonical.COLUMNS[kind]]
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        parts = ", ".join(_postgresql(column) for column in columns)
        leaf = f"sha256('\\x00'::bytea || convert_to('[\"{kind}\",' || concat_ws(',', {parts}) || ']', 'UTF8'))"
        differs = "IS DISTINCT FROM"
    else:
        line = f"json_array('{kind}', {', '.join(_sqlite(column) for column in columns)})"
        leaf, differs = f"sha256(char(0) || {line})", "IS NOT"
    query = _UNLIKE.format(table=table.name, key=key.key, kind=kind, leaf=leaf, differs=differs)
    return connection.exec_driver_sql(query.replace("%", "%%")).scalar_one() == 0


def _postgresql(column: Any) -> str:
    name = f"{column.table.name}.{column.name}"
    if isinstance(column.type, Instant):
        plain = f'to_char({name} AT TIME ZONE \'UTC\', \'"\\""YYYY-MM-DD"T"HH24:MI:SS.US"Z\\""\')'
    elif isinstance(column.type, WordsColumn):
        said = ", ".join(f"'\"{key}\":' || to_json(nullif({name}->>'{key}', ''))::text" for key in _LANGUAGES)
        plain = f"CASE WHEN {name} IS NOT NULL THEN '{{' || concat_ws(',', {said}) || '}}' END"
    elif column.type.python_type is int:
        plain = f"{name}::text"
    else:
        plain = f"to_json({name})::text"
    return f"coalesce({plain}, 'null')" if column.nullable else plain


def _sqlite(column: Any) -> str:
    name = f"{column.table.name}.{column.name}"
    if isinstance(column.type, Instant):
        return f"replace({name}, ' ', 'T') || 'Z'"
    if isinstance(column.type, WordsColumn):
        # A patch leaves out what is null.
        said = ", ".join(f"'{key}', nullif({name}->>'{key}', '')" for key in _LANGUAGES)
        return f"iif({name} IS NULL, NULL, json_patch('{{}}', json_object({said})))"
    return name

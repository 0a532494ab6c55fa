"""What a backup says of itself, and which tables, columns and values there are to keep."""

from __future__ import annotations

import json
import tomllib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Select, Table, Text, cast, inspect, select, text

from app.config import ROOT
from app.kit import clock
from app.kit.columns import WordsColumn
from app.kit.db import Base, db

FORMAT = "xiangyue-backup-1"
MANIFEST = "manifest.json"
MOST = 1024 * 1024  # bytes; a manifest is some thousands


class NotUsable(Exception):
    """It cannot be done with this file or this database; the text says why and what to do."""


@dataclass(frozen=True)
class Head:
    """The ledger's last seal: its number, the midnight it reaches to, how many entries stand behind it."""

    seal: int
    until: str
    entries: int
    head: str


@dataclass(frozen=True)
class Kept:
    """One table in a backup. `sha256` is of the member as it is unpacked."""

    name: str
    columns: Sequence[str]
    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """The first thing to be read. `made_at` is in UTC; `head` is None where no day of the ledger was sealed yet."""

    program: str
    revision: str
    made_at: str
    made_from: str
    head: Head | None
    tables: Sequence[Kept]

    @property
    def rows(self) -> int:
        return sum(one.rows for one in self.tables)

    @property
    def comment(self) -> bytes:
        """The last bytes of the file, for those who look at it without this program."""
        head = self.head
        sealed = f"seal {head.seal} of the ledger: {head.head}" if head else "no day of the ledger is sealed"
        return f"Xiangyue, {self.made_at} UTC; {sealed}".encode()

    def written(self) -> str:
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1)

    @classmethod
    def read(cls, content: bytes) -> Manifest:
        """Raises `NotUsable` for what is not a manifest of this format."""
        try:
            told = json.loads(content)
            known = told.pop("format")
            tables = [Kept(**one) for one in told.pop("tables")]
            head = told.pop("head")
            read = cls(tables=tables, head=Head(**head) if head else None, **told)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise NotUsable("its manifest cannot be read: the file is damaged.") from error
        if known != FORMAT:
            raise NotUsable(f"it is of the format {known}, and this program reads {FORMAT}; use the program it is of.")
        return read


def member(table: str) -> str:
    """Where the rows of a table lie in the zip."""
    return f"rows/{table}.jsonl"


def tables() -> Sequence[Table]:
    """All tables of the house, each after those it refers to."""
    return Base.metadata.sorted_tables


def every_row(table: Table) -> Select[Any]:
    """All rows in the order of their key; JSON as the text that the database holds."""
    columns = [
        cast(column, Text) if isinstance(column.type, JSON | WordsColumn) else column for column in table.columns
    ]
    return select(*columns).order_by(*table.primary_key.columns)


def line(row: Sequence[Any]) -> bytes:
    """One row as it stands in a backup."""
    return json.dumps(list(row), ensure_ascii=False, separators=(",", ":"), default=_plain).encode() + b"\n"


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return instant(value)
    return value.isoformat() if isinstance(value, date) else b64encode(value).decode()


def instant(moment: datetime) -> str:
    """As SQLite keeps it and PostgreSQL reads it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def made_now() -> str:
    return instant(clock.now())


def program() -> str:
    """The version of this program."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])


def revision() -> str:
    """The migration of program and database. Raises `NotUsable` where the database is not at the program's newest."""
    newest = ScriptDirectory(str(ROOT / "migrations")).get_current_head()
    there = inspect(db.session.connection()).has_table("alembic_version")
    of_database = db.session.scalar(text("SELECT version_num FROM alembic_version")) if there else None
    if of_database is None or of_database != newest:
        raise NotUsable("the database is not at the newest migration; run: flask --app wsgi db upgrade")
    return str(of_database)

"""A village for the benches of the ledger: many small communities, and a large one with as many households."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask
from sqlalchemy import insert, select

from app import create_app
from app.config import Settings
from app.kit.db import db, transaction
from app.kit.words import Words
from app.people.models import Household, Resident
from app.places.models import Place
from app.places.operations import found_place
from app.points import posting
from tests.databases import PostgresDatabases, SqliteFiles, ensure_template

COMMUNITIES, HOMES = 50, 100  # as many households again live in the large community
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


class Home(NamedTuple):
    """A household with its one resident."""

    id: int
    community_id: int
    resident_id: int


@dataclass(frozen=True)
class Village:
    """Its households."""

    spread: Sequence[Home]  # in fifty communities
    together: Sequence[Home]  # in one


def house(url: str) -> Flask:
    """The application over this database."""
    return create_app(Settings(env="test", database_url=url, secret_key="bench" * 10))


@contextmanager
def sqlite_database() -> Iterator[str]:
    """The address of a file with all tables and no rows."""
    with tempfile.TemporaryDirectory(prefix="xy-bench-") as folder:
        files = SqliteFiles(Path(folder))
        ensure_template(files, "empty", Path(folder))
        yield files.url("empty")


@contextmanager
def postgresql_database(server_url: str) -> Iterator[str]:
    """The address of a database with all tables and no rows on this server."""
    with tempfile.TemporaryDirectory(prefix="xy-bench-") as folder:
        databases = PostgresDatabases(server_url, "bench_")
        ensure_template(databases, "empty", Path(folder))
        yield databases.url("empty")
        databases.drop("empty")


def settle_down(app: Flask) -> Village:
    """Fill an empty database: places, households with one resident each, their accounts opened."""
    with app.app_context(), transaction():
        street = _place("street", None)
        large = _homes(_place("community", street), COMMUNITIES * HOMES)
        small = [home for _ in range(COMMUNITIES) for home in _homes(_place("community", street), HOMES)]
        homes = [*large, *small]
        posting.open_accounts([(asset, "household", one.id, "own") for one in homes for asset in ("points", "honour")])
        posting.open_accounts([("minutes", "resident", one.resident_id, "own") for one in homes])
        return Village(small, large)


def _place(kind: str, parent: Place | None) -> Place:
    code = f"{kind}-{parent.path if parent else ''}-{datetime.now(UTC).timestamp()}"[:32]
    return found_place(kind=kind, code=code, name=Words(en=code), parent=parent, households=1)


def _homes(community: Place, number: int) -> list[Home]:
    grid = _place("grid", community)
    group = _place("group", grid)
    common: dict[str, Any] = {
        "street_id": community.parent_id, "community_id": community.id, "grid_id": grid.id, "group_id": group.id,
        "joined_on": date(2020, 1, 1),
    }  # fmt: skip
    db.session.execute(insert(Household), [common | {"door": str(door)} for door in range(number)])
    homes = db.session.scalars(select(Household.id).where(Household.group_id == group.id)).all()
    person = {"family_name": "张", "given_name": "秀", "verified_at": BEGAN}
    db.session.execute(insert(Resident), [person | {"household_id": home} for home in homes])
    query = select(Household.id, Household.community_id, Resident.id).join(Household).order_by(Resident.id)
    return [Home(*row) for row in db.session.execute(query.where(Household.group_id == group.id))]

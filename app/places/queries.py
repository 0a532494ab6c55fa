"""Reads of places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import aliased

from app.kit.db import db
from app.kit.words import Words
from app.places.models import Place

COMMUNITY_KINDS = ("community", "village")


def communities(street_id: int | None = None) -> Sequence[Row[int, str, str, Words, str]]:
    """The communities and villages, in the order of their codes: id, code, kind, name, path."""
    query = select(Place.id, Place.code, Place.kind, Place.name, Place.path).where(Place.kind.in_(COMMUNITY_KINDS))
    if street_id is not None:
        query = query.where(Place.parent_id == street_id)
    return db.session.execute(query.order_by(Place.code).limit(200)).all()


def place(place_id: int) -> Place | None:
    return db.session.get(Place, place_id)


def place_by_code(code: str) -> Place | None:
    return db.session.scalar(select(Place).where(Place.code == code))


def the_street() -> Place | None:
    """The street that this installation serves: the first that has people of ours; None before anything is loaded."""
    return db.session.scalar(
        select(Place).where(Place.kind == "street", Place.households > 0).order_by(Place.id).limit(1)
    )


def below(path: str) -> Select[int]:
    """Ids of a place and of everything under it, to be used inside another query."""
    return select(Place.id).where(Place.path.startswith(path, autoescape=True))


def ancestors(path: str) -> Sequence[Place]:
    """The place itself and what is above it, from the top."""
    ids = [int(part) for part in path.split("/") if part]
    found = {one.id: one for one in db.session.scalars(select(Place).where(Place.id.in_(ids)))}
    return [found[one] for one in ids if one in found]


def groups(path: str = "") -> Sequence[Row[*tuple[Any, ...]]]:
    """The groups below a path, or all: id and name, with the names of grid, compound or hamlet, and community."""
    grid, compound, community = aliased(Place), aliased(Place), aliased(Place)
    columns: tuple[Any, ...] = (
        Place.id, Place.name, grid.name.label("grid"), compound.name.label("compound"),
        community.name.label("community"),
    )  # fmt: skip
    query = (
        select(*columns)
        .outerjoin(grid, grid.id == Place.parent_id)
        .outerjoin(compound, compound.id == grid.parent_id)
        .outerjoin(community, community.id == compound.parent_id)
        .where(Place.kind == "group", Place.path.startswith(path, autoescape=True))
    )
    return db.session.execute(query.order_by(community.code, grid.code, Place.code).limit(2000)).all()

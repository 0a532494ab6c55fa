"""Writes of places."""

from __future__ import annotations

from app.kit.db import db
from app.kit.words import Words
from app.places.models import Place, Spot


def found_place(
    *,
    kind: str,
    code: str,
    name: Words,
    parent: Place | None = None,
    intro: Words | None = None,
    committee: Words | None = None,
    households: int = 0,
) -> Place:
    """Put a new place under its parent."""
    one = Place(
        kind=kind, code=code, name=name, intro=intro, committee=committee, households=households,
        parent_id=parent.id if parent else None, path="",
    )  # fmt: skip
    db.session.add(one)
    db.session.flush()
    one.path = f"{parent.path if parent else '/'}{one.id}/"
    return one


def open_spot(key: str, *, place: Place, kind: str, name: Words, open_hours: Words | None = None) -> Spot:
    """Name a place to meet."""
    spot = Spot(key=key, place_id=place.id, kind=kind, name=name, open_hours=open_hours)
    db.session.add(spot)
    return spot

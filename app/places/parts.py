"""What a place is made of, to choose from: each part with its own parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.kit.db import db
from app.kit.words import Words
from app.places.models import Place
from app.places.queries import COMMUNITY_KINDS

_OF_A_COMMUNITY = ("compound", "hamlet", "grid", "group")
_OF_A_STREET = (*COMMUNITY_KINDS, "compound", "hamlet")


@dataclass(frozen=True)
class Part:
    """A place below another one, with what lies below it."""

    path: str
    name: Words
    parts: Sequence[Part]

    def everywhere(self) -> Iterator[str]:
        """Its path, and those of all below it."""
        yield self.path
        for one in self.parts:
            yield from one.everywhere()


def parts_of(place_id: int) -> Sequence[Part]:
    """What is below a place, in the order of the codes; below a street it ends at the compounds.

    A street has hundreds of groups: nobody finds theirs in such a list.
    """
    place = db.session.get_one(Place, place_id)
    kinds = _OF_A_STREET if place.kind == "street" else _OF_A_COMMUNITY
    there = Place.path.startswith(place.path, autoescape=True), Place.kind.in_(kinds), Place.id != place_id
    rows = db.session.execute(select(Place.id, Place.parent_id, Place.path, Place.code, Place.name).where(*there)).all()
    below: dict[int | None, list[Part]] = {one: [] for one in (place_id, *(row.id for row in rows))}
    for row in sorted(rows, key=lambda row: row.code):
        below[row.parent_id].append(Part(row.path, row.name, below[row.id]))
    return below[place_id]


def part_names(paths: Sequence[str]) -> list[list[Words]]:
    """Of each path the names that tell where it is, from below the community on; one statement for all."""
    ways = [[int(one) for one in path.split("/") if one] for path in paths]
    query = select(Place.id, Place.kind, Place.name).where(Place.id.in_({one for way in ways for one in way}))
    place = {row.id: row for row in db.session.execute(query)} if ways else {}
    return [[place[one].name for one in way if one == way[-1] or place[one].kind in _OF_A_COMMUNITY] for way in ways]

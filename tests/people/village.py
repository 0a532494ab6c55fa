"""A street with people of every kind, for tests of the people room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from app.kit.db import db, transaction
from app.people.models import Household, Resident
from app.people.rules import Person
from tests.makers import a_household, a_resident, a_street, as_person, give, kept, sign_in


class Village:
    """Ids of people by what they are; `browser("staff")` is signed in, `browser()` is a stranger's."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context(), kept():
            street = a_street()
            self.street_id, self.community_id, self.grid_id = street.street.id, street.community.id, street.grid.id
            self.group_id, self.other_group_id = street.group.id, street.other_group.id
            self.village_group_id = street.village_group.id
            home = a_household(street.group, door="1号楼101")
            self.home_id, self.empty_id = home.id, a_household(street.group, door="1号楼202").id
            self.far_id = a_household(street.village_group, door="9号101").id
            self.ids = {
                "resident": a_resident(home).id,
                "spouse": a_resident(home).id,
                "newcomer": a_resident(None, claimed_grid_id=self.grid_id, claimed_door="1号楼202").id,
                "far": a_resident(db.session.get_one(Household, self.far_id)).id,
            }
            for role, place in {
                "leader": street.group, "grid": street.grid, "staff": street.community, "supervisor": street.community,
                "street": street.street, "admin": street.street,
            }.items():  # fmt: skip
                resident = a_resident(a_household(street.other_group))
                give(role, resident, place)
                self.ids[role] = resident.id

    def browser(self, who: str | None = None) -> FlaskClient:
        client = self.app.test_client()
        if who is not None:
            with self.app.app_context():
                sign_in(client, self.ids[who])
        return client

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Read, or write and keep."""
        with self.app.app_context(), transaction():
            yield

    def person(self, who: str) -> Person:
        return as_person(db.session.get_one(Resident, self.ids[who]))

    def resident(self, who: str) -> dict[str, Any]:
        """The row as it is kept now."""
        with self.inside():
            row = db.session.get_one(Resident, self.ids[who])
            return {column.name: getattr(row, column.name) for column in Resident.__table__.columns}

"""The voting desk behind its pages: a square with an open or secret ballot, and browsers of staff and electors."""

from __future__ import annotations

import html
import re
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from app.ballots.models import Question
from app.ballots.rules import Option
from app.kit.db import db
from app.kit.words import Words
from app.people.rules import Person
from tests import worlds
from tests.ballots.desk import ballot_of, more_staff, row_of
from tests.council.square import Square, a_question, a_square
from tests.makers import a_household, a_resident, as_person, give, post

THREE = [
    Option("o1", Words(zh="长椅", en="A bench")), Option("o2", Words(zh="路灯", en="A lamp")),
    Option("o3", Words(zh="车棚", en="A shed")),
]  # fmt: skip


class Office(worlds.World):
    """`staff` and `second` are of different households; `far` is staff of the village, `street` of the whole street."""

    square: Square
    second: Person
    far: Person
    street: Person

    def furnish(self) -> None:
        self.square = a_square()
        self.second = more_staff(self.square)
        far = a_resident(a_household(self.square.street.village_group), family_name="周")
        give("staff", far, self.square.street.village)
        street = a_resident(family_name="吴")
        give("street", street, self.square.street.street)
        self.far, self.street = as_person(far), as_person(street)

    @property
    def staff(self) -> Person:
        return self.square.staff

    def question(self, **values: Any) -> str:
        """The path of a new question."""
        with self.inside():
            return f"/votes/{a_question(self.square, **values).id}"

    def row(self, path: str, person: Person) -> int:
        """The row of the roll of that person, or of their household."""
        with self.inside():
            return row_of(db.session.get_one(Question, int(path.rsplit("/", 1)[1])), person)

    def door(self, path: str, person: Person) -> str:
        """The elector's page at the desk."""
        return f"{path}/desk/{self.row(path, person)}"

    def stands(self, path: str, person: Person) -> Any:
        """channel and choice of the vote that stands for them; None when there is none."""
        with self.inside():
            found = ballot_of(db.session.get_one(Question, int(path.rsplit("/", 1)[1])), person)
        return tuple(found[:2]) if found else None

    def all_of(self, column: Any) -> list[Any]:
        with self.inside():
            return list(db.session.scalars(select(column)))


def main_of(answer: Any) -> str:
    """The page itself, without its frame."""
    return str(html.unescape(answer.text).partition('<main id="main"')[2].partition(">")[2].partition("</main>")[0])


def sent(client: FlaskClient, path: str, **fields: Any) -> Any:
    """Posted as from the page: followed to where it leads."""
    answer = post(client, path, **fields)
    return client.get(answer.location) if answer.status_code == 303 else answer


def hidden(page: Any, name: str) -> str:
    """What a hidden field of a page holds."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', main_of(page))
    assert found is not None, name
    return found[1]

"""What makers made, behind the pages: browsers of its people, and looks at the database from outside a request."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.kit.db import db
from app.people.rules import Person
from tests.makers import kept, sign_in

Hold = Callable[[datetime], datetime]  # the fixture `at`


class World:
    """One application with what `furnish` makes in it; `as_(person)` is that person's browser."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with self.inside():
            self.furnish()
            db.session.flush()
            db.session.expunge_all()  # places are read long after this transaction

    def furnish(self) -> None:
        """Make what the pages show. Each room has its own."""
        raise NotImplementedError

    @contextmanager
    def inside(self) -> Iterator[None]:
        with self.app.app_context(), kept():
            yield

    def as_(self, person: Person | None, language: str = "en") -> FlaskClient:
        client = self.app.test_client()
        client.set_cookie("language", language)
        if person is not None:
            with self.app.app_context():
                sign_in(client, person.id)
        return client

    def count(self, model: Any) -> int:
        with self.inside():
            return db.session.scalar(select(func.count()).select_from(model)) or 0


def words(answer: Any) -> str:
    """What a reader reads of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))

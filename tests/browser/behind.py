"""The database behind the pages of a browser: what a day or a neighbour would do there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text

from app import create_app
from app.ballots.models import Question
from app.config import DEMO_SECRET, Settings
from app.kit.db import db, transaction
from tests.conftest import let_go


@dataclass
class Behind:
    """The served database at this address."""

    url: str

    @contextmanager
    def behind(self) -> Iterator[None]:
        """A transaction in it."""
        app = create_app(Settings(env="test", database_url=self.url, secret_key=DEMO_SECRET))
        with app.app_context(), transaction():
            yield
        let_go(app)


def earlier(question: Question, ago: timedelta) -> None:
    """Days pass by moving a question into the past, which the database refuses (`app.ballots.guards`)."""
    on = " ON questions" if db.engine.dialect.name == "postgresql" else ""
    db.session.execute(text(f"DROP TRIGGER IF EXISTS questions_fixed{on}"))
    question.opens_at -= ago
    question.planned_close -= ago
    question.closes_at -= ago

"""Whether each roll still is the one that was frozen when voting opened."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from app.ballots.models import Question
from app.ballots.queries import sealed_roll
from app.kit.db import db
from app.kit.proof import Fault


def faults() -> Iterator[Fault]:
    """The first question whose roll has another size, or other electors, than was published."""
    query = select(Question.id, Question.roll_size, Question.roll_hash).order_by(Question.id)
    for question_id, size, seal in db.session.execute(query).all():
        electors, computed = sealed_roll(question_id)
        if (electors, computed) != (size, seal):
            yield Fault(
                "roll", f"question:{question_id}",
                f"roll_size {size}, electors {electors}, roll_hash {seal}, computed {computed}",
            )  # fmt: skip
            return


def counts() -> dict[str, int]:
    return {"questions": db.session.scalar(select(func.count(Question.id))) or 0}

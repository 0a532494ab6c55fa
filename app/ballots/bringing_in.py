"""Votes that were cast elsewhere or before: the month of life of the sample street. No events, no points."""

from __future__ import annotations

import random
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import insert, select

from app.ballots.models import Ballot, Question, RollEntry
from app.kit.db import db
from app.people.queries import digest


def fill(question_id: int, tally: Mapping[str, int], *, at: datetime, but: Collection[int] = (), seed: int = 0) -> int:
    """Cast that many ballots for each option, for electors drawn from the roll who have none; answers how many.

    `but` names residents or households (whichever the electorate is) that keep their vote to themselves. When the
    roll is smaller than the tally, what comes last is left out. A household's ballot is cast by nobody in particular.
    """
    electorate = db.session.scalar(select(Question.electorate).where(Question.id == question_id))
    key = RollEntry.household_id if electorate == "household" else RollEntry.resident_id
    free = db.session.execute(
        select(RollEntry.id, RollEntry.resident_id)
        .outerjoin(Ballot, Ballot.roll_entry_id == RollEntry.id)
        .where(RollEntry.question_id == question_id, Ballot.id.is_(None), key.not_in(list(but)))
        .order_by(RollEntry.id)
    ).all()
    choices = [choice for choice, number in tally.items() for _ in range(number)]
    drawn = random.Random(seed).sample(free, min(len(free), len(choices)))  # noqa: S311 - a fixed draw is the point
    ballots = [
        {
            "question_id": question_id, "roll_entry_id": entry.id, "choice": choice, "cast_by": entry.resident_id,
            "cast_at": at, "receipt_hash": digest(secrets.token_hex(16)),
        }
        for entry, choice in zip(drawn, choices, strict=False)
    ]  # fmt: skip
    if ballots:
        db.session.execute(insert(Ballot), ballots)
    return len(ballots)

"""Votes that were cast elsewhere or before: the life of the sample street. No events, no points."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from app.ballots.models import Ballot, Question, RollEntry
from app.ballots.operations import new_receipt
from app.ballots.secret_models import SecretMark, SecretPaper
from app.kit import clock
from app.kit.db import db
from app.people.queries import digest

Drawn = Sequence[tuple[Any, str]]  # a row of the roll, and the paper that it cast


def fill(question_id: int, tally: Mapping[str, int], *, at: datetime, but: Collection[int] = (), seed: int = 0) -> int:
    """Cast each paper as often as the tally says, for electors drawn from the roll who have none; answers how many.

    `but` names residents or households (whichever the electorate is) that keep their vote to themselves. When the
    roll is smaller than the tally, what comes last is left out. A household's ballot is cast by nobody in particular.
    Nobody knows a receipt; a secret ballot that has closed is still to be sealed.
    """
    kind: Any = select(Question.electorate, Question.secret).where(Question.id == question_id)
    electorate, secret = db.session.execute(kind).one()
    key = RollEntry.household_id if electorate == "household" else RollEntry.resident_id
    taken: Any = (SecretMark if secret else Ballot).roll_entry_id
    free = db.session.execute(
        select(RollEntry.id, RollEntry.resident_id)
        .where(RollEntry.question_id == question_id, key.not_in(list(but)), RollEntry.id.not_in(select(taken)))
        .order_by(RollEntry.id)
    ).all()
    papers = [paper for paper, number in tally.items() for _ in range(number)]
    drawn = random.Random(seed).sample(free, min(len(free), len(papers)))  # noqa: S311 - a fixed draw is the point
    cast = list(zip(drawn, papers, strict=False))
    if cast:
        (_into_the_urn if secret else _by_name)(question_id, cast, at)
    return len(cast)


def _by_name(question_id: int, cast: Drawn, at: datetime) -> None:
    ballots = [
        {
            "question_id": question_id, "roll_entry_id": entry.id, "choice": paper, "cast_by": entry.resident_id,
            "cast_at": at, "receipt_hash": digest(new_receipt()),
        }
        for entry, paper in cast
    ]  # fmt: skip
    db.session.execute(insert(Ballot), ballots)


def _into_the_urn(question_id: int, cast: Drawn, at: datetime) -> None:
    """Marks in the order of the roll, papers in that of their hashes: nothing tells which belong together."""
    marks = [
        {
            "question_id": question_id, "roll_entry_id": entry.id, "cast_by": entry.resident_id, "channel": "web",
            "on_day": clock.local(at).date(),
        }
        for entry in sorted((entry for entry, _paper in cast), key=lambda entry: entry.id)
    ]  # fmt: skip
    db.session.execute(insert(SecretMark), marks)
    papers = sorted((digest(new_receipt()), paper) for _entry, paper in cast)
    rows = [{"question_id": question_id, "receipt_hash": mark, "choice": paper} for mark, paper in papers]
    db.session.execute(insert(SecretPaper), rows)

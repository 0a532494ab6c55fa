"""Whether each roll still is the one that was frozen when voting opened, and every vote belongs to it once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, union_all

from app.ballots.channel_models import PaperBatch
from app.ballots.models import Ballot, Question, RollEntry
from app.ballots.queries import sealed_roll
from app.ballots.secret_models import CountedPaper, SecretMark, SecretPaper
from app.kit.db import db
from app.kit.proof import Fault, first_faults


def faults() -> Iterator[Fault]:
    """The first question whose roll has another size, or other electors, than was published; the first odd vote."""
    query = select(Question.id, Question.roll_size, Question.roll_hash).order_by(Question.id)
    for question_id, size, seal in db.session.execute(query).all():
        electors, computed = sealed_roll(question_id)
        if (electors, computed) != (size, seal):
            yield Fault(
                "roll", f"question:{question_id}",
                f"roll_size {size}, electors {electors}, roll_hash {seal}, computed {computed}",
            )  # fmt: skip
            break
    yield from first_faults(
        ("votes", "question", _of_another_roll()),
        ("votes", "question", _of_another_kind()),
        ("urn", "question", _urns_that_do_not_add_up()),
        ("urn", "question", _batches_that_nobody_handed_in()),
    )


def counts() -> dict[str, int]:
    return {"questions": db.session.scalar(select(func.count(Question.id))) or 0}


def _of_another_roll() -> Select[Any]:
    """Votes and marks of an elector who is on the roll of another question."""
    votes = union_all(
        *(
            select(urn.question_id, urn.roll_entry_id, RollEntry.question_id.label("on_roll_of"))
            .join(RollEntry, RollEntry.id == urn.roll_entry_id)
            .where(RollEntry.question_id != urn.question_id)
            for urn in (Ballot, SecretMark)
        )
    ).subquery()
    return select(*votes.c).order_by(votes.c.question_id, votes.c.roll_entry_id)


def _of_another_kind() -> Select[Any]:
    """Named votes in a secret ballot; marks or papers in an open one."""
    named, marks = _number(Ballot), _number(SecretMark)
    papers = _number(SecretPaper) + _number(CountedPaper)
    odd = or_(and_(Question.secret, named > 0), and_(~Question.secret, or_(marks > 0, papers > 0)))
    return select(Question.id, named.label("named"), marks.label("marks"), papers.label("papers")).where(odd)


def _urns_that_do_not_add_up() -> Select[Any]:
    """A paper for each mark of the web, and as many more as two people counted together; never more than marks."""
    by_web = _number(SecretMark, SecretMark.channel == "web")
    papers = _number(SecretPaper) + _number(CountedPaper)
    columns = by_web.label("marks_by_web"), _batches().label("counted_by_two"), papers.label("papers")
    return select(Question.id, *columns).where(Question.secret, papers != by_web + _batches()).order_by(Question.id)


def _batches_that_nobody_handed_in() -> Select[Any]:
    """More papers counted than electors are marked for having handed one in."""
    on_paper = _number(SecretMark, SecretMark.channel == "paper")
    columns = on_paper.label("marks_by_paper"), _batches().label("counted_by_two")
    return select(Question.id, *columns).where(_batches() > on_paper).order_by(Question.id)


def _number(table: Any, *which: Any) -> Any:
    """How many rows of this table a question has."""
    counted = select(func.count()).select_from(table).where(table.question_id == Question.id, *which)
    return counted.correlate(Question).scalar_subquery()


def _batches() -> Any:
    """How many papers of a question were counted by two."""
    summed = select(func.coalesce(func.sum(PaperBatch.papers), 0)).where(PaperBatch.question_id == Question.id)
    return summed.correlate(Question).scalar_subquery()

"""How a question is counted and how it ended. The condition that voting has closed stands in every statement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import String, cast, func, select, union_all
from sqlalchemy.engine import Row

from app.ballots import methods
from app.ballots.bundle import bundle_of
from app.ballots.counting import Count, Terms, ballots_needed, lot_of
from app.ballots.models import Ballot, Question, QuestionOption
from app.ballots.papers import ABSTAIN
from app.ballots.rules import plain_receipt
from app.ballots.secret_models import CountedPaper, SecretPaper
from app.kit.db import db
from app.people.queries import digest

AnyRow = Row[*tuple[Any, ...]]
_OF_ALL: Any = tuple(Question.__table__.c)
# Where papers are: open ones, those of a closed secret ballot, and those that nobody has sealed yet.
_URNS = (Ballot, CountedPaper, SecretPaper)


def options_in_one() -> Any:
    """For another statement on `Question`: its options as `0:yes:1|1:no:1` (place, key, ratio), in any order."""
    parts = cast(QuestionOption.place, String), QuestionOption.key, cast(QuestionOption.ratio, String)
    placed = parts[0].concat(":").concat(parts[1]).concat(":").concat(parts[2])
    of_this = QuestionOption.question_id == Question.id
    return select(func.aggregate_strings(placed, "|")).where(of_this).correlate(Question).scalar_subquery()


def ratios_of(options_in_one: str) -> dict[str, int]:
    """The options of a question without abstention, in the order of the paper, each with its ratio."""
    parts = sorted((one.split(":") for one in options_in_one.split("|")), key=lambda one: int(one[0]))
    return {key: int(ratio) for _place, key, ratio in parts if key != ABSTAIN}


def terms_of(question: AnyRow, ratios: Mapping[str, int]) -> Terms:
    """How a question is counted: of its row, and its options in the order of the paper."""
    keys = list(ratios)
    return Terms(
        question.method, keys, question.roll_size, ballots_needed(quorum_of(question), question.quorum_size),
        Fraction(question.threshold_part, question.threshold_whole), of_roll=question.threshold_of == "roll",
        default=question.default_key, ratios={key: Fraction(ratio) for key, ratio in ratios.items() if ratio != 1},
        seats=question.seats, best=question.best, ties=question.ties, lot=lot_of(question.roll_hash, keys),
    )  # fmt: skip


def quorum_of(question: AnyRow) -> Fraction:
    return Fraction(question.quorum_part, question.quorum_whole)


def outcomes(question_ids: Iterable[int], at: datetime) -> dict[int, Count]:
    """How these questions ended, in two statements; those still open are left out."""
    wanted = list(question_ids)
    if not wanted:
        return {}
    closed = Question.id.in_(wanted), Question.closes_at <= at
    query = select(*_OF_ALL, options_in_one().label("options")).where(*closed)
    rows = {row.id: row for row in db.session.execute(query)}
    if not rows:
        return {}
    papers: dict[int, Counter[str]] = {key: Counter() for key in rows}
    for question_id, choice, number in db.session.execute(_papers(rows)):
        papers[question_id][choice] += number
    return {key: methods.count(terms_of(row, ratios_of(row.options)), papers[key]) for key, row in rows.items()}


def counted(question_id: int, terms: Terms) -> Count:
    """How a question that has closed ended, for whoever has read its row already; one statement."""
    papers: Counter[str] = Counter()
    for _id, choice, number in db.session.execute(_papers([question_id])):
        papers[choice] += number
    return methods.count(terms, papers)


def _papers(question_ids: Iterable[int]) -> Any:
    """Every different paper of these questions, and how often it was cast."""
    wanted = list(question_ids)
    return union_all(
        *(
            select(urn.question_id, urn.choice, func.count())
            .where(urn.question_id.in_(wanted))
            .group_by(urn.question_id, urn.choice)
            for urn in _URNS
        )
    )


def closed_at(question_id: int, at: datetime) -> datetime | None:
    """When voting closed; None until it has."""
    return db.session.scalar(select(Question.closes_at).where(Question.id == question_id, Question.closes_at <= at))


def published(question_id: int, at: datetime) -> list[tuple[str, str]] | None:
    """The papers without names, (digest of the receipt, paper), ordered by digest; None until voting has closed."""
    if closed_at(question_id, at) is None:
        return None
    urns = [select(urn.receipt_hash, urn.choice).where(urn.question_id == question_id) for urn in _URNS]
    return sorted((row.receipt_hash, row.choice) for row in db.session.execute(union_all(*urns)))


def bundle(question_id: int, at: datetime) -> dict[str, Any] | None:
    """Everything to count a closed question again; None until voting has closed."""
    listed = published(question_id, at)
    if listed is None:
        return None
    row = db.session.execute(select(*_OF_ALL).where(Question.id == question_id)).one()
    places = select(*QuestionOption.__table__.c).where(QuestionOption.question_id == question_id)
    options = db.session.execute(places.order_by(QuestionOption.place)).all()
    terms = terms_of(row, {one.key: one.ratio for one in options if one.key != ABSTAIN})
    return bundle_of(
        question_told(row, options), terms, listed, roll_hash=row.roll_hash, quorum=quorum_of(row),
        quorum_of=row.quorum_size,
    )  # fmt: skip


def question_told(row: AnyRow, options: Sequence[AnyRow]) -> dict[str, Any]:
    """What was asked, for people: words in both languages, instants in UTC."""
    return {
        "id": row.id, "subject": row.subject, "wording": row.wording.as_dict(), "electorate": row.electorate,
        "secret": row.secret, "scope": row.scope, "quorum_of": row.quorum_of,
        "text": row.text_hash and {
            "name": row.text_name.as_dict(), "href": row.text_href, "sha256": row.text_hash,
        },
        "opens_at": row.opens_at.isoformat(), "closes_at": row.closes_at.isoformat(),
        "planned_close": row.planned_close.isoformat(),
        "options": [
            {"key": one.key, "label": one.label.as_dict(), "means": one.means.as_dict() if one.means else None}
            for one in options
        ],
    }  # fmt: skip


def by_receipt(question_id: int, receipt: str, at: datetime) -> str | None:
    """The paper that this receipt belongs to, once voting has closed; None when there is none."""
    closed = select(Question.id).where(Question.id == question_id, Question.closes_at <= at).exists()
    mine = digest(plain_receipt(receipt))
    urns = (select(urn.choice).where(urn.question_id == question_id, urn.receipt_hash == mine, closed) for urn in _URNS)
    return db.session.scalar(union_all(*urns))

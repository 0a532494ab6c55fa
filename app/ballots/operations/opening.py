"""Put a question: everything about it is fixed, and the roll is frozen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Insert, Select, and_, func, insert, literal, or_, select

from app.ballots import rules
from app.ballots.models import Ballot, Question, QuestionOption, RollEntry
from app.ballots.opening_rules import opening_refusal
from app.ballots.queries import sealed_roll
from app.ballots.rules import Asked, Text
from app.ballots.secret_models import SecretMark
from app.kit import clock
from app.kit.db import db
from app.kit.refusal import refuse_if
from app.people.models import Household, Resident, Role, SignIn
from app.people.rules import Person
from app.places.models import Place

LATELY = timedelta(days=365)  # whoever signed in or voted since then counts as active


def open_question(
    asked: Asked, *, subject: str, place_path: str, opens_at: datetime, by: Person | None, at: datetime,
    text: Text | None = None,
) -> Question:  # fmt: skip
    """Put a question: everything about it is fixed now, and the roll is frozen as it stands at this moment.

    Who may put it is for the room that asks. Raises `Refused` for a question that could not be decided.
    """
    refuse_if(opening_refusal(asked, place_path=place_path, opens_at=opens_at, at=at))
    question = Question(
        subject=subject, place_path=place_path, scope=asked.scope(place_path),
        wording=asked.wording, method=asked.method, electorate=asked.electorate, secret=asked.secret,
        quorum_part=asked.quorum.numerator, quorum_whole=asked.quorum.denominator, quorum_of=asked.quorum_of,
        threshold_part=asked.threshold.numerator, threshold_whole=asked.threshold.denominator,
        threshold_of=asked.threshold_of, default_key=asked.default, seats=asked.seats, best=asked.best,
        ties=asked.ties, opens_at=opens_at, closes_at=asked.closes_at, planned_close=asked.closes_at,
        opened_by=by.id if by else None, text_name=text.name if text else None, text_href=text.href if text else None,
        text_hash=text.hash if text else None,
    )  # fmt: skip
    db.session.add(question)
    db.session.flush()
    db.session.execute(
        insert(QuestionOption),
        [
            {"question_id": question.id, "place": place, "key": one.key, "label": one.label, "means": one.means,
             "ratio": one.ratio}
            for place, one in enumerate(asked.paper)
        ],
    )  # fmt: skip
    db.session.execute(_roll_of(question))
    size, seal = sealed_roll(question.id)
    of = size if asked.quorum_of == "roll" else _active(question)
    question.roll_size, question.roll_hash, question.quorum_size = size, seal, of  # together: written once (guards)
    db.session.flush()
    return question


def _roll_of(question: Question) -> Insert:
    """One statement freezes the roll: verified residents of age who belong to it, or the households they live in.

    A place, whole or in part, has every household of it on the roll, a vote of those who hold a role the ones where
    somebody does.
    """
    whole = all(role is None for _path, role in question.scope)
    if question.electorate == "household":
        rep = _representative()
        households: Select[Any] = select(literal(question.id), Household.id, rep).join(
            Place, Place.id == Household.group_id
        )
        theirs = select(Resident.household_id).where(_belongs(question.scope), _entitled(question.opens_at))
        among = _belongs(question.scope) if whole else Household.id.in_(theirs)
        return insert(RollEntry).from_select(
            ["question_id", "household_id", "representative_id"], households.where(among).order_by(Household.id)
        )
    residents = (
        select(literal(question.id), Resident.id)
        .join(Household, Household.id == Resident.household_id)
        .join(Place, Place.id == Household.group_id)
        .where(_belongs(question.scope), _entitled(question.opens_at))
        .order_by(Resident.id)
    )
    return insert(RollEntry).from_select(["question_id", "resident_id"], residents)


def _there(path: str) -> ColumnElement[bool]:
    return Place.path.startswith(path, autoescape=True)


def _entitled(opens_at: datetime) -> ColumnElement[bool]:
    """Verified, of age on the day of opening, and with an account that is not closed."""
    of_age = Resident.born_on <= rules.full_age_born_until(clock.local(opens_at).date())
    return and_(
        Resident.household_id.is_not(None), Resident.verified_at.is_not(None), Resident.disabled_at.is_(None), of_age
    )


def _belongs(scope: Sequence[Sequence[Any]]) -> ColumnElement[bool]:
    """Lives at one of these places, or holds that role there."""
    parts = []
    for path, role in scope:
        if role is None:
            parts.append(_there(path))
            continue
        there = select(Place.id).where(_there(path))
        held = Role.role == role, Role.ended_at.is_(None), Role.place_id.in_(there)
        parts.append(Resident.id.in_(select(Role.resident_id).where(*held)))
    return or_(*parts)


def _representative() -> Any:
    """Whom a household had named by now, living in it: the longest-standing, should there be two."""
    held = Role.role == "household_rep", Role.ended_at.is_(None), Resident.household_id == Household.id
    return (
        select(Resident.id)
        .join(Role, Role.resident_id == Resident.id)
        .where(*held, Resident.verified_at.is_not(None), Resident.disabled_at.is_(None))
        .order_by(Role.since, Resident.id)
        .limit(1)
        .correlate(Household)
        .scalar_subquery()
    )


def _active(question: Question) -> int:
    """How many electors took part in anything here in the last twelve months: signed in, or voted, on paper too."""
    since = question.opens_at - LATELY
    signed_in = _took_part(SignIn.resident_id, SignIn.started_at >= since)
    openly = _took_part(Ballot.cast_by, Ballot.cast_at >= since)
    secretly = _took_part(SecretMark.cast_by, SecretMark.on_day >= clock.local(since).date())
    mine = RollEntry.question_id == question.id
    query = select(func.count()).select_from(RollEntry).where(mine, or_(signed_in, openly, secretly))
    return db.session.scalar(query) or 0


def _took_part(who: Any, lately: ColumnElement[bool]) -> ColumnElement[bool]:
    """Somebody who is the elector, or lives in the household that is, did this lately."""
    return select(Resident.id).join(who.class_, who == Resident.id).where(_elects(Resident), lately).exists()


def _elects(person: Any) -> ColumnElement[bool]:
    """Is the elector, or lives in the household that is."""
    return or_(person.id == RollEntry.resident_id, person.household_id == RollEntry.household_id)

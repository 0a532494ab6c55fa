"""Questions of residents and the answers of the committee."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select

from app.disclosures import books, queries, rules
from app.disclosures.events import QuestionAnswered, QuestionAsked
from app.disclosures.models import Answer, Disclosure, Question
from app.kit import audit
from app.kit.bus import announce
from app.kit.db import db, locked
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.people.rules import Person
from app.places.models import Place

_THE_TEXT = Words(zh="您写的内容", en="What you wrote")


def ask(disclosure_id: int, *, text: Words, line: str | None = None, by: Person, at: datetime) -> Question:
    """Ask about an item, or about one line of its latest revision (`fund:2`, `line:14`)."""
    item = db.session.get_one(Disclosure, disclosure_id)
    refuse_if(rules.ask_refusal(by, place_path=item.place_path))
    return _asked(item, text=text, line=line, by=by, at=at)


def ask_again(question_id: int, *, text: Words, by: Person, at: datetime) -> Question:
    """Ask once more after an answer; `unique(follows_id)` is the last word when two clicks race."""
    first = db.session.scalars(locked(select(Question).where(Question.id == question_id))).one()
    item = db.session.get_one(Disclosure, first.disclosure_id)
    answered, followed = (
        bool(db.session.scalar(select(exists().where(column == first.id))))
        for column in (Answer.question_id, Question.follows_id)
    )
    refuse_if(
        rules.ask_again_refusal(
            by, asker_id=first.by_id, answered=answered, is_second=first.follows_id is not None, followed=followed
        )
    )
    refuse_if(rules.ask_refusal(by, place_path=item.place_path))
    return _asked(item, text=text, line=first.line, by=by, at=at, follows=first)


def _asked(
    item: Disclosure, *, text: Words, line: str | None, by: Person, at: datetime, follows: Question | None = None
) -> Question:
    refuse_if(rules.personal_refusal((_THE_TEXT, one) for one in text.as_dict().values()))
    latest = queries.latest_revision(item.id)
    place = db.session.get_one(Place, item.place_id)
    name = follows.line_name if follows else books.line_name(latest.id, line) if line else None
    question = Question(
        disclosure_id=item.id, number=latest.number, line=line if name else None, line_name=name, text=text,
        by_id=by.id, asked_at=at, due_at=rules.answer_due(place.settings, at),
        follows_id=follows.id if follows else None,
    )  # fmt: skip
    db.session.add(question)
    db.session.flush()
    announce(
        QuestionAsked(
            question_id=question.id, disclosure_id=item.id, title=latest.title, asker_id=by.id,
            place_path=item.place_path, due_at=question.due_at, at=at,
        )
    )  # fmt: skip
    return question


def answer(question_id: int, *, text: Words, by: Person, at: datetime) -> Answer:
    """Answer for the committee, for everybody to read; the primary key lets one answer in."""
    question = db.session.scalars(locked(select(Question).where(Question.id == question_id))).one()
    item = db.session.get_one(Disclosure, question.disclosure_id)
    answered = bool(db.session.scalar(select(exists().where(Answer.question_id == question_id))))
    refuse_if(rules.answer_refusal(by, place_path=item.place_path, answered=answered))
    refuse_if(rules.personal_refusal((_THE_TEXT, one) for one in text.as_dict().values()))
    given = Answer(question_id=question.id, text=text, by_id=by.id, answered_at=at)
    db.session.add(given)
    audit.note("disclosures.answer", f"disclosure:{item.id}", actor_id=by.id, at=at, place_id=item.place_id)
    db.session.flush()
    latest = queries.latest_revision(item.id)
    announce(
        QuestionAnswered(
            question_id=question.id, disclosure_id=item.id, title=latest.title, asker_id=question.by_id, at=at
        )
    )
    return given

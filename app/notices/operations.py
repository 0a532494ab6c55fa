"""Writes of notices: put up, object, answer, take back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import or_, select

from app.kit import audit
from app.kit.bus import announce
from app.kit.db import db, locked
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.notices import queries, rules
from app.notices.events import ObjectionAnswered, ObjectionFiled
from app.notices.models import Notice, NoticeLine, NoticeLineEnd, NoticePart, Objection, ObjectionEnd
from app.notices.rules import Part
from app.people.rules import Person

NOBODY: Mapping[str, Sequence[Part]] = MappingProxyType({})  # has a part in any line


def put_up(
    *, subject: str, title: Words, lines: Sequence[tuple[str, Words]], place_id: int, place_path: str,
    starts_at: datetime, days: int | None = None, working_days: int | None = None, goes_on: bool = False, href: str,
    by_id: int | None, at: datetime, parts: Mapping[str, Sequence[Part]] = NOBODY,
) -> Notice:  # fmt: skip
    """Put something up for so many calendar `days` or `working_days`; `lines` are (key, text), at least one.

    `goes_on`: a line that was held goes on with the time it had left. `parts`: by the key of a line, who has a part in
    it, and so leaves what is said against it to others.

    The room that puts it up decides who may. A subject is put up once: the database refuses a second time.
    """
    length = days if working_days is None else working_days
    if length is None or (days is not None and working_days is not None) or not lines:
        raise ValueError("a notice has lines, and a period of calendar days or of working days")
    notice = Notice(
        subject=subject, title=title, place_id=place_id, place_path=place_path, href=href, days=length,
        working=working_days is not None, goes_on=goes_on, starts_at=starts_at,
        ends_at=rules.period_end(starts_at, length, working=working_days is not None), put_up_at=at, by_id=by_id,
    )  # fmt: skip
    db.session.add(notice)
    db.session.flush()
    for number, (key, text) in enumerate(lines, start=1):
        db.session.add(NoticeLine(notice_id=notice.id, key=key, number=number, text=text))
    db.session.flush()
    db.session.add_all(
        NoticePart(notice_id=notice.id, line_key=key, resident_id=one.resident_id, household_id=one.household_id)
        for key, ones in parts.items()
        for one in ones
    )
    db.session.flush()
    return notice


def object_to(notice_id: int, line_key: str, *, text: Words, by: Person, at: datetime) -> Objection:
    """Object to one line: it alone is held from now until the answer."""
    notice = _locked_notice(notice_id)
    ends_at = queries.takes_until(notice, line_key, at)
    refuse_if(
        rules.object_refusal(by, place_path=notice.place_path, starts_at=notice.starts_at, ends_at=ends_at, at=at)
    )
    refuse_if(rules.line_refusal(line_key, queries.keys_of(notice_id)))
    refuse_if(rules.twice_refusal() if _has_objected(notice_id, line_key, by) else None)
    objection = Objection(
        notice_id=notice_id, line_key=line_key, text=text, by_id=by.id, household_id=by.household_id, filed_at=at
    )
    db.session.add(objection)
    db.session.flush()
    announce(
        ObjectionFiled(
            objection_id=objection.id, notice_id=notice_id, subject=notice.subject, line_key=line_key,
            title=notice.title, place_path=notice.place_path, href=f"/notices/{notice_id}", filed_by=by.id, at=at,
        )
    )  # fmt: skip
    return objection


def answer(objection_id: int, *, upheld: bool, text: Words, by: Person, at: datetime) -> ObjectionEnd:
    """Answer an objection for everybody to read: its line goes on, or (`upheld`) does not take effect."""
    row = _locked_objection(objection_id)
    refuse_if(
        rules.answer_refusal(
            by, place_path=row.place_path, filed_by=row.by_id, filed_by_household=row.household_id,
            has_part=row.line_key in queries.own_lines(by, row.notice_id), ended=_has_ended(row),
        )
    )  # fmt: skip
    end = _end(row, "upheld" if upheld else "not_upheld", text, by, at)
    audit.note(
        "notices.answer", f"notice:{row.notice_id}", actor_id=by.id, at=at, place_id=row.place_id,
        objection=objection_id, outcome=end.outcome,
    )  # fmt: skip
    announce(
        ObjectionAnswered(
            objection_id=objection_id, notice_id=row.notice_id, subject=row.subject, line_key=row.line_key,
            title=row.title, href=f"/notices/{row.notice_id}", upheld=upheld, filed_by=row.by_id, at=at,
        )
    )  # fmt: skip
    return end


def withdraw(objection_id: int, *, by: Person, at: datetime) -> ObjectionEnd:
    """Take one's own objection back before it is answered: the line goes on."""
    row = _locked_objection(objection_id)
    refuse_if(rules.withdraw_refusal(by, filed_by=row.by_id, ended=_has_ended(row)))
    return _end(row, "withdrawn", None, by, at)


def take_back(subject: str, line_key: str, *, by_id: int, at: datetime) -> None:
    """Whoever stands behind a line takes it back: nothing comes of it, and nobody has to answer what was said of it.

    The room that put it up decides who may, and until when.
    """
    db.session.add(NoticeLineEnd(notice_id=hold_still(subject), line_key=line_key, by_id=by_id, at=at))
    db.session.flush()


def standing_lines(subject: str, at: datetime) -> Sequence[queries.Line]:
    """The lines of what hangs about this, as they stand while nobody can object or answer: for acting on them."""
    hold_still(subject)
    view = queries.notice_of(subject, at)
    return view.lines if view is not None else ()


def hold_still(subject: str) -> int | None:
    """Keep everybody from objecting to it, answering or taking back, to the end of the transaction; the notice's id."""
    return db.session.scalar(locked(select(Notice.id).where(Notice.subject == subject)))


def _end(row: queries.AnyRow, outcome: str, text: Words | None, by: Person, at: datetime) -> ObjectionEnd:
    line_ends_at = queries.line_ends_with(row, outcome, at) if row.goes_on else None
    end = ObjectionEnd(objection_id=row.id, outcome=outcome, text=text, by_id=by.id, at=at, line_ends_at=line_ends_at)
    db.session.add(end)
    db.session.flush()
    return end


def _has_ended(row: queries.AnyRow) -> bool:
    """Whether an objection was answered or taken back, or its line was."""
    return row.outcome is not None or row.taken_back_at is not None


def _has_objected(notice_id: int, line_key: str, by: Person) -> bool:
    """Whether this person or anybody of their household has: a home speaks once on each line."""
    ours = or_(Objection.by_id == by.id, Objection.household_id == by.household_id)
    line = Objection.notice_id == notice_id, Objection.line_key == line_key
    return db.session.scalar(select(Objection.id).where(*line, ours).limit(1)) is not None


def _locked_notice(notice_id: int) -> Notice:
    """Objections and answers of one notice come one after another."""
    return db.session.scalars(locked(select(Notice).where(Notice.id == notice_id))).one()


def _locked_objection(objection_id: int) -> queries.AnyRow:
    _locked_notice(db.session.scalars(select(Objection.notice_id).where(Objection.id == objection_id)).one())
    row = queries.objection(objection_id)
    assert row is not None
    return row

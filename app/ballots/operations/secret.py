"""Vote secretly: a mark on the roll, a paper without a name in the urn, and nothing that joins the two."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select, update

from app.ballots import rules
from app.ballots.operations.casting import AnyRow, asked, keys_of, may_not, own_entry, told
from app.ballots.secret_models import SecretMark, SecretPaper
from app.kit import clock
from app.kit.db import db, insert_into
from app.kit.refusal import refuse_if
from app.people.queries import digest
from app.people.rules import Person


def cast_secretly(question_id: int, *, choice: str, receipt: str, by: Person, at: datetime) -> bool:
    """Vote, or change with one's receipt what it stands for; whether it was the first time.

    The receipt comes from the form that was handed out and is kept by nobody but the voter: sent twice, the same form
    changes its own paper into what it says already. Whoever is marked and brings another receipt is refused. Announces
    `VoteCast`, which never says what the vote was.
    """
    question = asked(question_id)
    assert question.secret
    plain = rules.plain_receipt(receipt)
    refuse_if(rules.receipt_refusal() if not rules.is_receipt(plain) else None)
    entry = own_entry(question_id, by)
    mark = _standing_mark(question_id, entry.id if entry else None, by)
    here = mark is not None and entry is not None and mark.roll_entry_id == entry.id
    refuse_if(may_not(question, entry, by, taken=here and mark is not None and mark.cast_by != by.id, at=at))
    refuse_if(rules.elsewhere_refusal() if mark is not None and not here else None)
    refuse_if(rules.paper_refusal(question.method, choice, keys_of(question), best=question.best))
    assert entry is not None
    if mark is not None:
        _change(question_id, choice=choice, receipt=plain, on_paper=mark.channel == "paper")
    else:
        on_day = clock.local(at).date()
        db.session.add(
            SecretMark(roll_entry_id=entry.id, question_id=question_id, cast_by=by.id, channel="web", on_day=on_day)
        )
        db.session.flush()
        paper = {"question_id": question_id, "receipt_hash": digest(plain), "choice": choice}
        put_in = insert_into(SecretPaper).values(paper).on_conflict_do_nothing().returning(SecretPaper.question_id)
        refuse_if(rules.used_paper_refusal() if db.session.execute(put_in).first() is None else None)
    told(question_id, question, by.id, by.household_id, first=mark is None, at=at)
    return mark is None


def _standing_mark(question_id: int, entry_id: int | None, by: Person) -> AnyRow | None:
    """The mark of this elector, or else the one this person has for another household."""
    found = db.session.execute(
        select(SecretMark.roll_entry_id, SecretMark.cast_by, SecretMark.channel).where(
            SecretMark.question_id == question_id,
            or_(SecretMark.roll_entry_id == entry_id, SecretMark.cast_by == by.id),
        )
    ).all()
    return next((row for row in found if row.roll_entry_id == entry_id), found[0] if found else None)


def _change(question_id: int, *, choice: str, receipt: str, on_paper: bool) -> None:
    mine = SecretPaper.question_id == question_id, SecretPaper.receipt_hash == digest(receipt)
    changed = db.session.execute(update(SecretPaper).where(*mine).values(choice=choice))
    if not changed.rowcount:  # type: ignore[attr-defined]
        refuse_if(rules.marked_refusal(on_paper=on_paper))

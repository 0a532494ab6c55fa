"""The outbox: what is due by mail is written once, taken by one sender at a time, and followed to its end.

A mail is taken by moving its next try into the future, in a transaction of its own; then it is sent; then the answer is
noted. A sender that dies in between leaves a mail that is tried again later: sent at least once, always with the same
Message-ID, by which mailboxes know a second copy.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Select, and_, literal, or_, select, update

from app.kit.columns import Instant
from app.kit.db import db, insert_into
from app.kit.refusal import N_
from app.messages import rules
from app.messages.models import DigestDay, Mail, Message
from app.messages.operations.telling import tell
from app.messages.operations.writing import number_of_rows
from app.people.models import Resident

RETURNED = "messages.returned"
rules.describe(
    RETURNED,
    subject=N_("Our mail to you came back"),
    text=N_("The mail server says that your address takes no mail, so none is sent there. Please look at it again."),
    switchable=False, way="off",
)  # fmt: skip


def write_digests(at: datetime) -> int:
    """For `flask tick`: the daily digests that are due by now; how many mails that makes.

    Each day is written once, with everything told before its hour that nobody had read by then and that no earlier
    digest has. What commits late belongs to the next day, so nothing is left out and nothing comes twice.
    """
    return sum(_write_digest(day) for day in rules.digest_days(at))


def _write_digest(day: date) -> int:
    mine = insert_into(DigestDay).values(day=day).on_conflict_do_nothing().returning(DigestDay.day)
    if db.session.scalar(mine) is None:
        return 0  # written, or being written by another `flask tick`
    due = rules.digest_due(day)
    unread = or_(Message.read_at.is_(None), Message.read_at >= due)
    told = and_(Message.mail == "digest", Message.digest_on.is_(None), Message.at < due)
    chosen = update(Message).where(told, Message.at >= due - rules.TOO_LATE, unread).values(digest_on=day)
    if not number_of_rows(chosen.execution_options(synchronize_session=False)):
        return 0
    columns = ["resident_id", "digest_on", "address", "due_at", "next_try_at", "state", "tries", "answer"]
    return number_of_rows(insert_into(Mail).from_select(columns, _mails(day, due)).on_conflict_do_nothing())


def _mails(day: date, due: datetime) -> Select[*tuple[Any, ...]]:
    """One row for everybody who has something in the digest of that day, and still an address."""
    readers = select(Message.resident_id).where(Message.digest_on == day)
    return (
        select(Resident.id, literal(day, Date), Resident.email, literal(due, Instant), literal(due, Instant),
               literal("waiting"), literal(0), literal(""))
        .where(Resident.id.in_(readers), Resident.email_confirmed_at.is_not(None), Resident.disabled_at.is_(None))
        .order_by(Resident.id)
    )  # fmt: skip


def take_next(at: datetime) -> Mail | None:
    """The mail that waits longest, taken: nobody else tries it before its pause is over. None when nothing waits.

    What is too late to be wanted is given up on the way.
    """
    late = Mail.state == "waiting", Mail.next_try_at <= at, Mail.due_at <= at - rules.TOO_LATE
    given_up = update(Mail).where(*late).values(state="failed", answer="too late")
    db.session.execute(given_up.execution_options(synchronize_session=False))
    query = (
        select(Mail)
        .where(Mail.state == "waiting", Mail.next_try_at <= at)
        .order_by(Mail.next_try_at, Mail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    mail = db.session.scalar(query)
    if mail is not None:
        mail.tries += 1
        mail.next_try_at = at + rules.pause(mail.tries)
        db.session.flush()
    return mail


def note_sent(mail_id: int, *, at: datetime) -> None:
    """The mail server has it now."""
    _note(mail_id, state="sent", sent_at=at, answer="")


def note_nothing_left(mail_id: int) -> None:
    """What it was about was read or taken back meanwhile, or is not wanted by mail any more."""
    _note(mail_id, state="dropped")


def note_later(mail_id: int, *, answer: str) -> None:
    """The server does not take it now: it is tried again after its pause, until it is given up."""
    mail = db.session.get_one(Mail, mail_id)
    _note(mail_id, state="failed" if rules.is_given_up(mail.tries) else "waiting", answer=answer)


def put_back(mail_id: int, *, at: datetime) -> None:
    """No server could be reached, which says nothing about this mail: it waits as if it had not been taken."""
    _note(mail_id, tries=Mail.tries - 1, next_try_at=at)


def note_refused(mail_id: int, *, answer: str, by_address: bool, at: datetime) -> None:
    """The server will never take it. When it is the address that takes no mail, nothing more is sent there."""
    _note(mail_id, state="failed", answer=answer)
    if not by_address:
        return
    mail = db.session.get_one(Mail, mail_id)
    same = Resident.id == mail.resident_id, Resident.email == mail.address
    db.session.execute(update(Resident).where(*same).values(email_confirmed_at=None))
    because = f"mail-returned:{mail_id}"
    tell([mail.resident_id], RETURNED, values={}, href="/settings/messages", because=because, at=at)


def _note(mail_id: int, **values: object) -> None:
    """Only what still waits comes to an end: an address that was taken away meanwhile has dropped its mails."""
    waiting = Mail.id == mail_id, Mail.state == "waiting"
    db.session.execute(update(Mail).where(*waiting).values(**values).execution_options(synchronize_session="fetch"))

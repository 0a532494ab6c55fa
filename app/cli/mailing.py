"""Sending what waits in the outbox; each mail is taken, sent and noted by itself (messages/operations/outbox.py)."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

from app.config import Settings
from app.kit import clock, mail
from app.kit.db import transaction
from app.messages import operations
from app.messages.letters import letter_of


@dataclass(frozen=True)
class _Parcel:
    """A mail that was taken, put into words; None where nothing of it is left to say."""

    mail_id: int
    letter: mail.Letter | None


def send_waiting(settings: Settings, *, context: ssl.SSLContext | None = None) -> int:
    """Send every mail that is due; how many went out. Raises `OutOfReach` when the server takes none.

    Nothing is sent inside a transaction: a slow mail server holds nobody up.
    """
    sent = 0
    with mail.post_office(mail.Server.at(settings.smtp_url), context=context) as office:
        while (parcel := _take(settings)) is not None:
            sent += _send(parcel, office, settings)
    return sent


def _take(settings: Settings) -> _Parcel | None:
    with transaction():
        row = operations.take_next(clock.now())
        return None if row is None else _Parcel(row.id, letter_of(row, settings=settings))


def _send(parcel: _Parcel, office: mail.PostOffice, settings: Settings) -> bool:
    if parcel.letter is None:
        with transaction():
            operations.note_nothing_left(parcel.mail_id)
        return False
    try:
        answer = office.hand_in(mail.compose(parcel.letter, sender=settings.mail_from, at=clock.now()))
    except mail.OutOfReach:
        with transaction():
            operations.put_back(parcel.mail_id, at=clock.now())
        raise
    with transaction():
        _note(parcel.mail_id, answer)
    return answer.kind == "sent"


def _note(mail_id: int, answer: mail.Answer) -> None:
    if answer.kind == "sent":
        operations.note_sent(mail_id, at=clock.now())
    elif answer.kind == "later":
        operations.note_later(mail_id, answer=answer.said)
    else:
        operations.note_refused(mail_id, answer=answer.said, by_address=answer.by_address, at=clock.now())

"""Messages, how each person wants them, addresses being confirmed, and the outbox of mail."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base

_UNREAD = text("read_at IS NULL")
_FOR_DIGEST = text("mail = 'digest' AND digest_on IS NULL")
_PASSES = text("holds_until IS NOT NULL")


class Message(Base):
    """One thing that one person is told, once for one cause.

    `values` fill the sentences of its kind (`rules.packed`). `mail` is the way of its kind as it stood when it was
    told; `digest_on` the day of the digest that it belongs to. A reminder holds until the moment that it is about. What
    is not true any more is deleted (`operations.take_back`, `take_back_what_passed`).
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("because", "resident_id"),  # told once; this order also serves taking back by cause
        CheckConstraint("mail IN ('now', 'digest', 'off')", name="mail"),
        Index("ix_messages_resident_id_at_id", "resident_id", "at", "id"),
        Index("ix_messages_unread", "resident_id", sqlite_where=_UNREAD),
        Index("ix_messages_for_digest", "at", sqlite_where=_FOR_DIGEST),
        Index("ix_messages_digest_on", "resident_id", "digest_on"),
        Index("ix_messages_holds_until", "holds_until", sqlite_where=_PASSES),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    kind: Mapped[str] = mapped_column(String(40))
    values: Mapped[dict[str, Any]]
    href: Mapped[str] = mapped_column(String(200))
    because: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    holds_until: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    mail: Mapped[str] = mapped_column(String(8))
    digest_on: Mapped[date | None]


class Choice(Base):
    """How somebody wants one kind of message by e-mail; without a row the kind's own way holds."""

    __tablename__ = "message_choices"
    __table_args__ = (CheckConstraint("way IN ('now', 'digest', 'off')", name="way"),)

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    way: Mapped[str] = mapped_column(String(8))


class AddressClaim(Base):
    """Somebody says that an address is theirs. The digits come of `nonce` and the secret: no row holds them."""

    __tablename__ = "address_claims"

    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    address: Mapped[str] = mapped_column(String(254), index=True)
    nonce: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class DigestDay(Base):
    """The digests of this local day have been written; whoever inserts the row writes them, once."""

    __tablename__ = "digest_days"

    day: Mapped[date] = mapped_column(primary_key=True)


class Mail(Base):
    """One mail of the outbox: a message, the digest of a day, or the digits for an address. Written once, sent once.

    It is put into words when it is sent. `next_try_at` also keeps others away from a mail that is being sent.
    """

    __tablename__ = "mails"
    __table_args__ = (
        UniqueConstraint("message_id"),
        UniqueConstraint("claim_id"),
        UniqueConstraint("resident_id", "digest_on"),
        CheckConstraint("state IN ('waiting', 'sent', 'failed', 'dropped')", name="state"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent"),
        Index("ix_mails_state_next_try_at", "state", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    address: Mapped[str] = mapped_column(String(254))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"))
    digest_on: Mapped[date | None]
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("address_claims.id"))
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(String(120), default="")  # what the mail server last said, without addresses

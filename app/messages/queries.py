"""Reads of messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.engine import Row

from app.kit.db import db
from app.kit.paging import Slice, slice_of
from app.messages.models import AddressClaim, Choice, Mail, Message
from app.messages.rules import CLAIM_WINDOW
from app.people import queries as people
from app.people.models import Resident

AnyRow = Row[*tuple[Any, ...]]

people.read_beside(
    "unread",
    select(func.count())
    .where(Message.resident_id == Resident.id, Message.read_at.is_(None))
    .correlate(Resident)
    .scalar_subquery(),
)


def inbox(resident_id: int, *, after: str | None) -> Slice:
    """What somebody was told, newest first: id, kind, values, href, at, read_at."""
    query = select(Message.id, Message.kind, Message.values, Message.href, Message.at, Message.read_at)
    return slice_of(query.where(Message.resident_id == resident_id), Message.at, Message.id, after=after)


def newest(resident_id: int) -> int:
    """The highest number of somebody's messages; 0 when there are none."""
    return db.session.scalar(select(func.max(Message.id)).where(Message.resident_id == resident_id)) or 0


def chosen_ways(resident_id: int) -> dict[str, str]:
    """The ways that somebody chose, by kind."""
    return dict(db.session.execute(select(Choice.kind, Choice.way).where(Choice.resident_id == resident_id)).all())


def claim_under_way(resident_id: int, *, at: datetime) -> AddressClaim | None:
    """The address for which digits were sent last, while they stand and were not typed yet."""
    query = select(AddressClaim).where(AddressClaim.resident_id == resident_id).order_by(AddressClaim.id.desc())
    claim = db.session.scalar(query.limit(1))
    return claim if claim is not None and claim.confirmed_at is None and claim.expires_at > at else None


def claims_lately(*, resident_id: int, address: str, at: datetime) -> tuple[int, int]:
    """How often digits were sent within a day: for this person, and to this address."""
    lately = AddressClaim.made_at > at - CLAIM_WINDOW
    own = select(func.count()).where(lately, AddressClaim.resident_id == resident_id)
    same = select(func.count()).where(lately, func.lower(AddressClaim.address) == address.lower())
    return db.session.scalar(own) or 0, db.session.scalar(same) or 0


def told_in(mail: Mail) -> Sequence[AnyRow]:
    """The messages that a mail is about, newest first, as far as nobody read them meanwhile: kind, values, href, at."""
    return db.session.execute(_of(mail).order_by(Message.at.desc(), Message.id.desc())).all()


def _of(mail: Mail) -> Select[*tuple[Any, ...]]:
    unread = select(Message.kind, Message.values, Message.href, Message.at).where(Message.read_at.is_(None))
    if mail.digest_on is None:
        return unread.where(Message.id == mail.message_id)
    return unread.where(Message.resident_id == mail.resident_id, Message.digest_on == mail.digest_on)

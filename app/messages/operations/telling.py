"""Tell people something, take it back, and note that they have read it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CompoundSelect, Select, bindparam, case, delete, func, literal, select, true, update

from app.kit.columns import Instant
from app.kit.db import ask, built_once, db, insert_into
from app.messages import rules
from app.messages.models import Choice, Mail, Message
from app.messages.operations.writing import number_of_rows
from app.people.models import Resident
from app.people.rules import Person

_CHUNK = 500

Ids = Select[int] | CompoundSelect[Any]  # of residents


def tell(
    residents: Collection[int], kind: str, *, values: Mapping[str, Any], href: str, because: str, at: datetime,
    holds_until: datetime | None = None,
) -> int:  # fmt: skip
    """Tell these people something, each once for this cause; how many had not been told. See `tell_all`."""
    ids = sorted(set(residents))
    return sum(
        tell_all(
            select(Resident.id).where(Resident.id.in_(ids[start : start + _CHUNK])),
            kind, values=values, href=href, because=because, at=at, holds_until=holds_until,
        )
        for start in range(0, len(ids), _CHUNK)
    )  # fmt: skip


def tell_all(
    who: Ids, kind: str, *, values: Mapping[str, Any], href: str, because: str, at: datetime,
    holds_until: datetime | None = None,
) -> int:  # fmt: skip
    """As `tell`, for everybody whose id `who` selects: one statement, however many they are.

    `values` fill the sentences of the kind; they may hold `Words`, `rules.Phrase`, instants, days, numbers and text.
    `at` is when it happened; a reminder `holds_until` the moment that it is about. Closed accounts are told nothing.
    """
    way = case(
        (Resident.email_confirmed_at.is_(None), "off"),
        else_=func.coalesce(Choice.way, rules.kind_of(kind).way),
    )
    told = (
        select(
            Resident.id, literal(kind), literal(rules.packed(values), JSON), literal(href), literal(because),
            literal(at, Instant), literal(holds_until, Instant), way,
        )
        .outerjoin(Choice, (Choice.resident_id == Resident.id) & (Choice.kind == kind))
        .where(Resident.id.in_(who), Resident.disabled_at.is_(None))
        .order_by(Resident.id)
    )  # fmt: skip
    columns = ["resident_id", "kind", "values", "href", "because", "at", "holds_until", "mail"]
    number = number_of_rows(insert_into(Message).from_select(columns, told).on_conflict_do_nothing())
    if number:
        _put_into_outbox(because, at)
    return number


def _put_into_outbox(because: str, at: datetime) -> None:
    """What comes by mail at once waits to be sent, once."""
    mails = (
        select(Message.resident_id, Message.id, Resident.email, literal(at, Instant), literal(at, Instant),
               literal("waiting"), literal(0), literal(""))
        .join(Resident, Resident.id == Message.resident_id)
        .where(Message.because == because, Message.mail == "now", Resident.email.is_not(None))
        .order_by(Message.id)
    )  # fmt: skip
    columns = ["resident_id", "message_id", "address", "due_at", "next_try_at", "state", "tries", "answer"]
    db.session.execute(insert_into(Mail).from_select(columns, mails).on_conflict_do_nothing())


def take_back(
    *because: str, residents: Collection[int] | None = None, households: Collection[int] | None = None
) -> int:
    """What was told for these causes is not true any more: it leaves inbox and outbox.

    For all, or for these residents, or for those who live in these households.
    """
    whom = "residents" if residents is not None else "households" if households is not None else "all"
    if whom == "all":
        return ask(_told(whom), because=because).rowcount
    ids = sorted(set(residents or households or ()))
    parts = (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
    return sum(ask(_told(whom), because=because, ids=part).rowcount for part in parts)


@built_once
def _told(whom: str) -> Any:
    table: Any = Message.__table__
    these: Any = bindparam("ids", expanding=True)
    living = select(Resident.id).where(Resident.household_id.in_(these))
    which = {"all": true(), "residents": table.c.resident_id.in_(these), "households": table.c.resident_id.in_(living)}
    return delete(table).where(table.c.because.in_(bindparam("because", expanding=True)), which[whom])


def take_back_what_passed(at: datetime) -> int:
    """For `flask tick`: reminders of what has come or gone by now; how many. One that comes late is not told at all."""
    passed = delete(Message).where(Message.holds_until <= at)
    return number_of_rows(passed.execution_options(synchronize_session=False))


# Reading ---------------------------------------------------------------------------------------------------------


def open_message(message_id: int, *, by: Person, at: datetime) -> str | None:
    """Somebody looks at what a message of theirs is about; its address, or None when it is not there for them."""
    mine = Message.id == message_id, Message.resident_id == by.id
    db.session.execute(update(Message).where(*mine, Message.read_at.is_(None)).values(read_at=at))
    return db.session.scalar(select(Message.href).where(*mine))


def read_all(*, newest: int, by: Person, at: datetime) -> int:
    """Somebody has seen them all; what came after `newest`, the highest number on their page, stays unread."""
    mine = Message.resident_id == by.id, Message.id <= newest, Message.read_at.is_(None)
    return number_of_rows(update(Message).where(*mine).values(read_at=at).execution_options(synchronize_session=False))

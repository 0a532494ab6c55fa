"""What was published before this house stood, or elsewhere: finances and payments from files, the past of the sample.

Nothing is announced, and nobody here wrote or countersigned what comes from a file; the page says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select

from app.disclosures import books, rules, searchable
from app.disclosures.digest import digest
from app.disclosures.finances import FinanceTable, named_as_before
from app.disclosures.models import Answer, Attachment, Disclosure, Duty, Payment, Question, Revision
from app.disclosures.operations.checking import finances_refusal
from app.disclosures.operations.publishing import keep_table
from app.kit import audit, search
from app.kit.db import db
from app.kit.periods import Period
from app.kit.refusal import Refused, refuse_if
from app.kit.uploads import Upload
from app.kit.words import Words
from app.places.models import Place
from app.points import queries as points


@dataclass(frozen=True)
class Paid:
    """One payment: the local day, hundredths of the currency, who received it, who paid."""

    on: date
    amount: int
    payee: str
    unit: str


@dataclass(frozen=True)
class Past:
    """One revision as it was published then; `signed` is (author, countersigner)."""

    title: Words
    published_at: datetime
    text: Words | None = None
    cells: dict[str, Any] | None = None
    table: FinanceTable | None = None
    reason: Words | None = None
    signed: tuple[int, int] | None = None
    files: tuple[Upload, ...] = ()


def bring_in_duty(place: Place, key: str, **values: Any) -> Duty:
    """A duty of a place."""
    duty = Duty(place_id=place.id, place_path=place.path, key=key, **values)
    db.session.add(duty)
    db.session.flush()
    return duty


def bring_in_item(
    place: Place, *, subject: str, kind: str, past: Sequence[Past], duty_id: int | None = None,
    period: Period | None = None, event_on: date | None = None, currency: str = "CNY", source_hash: str | None = None,
    payments: Sequence[Paid] = (),
) -> Disclosure:  # fmt: skip
    """An item with its revisions, the oldest first."""
    item = Disclosure(
        place_id=place.id, place_path=place.path, subject=subject, kind=kind, duty_id=duty_id,
        period=period.key if period else None, event_on=event_on, currency=currency, source_hash=source_hash,
        published_at=past[0].published_at,
    )  # fmt: skip
    db.session.add(item)
    db.session.flush()
    for number, one in enumerate(past, start=1):
        revision = Revision(
            disclosure_id=item.id, number=number, title=one.title, text=one.text, cells=one.cells, reason=one.reason,
            author_id=one.signed[0] if one.signed else None, countersigned_by=one.signed[1] if one.signed else None,
            published_at=one.published_at, ledger_head=points.head_at(one.published_at),
            digest=digest(
                title=one.title, text=one.text, cells=one.cells, reason=one.reason, finances=one.table,
                payments=[(paid.on.isoformat(), paid.amount, paid.payee, paid.unit) for paid in payments],
                files=[file.sha256 for file in one.files],
            ),
        )  # fmt: skip
        db.session.add(revision)
        db.session.flush()
        if one.table is not None:
            keep_table(revision.id, one.table)
        _keep_payments(revision.id, payments)
        db.session.add_all(Attachment(revision_id=revision.id, upload_id=file.id) for file in one.files)
    search.renew(searchable.KIND, item.id, searchable.documents(only=item.id))
    return item


def _keep_payments(revision_id: int, payments: Sequence[Paid]) -> None:
    if payments:
        db.session.execute(
            insert(Payment),
            [
                {
                    "revision_id": revision_id, "position": position, "paid_on": one.on, "amount": one.amount,
                    "payee": one.payee, "unit": one.unit,
                }
                for position, one in enumerate(payments, start=1)
            ],
        )  # fmt: skip


def bring_in_question(
    item: Disclosure, *, text: Words, by_id: int, asked_at: datetime, number: int = 1, line: str | None = None,
    line_name: Words | None = None, answer: Words | None = None, answered_at: datetime | None = None,
    answered_by: int | None = None,
) -> Question:  # fmt: skip
    """A question, with its answer if there is one; its term is what it was then."""
    question = Question(
        disclosure_id=item.id, number=number, line=line, line_name=line_name, text=text, by_id=by_id,
        asked_at=asked_at, due_at=rules.answer_due({}, asked_at),
    )  # fmt: skip
    db.session.add(question)
    db.session.flush()
    if answer is not None:
        db.session.add(
            Answer(question_id=question.id, text=answer, by_id=answered_by, answered_at=answered_at or asked_at)
        )
    return question


def known_file(place_id: int, source_hash: str) -> int | None:
    """The item that came from this very file."""
    return db.session.scalar(
        select(Disclosure.id).where(Disclosure.place_id == place_id, Disclosure.source_hash == source_hash)
    )


def bring_in_finances(
    place: Place, period: Period, table: FinanceTable, *, source_hash: str, at: datetime
) -> Disclosure | None:
    """The finances of a month from a file, held to the same sums as typed ones; None when this file is there already.

    Raises `Refused`.
    """
    if known_file(place.id, source_hash) is not None:
        return None
    if books.finances_of(place.id, period) is not None:
        raise Refused(rules.taken_refusal(period.words))
    before = books.closings_before(place.id, period)
    table = named_as_before(table, before.funds if before else ())
    refuse_if(finances_refusal(place.id, period, table))
    refuse_if(rules.personal_refusal(_names(table)))
    when = period.words
    title = Words(zh=f"{place.name.zh}{when.zh}财务收支", en=f"Finances of {place.name.into('en')}, {when.en}")
    item = bring_in_item(
        place, subject="finance", kind="finances", period=period, source_hash=source_hash,
        duty_id=books.finances_duty(place.id), past=[Past(title, at, table=table)],
    )  # fmt: skip
    audit.note("disclosures.bring_in", f"disclosure:{item.id}", actor_id=None, at=at, place_id=place.id)
    return item


def _names(table: FinanceTable) -> list[tuple[Words, str]]:
    where = Words(zh="表格", en="The table")
    texts = [one.name for one in table.funds] + [one.text for one in table.lines]
    return [(where, text) for words in texts for text in words.as_dict().values()]


def bring_in_payments(
    place: Place, payments: Sequence[Paid], *, source_hash: str, currency: str, at: datetime
) -> Disclosure | None:
    """A list of payments without balances, as one item; None when this very file is there already."""
    if known_file(place.id, source_hash) is not None:
        return None
    texts = ((number, text) for number, one in enumerate(payments, start=1) for text in (one.payee, one.unit))
    refuse_if(
        rules.personal_refusal((Words(zh=f"第{number}笔付款", en=f"Payment {number}"), text) for number, text in texts)
    )
    first, last = min(one.on for one in payments), max(one.on for one in payments)
    same_month = (first.year, first.month) == (last.year, last.month)
    period = Period("month", first.year, first.month) if same_month else None
    when = period.words if period else Words(zh=f"{first}至{last}", en=f"{first} to {last}")
    item = bring_in_item(
        place, subject="finance", kind="payments", period=period, currency=currency, source_hash=source_hash,
        past=[Past(Words(zh=f"{when.zh}付款清单", en=f"Payments of {when.en}"), at)], payments=payments,
    )  # fmt: skip
    audit.note("disclosures.bring_in", f"disclosure:{item.id}", actor_id=None, at=at, place_id=place.id)
    return item

"""Whether what was published still is what it said, and every finance table adds up and goes on from the one before."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from app.disclosures import books, queries
from app.disclosures.digest import digest
from app.disclosures.finances import FinanceTable, follows_refusal, table_refusal
from app.disclosures.models import Disclosure, Payment, Revision
from app.kit.db import db
from app.kit.periods import named
from app.kit.proof import Fault
from app.points.models import Seal


def counts() -> dict[str, int]:
    return {"disclosures": db.session.scalar(select(func.count(Disclosure.id))) or 0}


def faults() -> Iterator[Fault]:
    """The first revision that says something else than when it was signed; the first table whose sums are off."""
    yield from _first(_changed())
    yield from _first(_of_another_ledger())
    yield from _first(_off())


def _first(found: Iterator[Fault]) -> Iterator[Fault]:
    fault = next(found, None)
    if fault is not None:
        yield fault


def _changed() -> Iterator[Fault]:
    query = select(Revision, Disclosure.kind).join(Disclosure, Disclosure.id == Revision.disclosure_id)
    for revision, kind in db.session.execute(query.order_by(Revision.id)).all():
        now = digest_of(revision, kind)
        if now != revision.digest:
            where = f"disclosure:{revision.disclosure_id} revision {revision.number}"
            yield Fault("digest", where, f"kept {revision.digest[:12]}, computed {now[:12]}")


def _of_another_ledger() -> Iterator[Fault]:
    """A revision that was printed with a head of the ledger's seals which the ledger does not have now."""
    printed = select(Revision.disclosure_id, Revision.number, Revision.ledger_head).order_by(Revision.id)
    unknown = Revision.ledger_head.is_not(None), Revision.ledger_head.not_in(select(Seal.head))
    row = db.session.execute(printed.where(*unknown).limit(1)).one_or_none()
    if row is not None:
        where = f"disclosure:{row.disclosure_id} revision {row.number}"
        yield Fault("I20", where, f"was printed with head {row.ledger_head[:12]}, which no seal has")


def digest_of(revision: Revision, kind: str) -> str:
    """The check sum of what the tables say now."""
    payments = (
        db.session.execute(
            select(Payment.paid_on, Payment.amount, Payment.payee, Payment.unit)
            .where(Payment.revision_id == revision.id)
            .order_by(Payment.position)
        ).all()
        if kind == "payments"
        else ()
    )
    return digest(
        title=revision.title, text=revision.text, cells=revision.cells, reason=revision.reason,
        finances=books.table_of(revision.id) if kind == "finances" else None,
        payments=[(row.paid_on.isoformat(), row.amount, row.payee, row.unit) for row in payments],
        files=[one.sha256 for one in queries.attachments(revision.id)],
    )  # fmt: skip


def _off() -> Iterator[Fault]:
    """Every table is computed again; that of the latest revision also goes on from the month before."""
    query = (
        select(Disclosure.place_id, Disclosure.period, Disclosure.id, Revision.id.label("revision_id"))
        .join(Revision, queries.is_latest())
        .where(Disclosure.kind == "finances")
        .order_by(Disclosure.place_id, Disclosure.period)
    )
    last: tuple[int, str, FinanceTable] | None = None
    for row in db.session.execute(query).all():
        period, table = named(row.period), books.table_of(row.revision_id)
        no = table_refusal(table)
        if no is None and period is not None and last is not None and last[:2] == (row.place_id, period.moved(-1).key):
            no = follows_refusal(table, [(fund.name, fund.closing) for fund in last[2].funds], period.moved(-1))
        if no is not None:
            yield Fault("finances", f"disclosure:{row.id}", no.text)
        last = row.place_id, row.period, table

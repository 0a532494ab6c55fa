"""Publishing: the author sends a draft, a supervisor countersigns, and it stands for everybody, unchangeable."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, func, insert, select

from app.disclosures import books, queries, rules, searchable
from app.disclosures.digest import digest
from app.disclosures.events import DraftSent, DraftSentBack, Published
from app.disclosures.finances import FinanceTable
from app.disclosures.models import (
    Attachment,
    Disclosure,
    Draft,
    DraftWriter,
    FinanceFund,
    FinanceLine,
    Revision,
)
from app.disclosures.operations.checking import finances_refusal, texts_of
from app.disclosures.operations.writing import draft_to_change, forget, wrote
from app.kit import audit, search
from app.kit.bus import announce
from app.kit.db import db, locked
from app.kit.periods import named
from app.kit.refusal import N_, Refused, refusal, refuse_if
from app.kit.words import Words
from app.people.rules import Person
from app.places.models import Place
from app.points import queries as points


def send(draft_id: int, *, by: Person, at: datetime) -> Draft | Disclosure:
    """Send a draft to the supervisor; where the place needs no countersignature it is published at once."""
    draft = draft_to_change(draft_id, by=by)
    place = _place(draft)
    _check(draft)
    draft.sent_at, draft.why_back = at, None
    wrote(draft, by)
    audit.note("disclosures.send", f"draft:{draft.id}", actor_id=by.id, at=at, place_id=draft.place_id)
    if not rules.needs_countersignature(place.settings):
        return _publish(draft, countersigned_by=None, at=at)
    draft.state = "awaiting"
    db.session.flush()
    announce(DraftSent(draft_id=draft.id, title=draft.title, place_path=draft.place_path, at=at))
    return draft


def countersign(draft_id: int, *, by: Person, at: datetime) -> Disclosure:
    """Sign as the second person, and publish."""
    draft = _awaiting(draft_id, by)
    _place(draft)
    _check(draft)
    item = _publish(draft, countersigned_by=by.id, at=at)
    audit.note("disclosures.countersign", f"disclosure:{item.id}", actor_id=by.id, at=at, place_id=item.place_id)
    return item


def send_back(draft_id: int, *, why: Words, by: Person, at: datetime) -> Draft:
    """Give it back to its author with a note."""
    draft = _awaiting(draft_id, by)
    draft.state, draft.why_back, draft.sent_at = "draft", why, None
    audit.note("disclosures.send_back", f"draft:{draft.id}", actor_id=by.id, at=at, place_id=draft.place_id)
    db.session.flush()
    announce(
        DraftSentBack(
            draft_id=draft.id, title=draft.title, author_id=draft.author_id, place_path=draft.place_path, at=at
        )
    )
    return draft


def _awaiting(draft_id: int, by: Person) -> Draft:
    draft = db.session.scalars(
        locked(select(Draft).where(Draft.id == draft_id)).execution_options(populate_existing=True)
    ).one_or_none()
    if draft is None:
        raise Refused(rules.gone())
    mine = DraftWriter.draft_id == draft.id, DraftWriter.resident_id == by.id
    has_written = bool(db.session.scalar(select(exists().where(*mine))))
    refuse_if(rules.countersign_refusal(by, place_path=draft.place_path, state=draft.state, wrote=has_written))
    return draft


def _place(draft: Draft) -> Place:
    """The place, locked: finance tables of one place are published one after the other, so that balances follow."""
    return db.session.scalars(locked(select(Place).where(Place.id == draft.place_id))).one()


def _check(draft: Draft) -> None:
    """Everything that may stand in the way of publishing. Raises `Refused`."""
    if draft.title == Words():
        raise Refused(refusal(N_("The item has no title yet. Say in one line what it is about."), status=422))
    period = named(draft.period)
    if draft.kind == "finances" and period is not None:
        if draft.disclosure_id is None and books.finances_of(draft.place_id, period):
            raise Refused(rules.taken_refusal(period.words))
        table = FinanceTable.from_json(draft.finances) if draft.finances else FinanceTable(())
        refuse_if(finances_refusal(draft.place_id, period, table))
    refuse_if(
        rules.complete_refusal(
            kind=draft.kind, has_text=draft.text is not None, has_cells=draft.cells is not None,
            is_correction=draft.disclosure_id is not None, has_reason=draft.reason is not None,
        )
    )  # fmt: skip
    refuse_if(rules.personal_refusal(texts_of(draft)))


def _publish(draft: Draft, *, countersigned_by: int | None, at: datetime) -> Disclosure:
    item = db.session.get(Disclosure, draft.disclosure_id) if draft.disclosure_id else None
    if item is None:
        item = Disclosure(
            place_id=draft.place_id, place_path=draft.place_path, subject=draft.subject, kind=draft.kind,
            duty_id=draft.duty_id, period=draft.period, event_on=draft.event_on, currency="CNY", published_at=at,
        )  # fmt: skip
        db.session.add(item)
        db.session.flush()
    number = (db.session.scalar(select(func.max(Revision.number)).where(Revision.disclosure_id == item.id)) or 0) + 1
    table = FinanceTable.from_json(draft.finances) if draft.finances else None
    files = queries.draft_attachments(draft.id)
    revision = Revision(
        disclosure_id=item.id, number=number, title=draft.title, text=draft.text, cells=draft.cells,
        reason=draft.reason if number > 1 else None, author_id=draft.author_id, countersigned_by=countersigned_by,
        published_at=at, ledger_head=points.head_at(at),
        digest=digest(
            title=draft.title, text=draft.text, cells=draft.cells, reason=draft.reason if number > 1 else None,
            finances=table, files=[one.sha256 for one in files],
        ),
    )  # fmt: skip
    db.session.add(revision)
    db.session.flush()
    if table is not None:
        keep_table(revision.id, table)
    if files:
        db.session.execute(insert(Attachment), [{"revision_id": revision.id, "upload_id": one.id} for one in files])
    draft_id = draft.id
    forget(draft)
    search.renew(searchable.KIND, item.id, searchable.documents(only=item.id))
    announce(
        Published(
            disclosure_id=item.id, revision=number, draft_id=draft_id, subject=item.subject, title=revision.title,
            text=revision.text or Words(), place_id=item.place_id, place_path=item.place_path, at=at,
        )
    )  # fmt: skip
    return item


def keep_table(revision_id: int, table: FinanceTable) -> None:
    """Write the table of a revision; positions count from 1."""
    db.session.execute(
        insert(FinanceFund),
        [
            {
                "revision_id": revision_id, "position": place, "name": one.name, "opening": one.opening,
                "income": one.income, "expenditure": one.expenditure, "closing": one.closing,
            }
            for place, one in enumerate(table.funds, start=1)
        ],
    )  # fmt: skip
    if table.lines:
        db.session.execute(
            insert(FinanceLine),
            [
                {
                    "revision_id": revision_id, "position": place, "fund": one.fund + 1, "on": one.on,
                    "account": one.account, "text": one.text, "income": one.income, "expenditure": one.expenditure,
                }
                for place, one in enumerate(table.lines, start=1)
            ],
        )  # fmt: skip

"""Writing drafts: a new item, a correction of a published one, its table and its files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select

from app.disclosures import books, queries, rules
from app.disclosures.finances import FinanceTable, named_as_before
from app.disclosures.models import Disclosure, Draft, DraftAttachment, DraftWriter, Duty
from app.disclosures.operations.checking import finances_refusal
from app.kit import audit
from app.kit.db import db, locked
from app.kit.periods import Period
from app.kit.periods import named as period_named
from app.kit.refusal import N_, Refused, refusal, refuse_if
from app.kit.uploads import Upload
from app.kit.words import Words
from app.people.rules import Person
from app.places.models import Place

MOST_FILES = 12


def begin(
    place: Place, *, subject: str, kind: str, duty: Duty | None = None, period: Period | None = None,
    event_on: date | None = None, by: Person, at: datetime,
) -> Draft:  # fmt: skip
    """Begin an item of this place, of a duty for a period or an event, or of nothing that is due."""
    refuse_if(rules.write_refusal(by, place.path))
    if kind == "finances":
        if period is None or period.kind != "month":
            raise Refused(refusal(N_("Finances are published month by month. Please choose the month."), status=422))
        refuse_if(rules.taken_refusal(period.words) if books.finances_of(place.id, period) else None)
    duty_id = duty.id if duty else books.finances_duty(place.id) if kind == "finances" else None
    draft = Draft(
        place_id=place.id, place_path=place.path, subject=subject, kind=kind, duty_id=duty_id,
        period=period.key if period else None, event_on=event_on, title=_title(place, kind, duty, period),
        state="draft", author_id=by.id, changed_at=at,
    )  # fmt: skip
    db.session.add(draft)
    db.session.flush()
    wrote(draft, by)
    audit.note("disclosures.begin", f"draft:{draft.id}", actor_id=by.id, at=at, place_id=place.id)
    return draft


def _title(place: Place, kind: str, duty: Duty | None, period: Period | None) -> Words:
    when = period.words if period else None
    if kind == "finances" and when:
        return Words(zh=f"{place.name.zh}{when.zh}财务收支", en=f"Finances of {place.name.into('en')}, {when.en}")
    if duty is None:
        return Words()
    return Words(zh=f"{duty.name.zh}（{when.zh}）", en=f"{duty.name.en}, {when.en}") if when else duty.name


def correct(disclosure_id: int, *, by: Person, at: datetime) -> Draft:
    """Begin a new revision of a published item, from what it says now; the one that was begun already, if there is."""
    item = db.session.scalars(locked(select(Disclosure).where(Disclosure.id == disclosure_id))).one()
    refuse_if(rules.write_refusal(by, item.place_path))
    if item.kind == "payments":
        raise Refused(refusal(N_("A list of payments is corrected by bringing in the corrected file as a new item.")))
    begun = db.session.scalar(select(Draft).where(Draft.disclosure_id == disclosure_id))
    if begun is not None:
        return begun
    latest = queries.latest_revision(disclosure_id)
    table = books.table_of(latest.id) if item.kind == "finances" else None
    draft = Draft(
        disclosure_id=item.id, place_id=item.place_id, place_path=item.place_path, subject=item.subject,
        kind=item.kind, duty_id=item.duty_id, period=item.period, event_on=item.event_on, title=latest.title,
        text=latest.text, cells=latest.cells, finances=table.as_json() if table else None, state="draft",
        author_id=by.id, changed_at=at,
    )  # fmt: skip
    db.session.add(draft)
    db.session.flush()
    wrote(draft, by)
    files = [{"draft_id": draft.id, "upload_id": one.id} for one in queries.attachments(latest.id)]
    if files:
        db.session.execute(insert(DraftAttachment), files)
    audit.note("disclosures.correct", f"disclosure:{item.id}", actor_id=by.id, at=at, place_id=item.place_id)
    return draft


def draft_to_change(draft_id: int, *, by: Person) -> Draft:
    """The draft, locked, if this person may change it now."""
    draft = db.session.scalars(
        locked(select(Draft).where(Draft.id == draft_id)).execution_options(populate_existing=True)
    ).one_or_none()
    if draft is None:
        raise Refused(rules.gone())
    refuse_if(rules.change_refusal(by, place_path=draft.place_path, state=draft.state))
    return draft


def write(
    draft_id: int, *, title: Words, text: Words | None, cells: dict[str, Any] | None, reason: Words | None,
    by: Person, at: datetime,
) -> Draft:  # fmt: skip
    """Keep what was written so far."""
    draft = draft_to_change(draft_id, by=by)
    draft.title, draft.text, draft.cells, draft.reason = title, text, cells, reason
    return _changed(draft, by, at)


def put_table(draft_id: int, table: FinanceTable, *, period: Period | None = None, by: Person, at: datetime) -> Draft:
    """Keep a finance table whole, or refuse it whole: the figures add up and go on from the period before.

    `period` is what the file itself names; it must be that of the draft.
    """
    draft = draft_to_change(draft_id, by=by)
    own = period_named(draft.period)
    if draft.kind != "finances" or own is None:
        raise Refused(refusal(N_("This item has no finance table. Write a text or a plain table instead.")))
    if period is not None and period != own:
        raise Refused(
            refusal(
                N_("The file is about %(period)s, this item about %(own)s. Send the file of that month, or begin an "
                   "item for the other."),
                status=422, period=period.words, own=own.words,
            )
        )  # fmt: skip
    before = books.closings_before(draft.place_id, own)
    table = named_as_before(table, before.funds if before else ())
    refuse_if(finances_refusal(draft.place_id, own, table))
    draft.finances = table.as_json()
    return _changed(draft, by, at)


def attach(
    draft_id: int, upload: Upload, *, contents: Sequence[tuple[Words, str]] = (), by: Person, at: datetime
) -> Draft:
    """Put a file beside the draft; `contents` are the texts that could be read in it, looked through like the rest."""
    draft = draft_to_change(draft_id, by=by)
    refuse_if(rules.personal_refusal([(Words(zh="附件名称", en="The name of the file"), upload.name), *contents]))
    count = db.session.scalar(select(func.count()).where(DraftAttachment.draft_id == draft_id)) or 0
    if count >= MOST_FILES:
        raise Refused(
            refusal(N_("An item takes at most %(most)s files. Put several papers into one PDF."), most=MOST_FILES)
        )
    db.session.add(DraftAttachment(draft_id=draft_id, upload_id=upload.id))
    return _changed(draft, by, at)


def detach(draft_id: int, upload_id: int, *, by: Person, at: datetime) -> Draft:
    """Take a file away from the draft."""
    draft = draft_to_change(draft_id, by=by)
    db.session.execute(
        delete(DraftAttachment).where(DraftAttachment.draft_id == draft_id, DraftAttachment.upload_id == upload_id)
    )
    return _changed(draft, by, at)


def discard(draft_id: int, *, by: Person, at: datetime) -> None:
    """Throw the draft away; nothing that was published changes."""
    draft = draft_to_change(draft_id, by=by)
    audit.note("disclosures.discard", f"draft:{draft.id}", actor_id=by.id, at=at, place_id=draft.place_id)
    forget(draft)


def forget(draft: Draft) -> None:
    for beside in (DraftAttachment, DraftWriter):
        db.session.execute(delete(beside).where(beside.draft_id == draft.id))
    db.session.delete(draft)
    db.session.flush()


def _changed(draft: Draft, by: Person, at: datetime) -> Draft:
    draft.changed_at = at
    wrote(draft, by)
    db.session.flush()
    return draft


def wrote(draft: Draft, by: Person) -> None:
    """Who wrote last is its author; all who ever did stay known, for none of them may countersign. It is locked."""
    draft.author_id = by.id
    db.session.merge(DraftWriter(draft_id=draft.id, resident_id=by.id))

"""Put the confirmed claims of a month on notice, and post what nobody objected to when its period has ended."""

from __future__ import annotations

from datetime import datetime

from app.claims import batches, queries, rules
from app.claims.events import ClaimPutUp
from app.claims.models import ClaimBatch, ClaimBatchLine
from app.claims.operations.claiming import end
from app.claims.operations.holding import opened
from app.claims.sheet import line_words, title_of
from app.kit import audit, clock
from app.kit.bus import announce
from app.kit.db import db, one_at_a_time
from app.kit.periods import Period
from app.kit.refusal import Refused, refuse_if
from app.merits import pending
from app.notices import operations as notices
from app.people.rules import Person
from app.places.models import Place


def put_up(place: Place, month: Period, *, by: Person, at: datetime) -> ClaimBatch:
    """Put what is confirmed on notice by hand, on the settlement day or later; its period begins now.

    After the hour at which it goes up by itself only what was confirmed by then does.
    """
    terms = queries.terms_at(place.path)
    refuse_if(rules.settle_refusal(by, path=place.path, month=month, at=at, terms=terms))
    _wait_for_turn(place)
    refuse_if(rules.put_up_already() if batches.batch_of(place.id, month.key) else None)
    batch = _put_up(place, month, until=rules.cut_off(month, terms, at), by=by, at=at)
    if batch is None:
        raise Refused(rules.nothing_refusal())
    audit.note("claims.put_up", f"claim-batch:{batch.id}", actor_id=by.id, at=at, place_id=place.id, month=month.key)
    return batch


def put_up_due(at: datetime) -> int:
    """For `flask tick`: every batch whose hour has come; how many. Twice is once.

    It holds what was confirmed by its hour, however late this runs, and hangs for its whole period from now on (I27).
    """
    return sum(_put_up_all(db.session.get_one(Place, place_id), at) for place_id in batches.places_with_ready(at))


def _put_up_all(place: Place, at: datetime) -> int:
    terms = queries.terms_at(place.path)
    _wait_for_turn(place)
    made = 0
    waiting = batches.ready(place.id, at)
    month = min((rules.month_of(clock.local(row.decided_at).date(), terms) for row in waiting), default=None)
    month = month.previous if month else None  # what is decided on the settlement day goes up that very day
    while month is not None and rules.settles_at(month, terms) <= at:
        if batches.batch_of(place.id, month.key) is None:
            made += _put_up(place, month, until=rules.settles_at(month, terms), by=None, at=at) is not None
        month = month.next
    return made


def _wait_for_turn(place: Place) -> None:
    """Batches of a community are made one after another; unique(place, month) has the last word."""
    one_at_a_time(f"claim-batch:{place.id}")


def _put_up(place: Place, month: Period, *, until: datetime, by: Person | None, at: datetime) -> ClaimBatch | None:
    """One batch with what was confirmed `until` then, and its notice from now on; None when nothing was."""
    rows = batches.ready(place.id, until)
    if not rows:
        return None
    batch = ClaimBatch(place_id=place.id, month=month.key, opened_at=at, by_id=by.id if by else None)
    db.session.add(batch)
    db.session.flush()
    for number, row in enumerate(rows, start=1):
        db.session.add(ClaimBatchLine(claim_id=row.id, batch_id=batch.id, number=number))
    db.session.flush()
    notice = notices.put_up(
        subject=queries.subject_of(batch.id), title=title_of(month),
        lines=[(str(row.id), line_words(row)) for row in rows], place_id=place.id, place_path=place.path, starts_at=at,
        working_days=queries.terms_at(place.path).notice_days, goes_on=True, href=f"/points/claims/batches/{batch.id}",
        by_id=by.id if by else None, at=at, parts=batches.parts_in(rows),
    )  # fmt: skip
    for row in rows:
        announce(
            ClaimPutUp(
                claim_id=row.id, resident_id=row.resident_id, title=row.title, points=row.granted_points,
                honour=row.granted_honour, until=clock.last_day(notice.ends_at), at=at,
            )
        )  # fmt: skip
    return batch


def post_due(at: datetime) -> int:
    """For `flask tick`: post what nobody objected to and whose period has ended; how many. Twice is once.

    A claim takes effect on the day of its deed and is posted when it is: what stood in the journal at an earlier moment
    stays what it was (I6).
    """
    return sum(_post_batch(batch_id, at) for batch_id in batches.unsettled())


def _post_batch(batch_id: int, at: datetime) -> int:
    """The notice is locked first: an objection that is on its way comes before, and holds its line (I27)."""
    lines = notices.standing_lines(queries.subject_of(batch_id), at)
    due = {int(line.key) for line in lines if line.state == "clear"}
    rows = [row for row in batches.batch_lines(batch_id) if row.id in due and row.ended is None]
    return sum(_post(row.id, at) for row in sorted(rows, key=lambda row: (row.household_id, row.id)))


def _post(claim_id: int, at: datetime) -> int:
    here = opened(claim_id, at=at)
    if here.state != "posting":
        return 0  # withdrawn, or posted by another tick meanwhile
    pending.confirm(queries.because_of(claim_id), by_id=here.row.decided_by, at=at)
    end(here.row, "posted", at=at, reviewers=here.reviewers)
    return 1


def uphold(claim_id: int, *, at: datetime) -> None:
    """An objection to it was upheld: it does not take effect, and its limits are free again."""
    here = opened(claim_id, at=at)
    if here.row.ended is not None:
        return
    pending.drop(queries.because_of(claim_id), at=at)
    end(here.row, "upheld", at=at, reviewers=here.reviewers)

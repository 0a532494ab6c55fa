"""Claims: those of the last settlement, which was posted since, and those of the running month with their reviews.

They go the way of all claims, through the operations. What was drawn for an account waits for whoever tries it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from app.claims import batches, operations, queries, rules
from app.claims.models import Claim
from app.kit import clock
from app.kit.refusal import Refused
from app.kit.words import Words
from app.merits.queries import award_because
from app.people import queries as people
from app.people.rules import Person
from app.sample.content import Content
from app.sample.deeds import Deeds
from app.sample.photos import keep_drawing
from app.sample.street_people import Street

DAY = timedelta(days=1)
HELD_BACK = ("reviewer", "reviewer2")


def settle_claims(street: Street, content: Content, deeds: Deeds) -> Iterator[datetime]:
    """The last settlement, from the deeds to their posting; none when it was not due yet.

    Yields the moments up to which everything else has to be posted before it goes on: the journal is written in the
    order in which things happened.
    """
    terms = queries.terms_at(street.places["a"].path)
    settled_at = rules.settles_at(rules.month_of(street.today, terms).previous, terms)
    if settled_at > street.at:
        return
    claimed_at = settled_at - 5 * DAY
    yield claimed_at
    for number, one in enumerate(content["settled"]):
        done = clock.local(claimed_at).date() - timedelta(days=1 + number)
        at, reviewed_at = claimed_at + timedelta(minutes=number), claimed_at + timedelta(hours=20 + 9 * number)
        claim = _claim(street, one, done, at=at, reviewed_at=reviewed_at, spared=())
        if claim and (kept := award_because(queries.because_of(claim.id))):
            deeds.learn(street.account(one["who"]), kept)
    yield settled_at
    operations.put_up_due(settled_at)
    for batch_id in batches.unsettled():
        notice = batches.notice_of(batch_id, street.at)
        assert notice is not None
        ends_at = min(notice.ends_at, street.at)
        yield ends_at
        operations.post_due(ends_at)


def load_claims(street: Street, content: Content) -> None:
    """The claims of the running month, where the tariff was in force on the day of the deed."""
    terms = queries.terms_at(street.places["a"].path)
    first = rules.first_day(rules.month_of(street.today, terms), terms)
    for number, one in enumerate(content["now"]):
        done = max(street.today - timedelta(days=1 + number % 3), first)
        at = street.at - timedelta(minutes=60 - number)
        _claim(street, one, done, at=at, reviewed_at=at + timedelta(minutes=30), spared=HELD_BACK)


def _claim(
    street: Street, one: Content, deed_on: date, *, at: datetime, reviewed_at: datetime, spared: Sequence[str]
) -> Claim | None:
    """Claimed, answered by the neighbour and reviewed as the file says; the claim that counts in the end."""
    by = _person(street, one["who"])
    title, text, spot = (Words.of(one[name]) for name in ("title", "text", "spot"))
    photos = one.get("photos", ())
    other = _person(street, one["for"]) if "for" in one else None
    try:
        claim = _written(
            street, one, by, deed_on=deed_on, title=title, text=text, spot=spot, photos=len(photos),
            agreed=bool(photos), occasion=one.get("occasion"), other=other, at=at,
        )  # fmt: skip
    except Refused:
        return None  # no tariff yet on that day, or the year left no room under a limit
    for drawing in photos:
        operations.attach(claim.id, keep_drawing(drawing, by_id=by.id, at=at), round=0)
    if other and "says" in one:
        why = None if one["says"] else Words.of(one["why"])
        operations.answer_neighbour(claim.id, yes=one["says"], why=why, by=other, at=at + timedelta(minutes=10))
    reviewers = {row.reviewer_id for row in queries.draws(claim.id)}
    if "ends" in one and not reviewers & {street.account(name).id for name in spared}:
        _review(claim.id, one, at=reviewed_at)
    if "appeal" in one:
        claim = _appealed(claim.id, one["appeal"], by, at=reviewed_at + DAY)
    return claim


def _appealed(claim_id: int, one: Content, by: Person, *, at: datetime) -> Claim:
    again = operations.appeal(claim_id, text=Words.of(one["text"]), by=by, at=at)
    _review(again.id, one, at=at + timedelta(hours=3))
    return again


def _written(street: Street, one: Content, by: Person, *, other: Person | None, **deed: Any) -> Claim:
    """Claimed by whoever did it, or entered for them by the account of an office."""
    if "entered_by" not in one:
        return operations.claim(one["code"], by=by, other_household_id=other.household_id if other else None, **deed)
    officer = _person(street, one["entered_by"])
    assert by.household_id is not None
    return operations.enter(one["code"], household_id=by.household_id, resident_id=by.id, by=officer, **deed)


def _review(claim_id: int, one: Content, *, at: datetime) -> None:
    why = Words.of(one["why"]) if "why" in one else None
    for reviewer_id in sorted(row.reviewer_id for row in queries.draws(claim_id)):
        reviewer = people.person(reviewer_id)
        assert reviewer is not None
        operations.review(claim_id, verdict=one["ends"], amount=None, why=why, by=reviewer, at=at)


def _person(street: Street, name: str) -> Person:
    person = people.person(street.account(name).id)
    assert person is not None
    return person

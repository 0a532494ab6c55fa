"""Reads of claims. Where one stands is read from its rows and from the clock, never stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import aliased

from app.claims import drawing, rules
from app.claims.models import (
    Claim,
    ClaimAddition,
    ClaimAppeal,
    ClaimBatchLine,
    ClaimDecision,
    ClaimDraw,
    ClaimDrawEnd,
    ClaimEnd,
    ClaimNeighbour,
    ClaimPhoto,
    ClaimReview,
)
from app.claims.rules import Terms, terms_of
from app.kit.db import db
from app.kit.paging import Slice, slice_of
from app.merits.models import Award, TariffLine
from app.notices import queries as notices
from app.people.models import Household, Resident
from app.people.rules import Anyone, Person
from app.places import queries as places
from app.places.models import Place

AnyRow = Row[*tuple[Any, ...]]

_Other, _OtherGroup = aliased(Household), aliased(Place)
_Against, _Onward = aliased(ClaimAppeal), aliased(ClaimAppeal)  # which a claim is, and which was filed against it
ROUND: Any = (
    select(func.coalesce(func.max(ClaimAddition.round), 0))
    .where(ClaimAddition.claim_id == Claim.id)
    .correlate(Claim)
    .scalar_subquery()
)


def subject_of(batch_id: int) -> str:
    """What the notice of a batch is about."""
    return f"claim-batch:{batch_id}"


def subject_about(claim_id: int) -> str | None:
    """What the notice is about on which this claim is; None before it is put up."""
    batch_id = db.session.scalar(select(ClaimBatchLine.batch_id).where(ClaimBatchLine.claim_id == claim_id))
    return None if batch_id is None else subject_of(batch_id)


def because_of(claim_id: int) -> str:
    """The cause of what a claim earns."""
    return f"claim:{claim_id}"


def event_of(claim_id: int) -> str:
    """The event that a claim was counted with under the limits, where that is not the claim itself."""
    because = because_of(claim_id)
    event = db.session.scalar(select(Award.event).where(Award.because == because, Award.event != because))
    return event or ""


def terms_at(path: str) -> Terms:
    """What the places on the way to this one have set, the nearest last."""
    return terms_of({name: value for one in places.ancestors(path) for name, value in one.settings.items()})


def claims(*which: ColumnElement[bool]) -> Select[Any]:
    """Claims with their line, claimant, decision, end and batch; `round` counts how often something was added.

    `first_id` is the claim against which this one is the appeal, `again_id` the appeal against this one.
    """
    columns: tuple[Any, ...] = (
        *Claim.__table__.columns, ROUND.label("round"), ClaimDecision.confirmed, ClaimDecision.at.label("decided_at"),
        ClaimDecision.by_id.label("decided_by"), ClaimDecision.honour.label("granted_honour"),
        ClaimDecision.points.label("granted_points"), ClaimEnd.outcome.label("ended"), ClaimEnd.at.label("ended_at"),
        ClaimNeighbour.yes.label("neighbour_yes"), ClaimNeighbour.why.label("neighbour_why"),
        ClaimNeighbour.at.label("neighbour_at"), ClaimBatchLine.batch_id, ClaimBatchLine.number,
        TariffLine.behaviour, TariffLine.heading, TariffLine.assets, TariffLine.per, TariffLine.evidence,
        TariffLine.evidence_kind, TariffLine.unit, Place.path.label("place_path"), Place.name.label("community"),
        Resident.family_name, Resident.given_name, Resident.family_name_en, TariffLine.entered_by.label("office"),
        func.coalesce(ClaimEnd.appeal_until, ClaimDecision.appeal_until).label("appeal_until"),
        _Against.claim_id.label("first_id"), _Against.text.label("appeal_text"), _Against.due_at.label("appeal_due_at"),
        _Onward.again_id, _Onward.at.label("appealed_at"),
    )  # fmt: skip
    return (
        select(*columns)
        .join(TariffLine, TariffLine.id == Claim.line_id)
        .join(Place, Place.id == Claim.community_id)
        .join(Resident, Resident.id == Claim.resident_id)
        .outerjoin(ClaimDecision, ClaimDecision.claim_id == Claim.id)
        .outerjoin(ClaimEnd, ClaimEnd.claim_id == Claim.id)
        .outerjoin(ClaimBatchLine, ClaimBatchLine.claim_id == Claim.id)
        .outerjoin(ClaimNeighbour, ClaimNeighbour.claim_id == Claim.id)
        .outerjoin(_Against, _Against.again_id == Claim.id)
        .outerjoin(_Onward, _Onward.claim_id == Claim.id)
        .where(*which)
    )


def claim(claim_id: int) -> AnyRow | None:
    return db.session.execute(claims(Claim.id == claim_id)).one_or_none()


def claim_visible_to(reader: Anyone, claim_id: int) -> AnyRow | None:
    """A claim for its claimant, or the household where the line is its; who entered or reviews it; the committee.

    Who reviews an appeal reads the claim that it is about, too.
    """
    if reader.id is None:
        return None
    of_the_house = and_(TariffLine.per == "household", Claim.household_id == (reader.household_id or 0))
    of_it = ClaimDraw.claim_id.in_([Claim.id, _Onward.again_id])
    drawn = exists().where(of_it, ClaimDraw.reviewer_id == reader.id, ~has_ended())
    reach = [Place.path.startswith(path, autoescape=True) for path in reader.reaches(*rules.READERS)]
    seen = or_(Claim.resident_id == reader.id, Claim.entered_by_id == reader.id, of_the_house, drawn, *reach)
    return db.session.execute(claims(Claim.id == claim_id, seen)).one_or_none()


def has_ended() -> ColumnElement[bool]:
    """Of a `ClaimDraw`: its reviewer left the claim."""
    return exists().where(ClaimDrawEnd.draw_id == ClaimDraw.id)


def claims_of(resident_id: int, after: str | None) -> Slice:
    """What somebody claimed, the latest first."""
    return slice_of(claims(Claim.resident_id == resident_id), Claim.id, after=after)


def same(by: Person, code: str, deed_on: date) -> Sequence[AnyRow]:
    """What was claimed of that line, day and person before: id, claimed_at, how it ended, if it was not confirmed."""
    said = exists().where(
        ClaimDraw.claim_id == Claim.id, ClaimReview.draw_id == ClaimDraw.id, ClaimReview.verdict == "not_confirmed"
    )
    columns: tuple[Any, ...] = (
        Claim.id, Claim.claimed_at, ClaimEnd.outcome.label("ended"), said.label("not_confirmed"),
    )  # fmt: skip
    mine = (
        Claim.household_id == by.household_id, Claim.code == code, Claim.deed_on == deed_on,
        Claim.resident_id == by.id,
    )  # fmt: skip
    query = select(*columns).outerjoin(ClaimEnd, ClaimEnd.claim_id == Claim.id).where(*mine)
    return db.session.execute(query.order_by(Claim.attempt)).all()


# Where they stand --------------------------------------------------------------------------------------------------


def verdicts(rows: Sequence[Any]) -> Mapping[int, dict[int, str]]:
    """For each of these claims what was said in its running round, by reviewer; one statement."""
    rounds = {row.id: row.round for row in rows}
    columns: tuple[Any, ...] = (ClaimDraw.claim_id, ClaimDraw.reviewer_id, ClaimReview.round, ClaimReview.verdict)
    query = select(*columns).join(ClaimReview, ClaimReview.draw_id == ClaimDraw.id)
    said: dict[int, dict[int, str]] = defaultdict(dict)
    for one in db.session.execute(query.where(ClaimDraw.claim_id.in_(rounds))) if rounds else ():
        if one.round == rounds[one.claim_id]:
            said[one.claim_id][one.reviewer_id] = one.verdict
    return said


def lines_of(rows: Sequence[Any], at: datetime) -> dict[int, notices.Line]:
    """The lines of the notices on which these claims are, by claim; two statements."""
    put_up = {row.id: subject_of(row.batch_id) for row in rows if row.batch_id is not None}
    if not put_up:
        return {}
    found = notices.lines_of(set(put_up.values()), [str(one) for one in put_up], at)
    return {one: found[subject, str(one)] for one, subject in put_up.items() if (subject, str(one)) in found}


def states(rows: Sequence[Any], at: datetime) -> dict[int, str]:
    """Where each of these claims stands; three statements."""
    said, lines = verdicts(rows), lines_of(rows, at)
    return {
        row.id: rules.state(
            rules.Facts(
                row.needs, said.get(row.id, {}), row.confirmed, lines[row.id].state if row.id in lines else None,
                row.ended, bool(row.asks_neighbour) and row.neighbour_at is None,
            )
        )
        for row in rows
    }  # fmt: skip


# One claim ---------------------------------------------------------------------------------------------------------


def additions(*claim_ids: int) -> Sequence[AnyRow]:
    """What was added to a claim, or to the one before and its appeal, the first first."""
    columns: tuple[Any, ...] = (ClaimAddition.claim_id, ClaimAddition.round, ClaimAddition.text, ClaimAddition.at)
    ours = ClaimAddition.claim_id.in_(claim_ids)
    return db.session.execute(select(*columns).where(ours).order_by(ClaimAddition.claim_id, ClaimAddition.round)).all()


def photos(*claim_ids: int) -> Sequence[int]:
    """The uploads of a claim, or of the one before and its appeal, the first sent first."""
    ours = ClaimPhoto.claim_id.in_(claim_ids)
    return db.session.scalars(select(ClaimPhoto.upload_id).where(ours).order_by(ClaimPhoto.id)).all()


def draws(*claim_ids: int) -> Sequence[AnyRow]:
    """Who was drawn for claims, in order, and whether they are `able` to review now.

    `stepped_back` is when somebody left it again, else None.
    """
    columns: tuple[Any, ...] = (
        ClaimDraw.id, ClaimDraw.claim_id, ClaimDraw.reviewer_id, ClaimDraw.pool, ClaimDraw.at,
        ClaimDrawEnd.at.label("stepped_back"), Resident.family_name, Resident.given_name, Resident.household_id,
        drawing.able().label("able"),
    )  # fmt: skip
    return db.session.execute(
        select(*columns)
        .join(Claim, Claim.id == ClaimDraw.claim_id)
        .join(Resident, Resident.id == ClaimDraw.reviewer_id)
        .outerjoin(ClaimDrawEnd, ClaimDrawEnd.draw_id == ClaimDraw.id)
        .where(ClaimDraw.claim_id.in_(claim_ids))
        .order_by(ClaimDraw.id)
    ).all()


def reviews(claim_id: int) -> Sequence[AnyRow]:
    """What was said of a claim in all rounds, the first said first."""
    columns: tuple[Any, ...] = (
        ClaimReview.round, ClaimReview.verdict, ClaimReview.amount, ClaimReview.why, ClaimReview.at,
        ClaimDraw.reviewer_id, Resident.family_name, Resident.given_name,
    )  # fmt: skip
    return db.session.execute(
        select(*columns)
        .join(ClaimDraw, ClaimDraw.id == ClaimReview.draw_id)
        .join(Resident, Resident.id == ClaimDraw.reviewer_id)
        .where(ClaimDraw.claim_id == claim_id)
        .order_by(ClaimReview.at, ClaimReview.draw_id)
    ).all()


def other_home(household_id: int) -> AnyRow | None:
    """The group and the door of the other household of a deed."""
    columns: tuple[Any, ...] = (_Other.door, _OtherGroup.name.label("group"))
    return db.session.execute(
        select(*columns).join(_OtherGroup, _OtherGroup.id == _Other.group_id).where(_Other.id == household_id)
    ).one_or_none()


def household_behind(group_id: int, door: str) -> int | None:
    """The household behind a door of a group, however the spaces are typed."""
    plain = func.replace(Household.door, " ", "")
    return db.session.scalar(
        select(Household.id).where(Household.group_id == group_id, plain == door.replace(" ", "")).limit(1)
    )


def path_of(claim_id: int) -> str | None:
    """Where a claim stands, for entries that it led to."""
    known = db.session.scalar(select(Claim.id).where(Claim.id == claim_id))
    return f"/points/claims/{known}" if known else None

"""Who is drawn to review a claim, and who may still: by little work lately, then by a lot that anybody can draw (I22).

The lot is the digest of the numbers of claim and reviewer. Nobody reviews for the own household, for one that the deed
was done for, or for one that they declared a conflict with; nor what they or their household entered, nor an appeal in
which they had a hand. The reviewers of a claim come from different households. Where the own review group has nobody
left, that of another community of the street is asked, then the committee. Claimed anew, a deed goes back to those who
have looked at it.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from app.claims import rules
from app.claims.hands import had_a_hand, of_the_same_deed
from app.claims.models import Claim, ClaimDraw, ClaimDrawEnd, ClaimReview, ReviewConflict
from app.kit.db import db
from app.people.models import Resident, Role
from app.places.models import Place

POOLS = ("own", "other", "committee")

_Held, _Community, _Earlier, _Mate = aliased(Place), aliased(Place), aliased(Claim), aliased(Resident)


def drawn(claim_id: int, *, seats: int, before: Sequence[Any], at: datetime) -> list[tuple[int, str]]:
    """Reviewers for so many seats of a claim, each with the pool they come from; fewer when nobody is left.

    `before` are the draws of it so far, whether they stayed or not: nobody of these households is drawn again.
    """
    chosen: list[tuple[int, str]] = []
    known = {one.reviewer_id for one in before}
    homes = {one.household_id for one in before} - {None}
    for pool in POOLS:
        for one in _candidates(claim_id, pool, at) if len(chosen) < seats else ():
            if len(chosen) < seats and one.id not in known and one.household_id not in homes:
                chosen.append((one.id, pool))
                known.add(one.id)
                homes |= {one.household_id} - {None}
    return chosen


def standing(seats: Sequence[Any], spoke: Collection[int]) -> list[Any]:
    """The seats that stand: of reviewers who spoke in the running round, and of those who still may speak in it.

    `seats` are draws that nobody stepped back from. Of one household only one may.
    """
    homes = {one.household_id for one in seats if one.reviewer_id in spoke} - {None}
    stays = []
    for one in seats:
        if one.reviewer_id in spoke:
            stays.append(one)
        elif one.able and one.household_id not in homes:
            stays.append(one)
            homes |= {one.household_id} - {None}
    return stays


def able() -> ColumnElement[bool]:
    """Whether a `Resident` may review a `Claim`, out of whichever pool; for a query of both."""
    return and_(Resident.id.in_(_holders(*POOLS)), _is_free())


def _candidates(claim_id: int, pool: str, at: datetime) -> list[Any]:
    """Who may be drawn: those who know the deed, then whoever had least to do lately."""
    lately = ClaimDraw.reviewer_id == Resident.id, ClaimDraw.at > at - rules.LATELY
    work = select(func.count()).where(*lately).correlate(Resident).scalar_subquery()
    stayed = ~exists().where(ClaimDrawEnd.draw_id == ClaimDraw.id)
    knows = exists().where(of_the_same_deed(_Earlier), ClaimDraw.claim_id == _Earlier.id, stayed, lately[0])
    columns: tuple[Any, ...] = (Resident.id, Resident.household_id, work.label("work"), knows.label("knows"))
    free = Claim.id == claim_id, Resident.id.in_(_holders(pool)), _is_free()
    rows = db.session.execute(select(*columns).where(*free)).all()
    return sorted(rows, key=lambda row: (not row.knows, row.work, lot(claim_id, row.id)))


def _holders(*pools: str) -> Select[Any]:
    """Who holds a role that a claim asks for."""
    reaches = _Community.path.startswith(_Held.path)
    of_the_street = and_(_Held.parent_id == _Community.parent_id, _Held.id != _Community.id)
    which = {
        "own": and_(Role.role.in_(rules.REVIEWERS), reaches),
        "other": and_(Role.role.in_(rules.REVIEWERS), of_the_street),
        "committee": and_(Role.role.in_(rules.COMMITTEE), reaches),
    }
    living = Role.ended_at.is_(None), _Held.id == Role.place_id, _Community.id == Claim.community_id
    return select(Role.resident_id).where(*living, or_(*(which[pool] for pool in pools)))


def _is_free() -> ColumnElement[bool]:
    """Whether nothing keeps a `Resident` from judging a `Claim`."""
    homes = [Claim.household_id, Claim.other_household_id]
    lives_there = func.coalesce(Resident.household_id.in_(homes), false())
    conflict = exists().where(ReviewConflict.reviewer_id == Resident.id, ReviewConflict.household_id.in_(homes))
    ours = or_(_Mate.id == Resident.id, _Mate.household_id == Resident.household_id)
    took_part = had_a_hand(lambda who, _since: exists().where(_Mate.id == who, ours).correlate_except(_Mate))
    entered = exists().where(_Mate.id == Claim.entered_by_id, ours).correlate_except(_Mate)
    nobodys = and_(Resident.disabled_at.is_(None), Resident.id != Claim.resident_id)
    return and_(nobodys, ~lives_there, ~conflict, ~took_part, ~entered)


def lot(claim_id: int, reviewer_id: int) -> str:
    """What decides between reviewers who had equally much to do."""
    return hashlib.sha256(f"{claim_id}:{reviewer_id}".encode()).hexdigest()


def who_reviewed(claim_ids: Collection[int]) -> Mapping[int, set[int]]:
    """For each of these claims who said anything of it, in whichever round."""
    said: dict[int, set[int]] = defaultdict(set)
    query = select(ClaimDraw.claim_id, ClaimDraw.reviewer_id).join(ClaimReview, ClaimReview.draw_id == ClaimDraw.id)
    for claim_id, reviewer_id in db.session.execute(query.where(ClaimDraw.claim_id.in_(claim_ids))):
        said[claim_id].add(reviewer_id)
    return said

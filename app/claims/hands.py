"""Who had a hand in a claim before it was appealed: those who were drawn for the deed, who objected, who answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, literal, or_, select
from sqlalchemy.orm import aliased

from app.claims.models import Claim, ClaimAppeal, ClaimBatchLine, ClaimDraw
from app.notices.models import Notice, Objection, ObjectionEnd

_Before, _Drawn = aliased(Claim), aliased(ClaimDraw)


def had_a_hand(fits: Callable[[Any, Any], ColumnElement[bool]]) -> ColumnElement[bool]:
    """Of a `Claim` that is an appeal: whether there is somebody whose number, and moment in time, fit."""
    subject = literal("claim-batch:") + cast(ClaimBatchLine.batch_id, String)
    line = and_(Objection.notice_id == Notice.id, Objection.line_key == cast(_Before.id, String))
    put_up = _before().join(ClaimBatchLine, ClaimBatchLine.claim_id == _Before.id)
    objections = put_up.join(Notice, Notice.subject == subject).join(Objection, line)
    parts = (
        _before().join(_Drawn, _Drawn.claim_id == _Before.id).where(fits(_Drawn.reviewer_id, _Drawn.at)),
        objections.where(fits(Objection.by_id, Objection.filed_at)),
        objections.join(ObjectionEnd).where(fits(ObjectionEnd.by_id, ObjectionEnd.at)),
    )
    return or_(*(part.exists() for part in parts))


def _before() -> Select[Any]:
    """The claims of the same deed before the appeal."""
    appealed = and_(of_the_same_deed(_Before), ClaimAppeal.again_id == Claim.id)
    return select(_Before.id).join(ClaimAppeal, appealed)


def of_the_same_deed(earlier: Any) -> ColumnElement[bool]:
    """Of a `Claim`: whether this is the same deed, claimed before it."""
    same = (getattr(earlier, name) == getattr(Claim, name) for name in ("household_id", "code", "deed_on"))
    return and_(*same, earlier.resident_id == Claim.resident_id, earlier.attempt < Claim.attempt)

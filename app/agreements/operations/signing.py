"""Sign for a household."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.agreements import queries, rules
from app.agreements.events import Signed
from app.agreements.models import Signature
from app.kit import clock
from app.kit.bus import announce
from app.kit.db import db, insert_into
from app.kit.refusal import refuse_if
from app.people.rules import Person


def sign(agreement_id: int, *, wish: int | None, by: Person, at: datetime) -> Signature:
    """Sign the version in force for one's household, once, whoever of the family presses first. Announces `Signed`.

    `wish` is the number of the version that was read; when another one came into force meanwhile nothing is signed.
    """
    row = queries.agreement(agreement_id, by)
    assert row is not None
    versions = queries.versions_of([agreement_id], at)[agreement_id]
    now = queries.in_force(versions)
    number = now.number if now else 0
    first = by.household_id is not None and _first(by.household_id)
    facts: dict[str, Any] = {
        "state": now.state if now else "", "wish": wish, "number": number, "place_path": row.place_path,
        "on": clock.local(at).date(),
    }  # fmt: skip
    mine = queries.signatures_of(by.household_id or 0, agreement_id)
    refuse_if(rules.sign_refusal(by, signed=number in mine, **facts))
    assert now is not None
    signature_id = db.session.scalar(_put_in(now.id, by=by, at=at))
    # Of a family that presses at once one signs: unique(version, household) has the last word.
    refuse_if(rules.sign_refusal(by, signed=signature_id is None, **facts))
    signature = db.session.scalars(select(Signature).where(Signature.id == signature_id)).one()
    announce(
        Signed(
            signature_id=signature.id, agreement_id=agreement_id, version_id=now.id,
            household_id=signature.household_id, resident_id=by.id, first=first, at=at,
        )
    )  # fmt: skip
    return signature


def _first(household_id: int) -> bool:
    """Whether the household has signed no agreement yet."""
    return db.session.scalar(select(Signature.id).where(Signature.household_id == household_id).limit(1)) is None


def _put_in(version_id: int, *, by: Person, at: datetime) -> Any:
    return (
        insert_into(Signature)
        .values(version_id=version_id, household_id=by.household_id, resident_id=by.id, signed_at=at)
        .on_conflict_do_nothing()
        .returning(Signature.id)
    )

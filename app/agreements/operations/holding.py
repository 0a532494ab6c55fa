"""An agreement that nobody else changes until the end, and the one way in which a version takes a step."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.agreements import queries, rules, searchable
from app.agreements.models import Agreement, Version, VersionChange
from app.kit import audit, search
from app.kit.db import db, locked
from app.kit.refusal import Refusal, refuse_if
from app.kit.words import Words
from app.people.rules import Person


def locked_agreement(agreement_id: int) -> Agreement:
    """Everything that changes an agreement or one of its versions waits here for its turn."""
    query = locked(select(Agreement).where(Agreement.id == agreement_id))
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def locked_version(version_id: int) -> tuple[Agreement, Version]:
    """A version as it is once it is this act's turn, and its agreement."""
    agreement_id = db.session.scalars(select(Version.agreement_id).where(Version.id == version_id)).one()
    agreement = locked_agreement(agreement_id)
    query = select(Version).where(Version.id == version_id).execution_options(populate_existing=True)
    return agreement, db.session.scalars(query).one()


def who_is(by: Person, agreement: Agreement) -> frozenset[str]:
    return rules.who_is(by, place_path=agreement.place_path, edits=queries.is_editor(by, agreement.id))


def step_refusal(
    agreement: Agreement, version: Version, action: str, by: Person | None, why: Words | None
) -> Refusal | None:
    who = who_is(by, agreement) if by else frozenset({"house"})
    return rules.step_refusal(version.stage, action, who, reasoned=why is not None)


def move(
    agreement: Agreement, version: Version, action: str, *, by: Person | None, at: datetime, why: Words | None = None,
    pressed_at: datetime | None = None,
) -> None:  # fmt: skip
    """Take one step of the life cycle and write it on the timeline. `by` None: the house itself.

    `pressed_at` is when somebody did it, for the audit, where that is not the instant `at` from which the step counts.
    """
    refuse_if(step_refusal(agreement, version, action, by, why))
    version.stage, version.stage_since = rules.LIFE.after(version.stage, action), at
    tell(agreement, version, action, by=by, at=at, why=why, pressed_at=pressed_at)
    db.session.flush()
    search.renew(searchable.KIND, agreement.id, searchable.documents(only=agreement.id))


def tell(
    agreement: Agreement, version: Version, action: str, *, by: Person | None, at: datetime, why: Words | None = None,
    pressed_at: datetime | None = None,
) -> None:  # fmt: skip
    """Write on the version's timeline what happened to it, and for staff in the log."""
    as_staff = by is not None and by.holds(*rules.STAFF, at=agreement.place_path)
    db.session.add(
        VersionChange(
            version_id=version.id, at=at, action=action, to_stage=version.stage, by_id=by.id if by else None,
            as_staff=as_staff, why=why,
        )
    )  # fmt: skip
    if as_staff and by is not None:
        audit.note(
            f"agreements.{action}", f"agreement:{agreement.id}", actor_id=by.id, at=pressed_at or at,
            place_id=agreement.place_id, version=version.number,
        )  # fmt: skip

"""What people are told about agreements."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import exists, select

from app.agreements.events import ConsultationOpened, Signed
from app.agreements.models import Agreement, Signature, Version
from app.kit import clock
from app.kit.db import db
from app.kit.refusal import N_
from app.messages import operations as messages
from app.messages.rules import describe, describe_group
from app.people.models import Resident
from app.telling.whom import adults_at

REMIND_FOR = timedelta(days=14)  # how long from its day of effect the reminder to sign stands in the inbox

describe_group("agreements", N_("Agreements"))
describe(
    "agreements.consulting",
    name=N_("A new text of an agreement is out for comment"),
    subject=N_('"%(title)s" is out for comment'),
    text=N_("Propose changes to its articles until %(until)s; the editors answer each one."),
)
describe(
    "agreements.signing",
    name=N_("An agreement comes into force and my household has not signed"),
    subject=N_('"%(title)s" is in force'),
    text=N_("Your household has not signed this version yet. Read it, and sign if you agree."),
)


def consultation_opened(event: ConsultationOpened) -> None:
    """Everybody of age who lives there."""
    messages.tell_all(
        adults_at(event.place_path, event.at), "agreements.consulting",
        values={"title": event.title, "until": event.until},
        href=f"/agreements/{event.agreement_id}", because=f"consulting:{event.version_id}", at=event.at,
    )  # fmt: skip


def signed(event: Signed) -> None:
    """One of the household signed, so nobody of it needs to."""
    messages.take_back(_signing(event.version_id), households=[event.household_id])


def remind_to_sign(at: datetime) -> int:
    """For `flask tick`: from its first day in force, the households that have not signed a version; how many people."""
    today = clock.local(at).date()
    begun = Version.effective_from <= today, Version.effective_from > today - REMIND_FOR
    query = select(Version.id).where(Version.stage == "adopted", ~Version.repeals, *begun)
    return sum(_remind(version_id) for version_id in db.session.scalars(query.order_by(Version.id)).all())


def _remind(version_id: int) -> int:
    found = select(Agreement.id, Agreement.title, Agreement.place_path, Version.effective_from)
    version = db.session.execute(
        found.join(Version, Version.agreement_id == Agreement.id).where(Version.id == version_id)
    ).one()
    # Whoever signed while the last run was writing is not reminded for longer than until this one.
    homes = db.session.scalars(select(Signature.household_id).where(Signature.version_id == version_id))
    messages.take_back(_signing(version_id), households=homes.all())
    by_us = exists().where(Signature.version_id == version_id, Signature.household_id == Resident.household_id)
    first_day = clock.day_bounds(version.effective_from)[0]
    return messages.tell_all(
        adults_at(version.place_path, first_day).where(~by_us), "agreements.signing",
        values={"title": version.title}, href=f"/agreements/{version.id}", because=_signing(version_id), at=first_day,
        holds_until=clock.day_bounds(version.effective_from + REMIND_FOR)[0],
    )  # fmt: skip


def _signing(version_id: int) -> str:
    return f"signing:{version_id}"

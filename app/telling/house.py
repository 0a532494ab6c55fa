"""What administrators are told about the house itself."""

from __future__ import annotations

import hashlib

from sqlalchemy import select

from app.kit.proof import FaultsFound
from app.kit.refusal import N_
from app.messages import operations as messages
from app.messages.rules import describe
from app.people.models import Role

describe(
    "house.faults",
    subject=N_("The check of all records found something that does not fit"),
    text=N_(
        "Faults that flask verify found: %(num)s, the first at %(where)s (%(invariant)s). Ask whoever runs the server "
        "for the whole list, and let nobody change anything before it is understood."
    ),
    switchable=False, way="now", duty=True,
)  # fmt: skip


def faults_found(event: FaultsFound) -> None:
    """Every administrator, once for the same faults, however often they are found."""
    first = event.faults[0]
    named = "\n".join(sorted(f"{one.invariant} {one.where}" for one in event.faults))
    admins = select(Role.resident_id).where(Role.role == "admin", Role.ended_at.is_(None))
    messages.tell_all(
        admins, "house.faults",
        values={"num": len(event.faults), "where": first.where, "invariant": first.invariant}, href="/seals",
        because=f"verify:{hashlib.sha256(named.encode()).hexdigest()[:32]}", at=event.at,
    )  # fmt: skip

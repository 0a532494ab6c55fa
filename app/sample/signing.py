"""Who signed which version of an agreement, and when."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from app.agreements.models import Signature
from app.sample.content import Content
from app.sample.deeds import Deed, Deeds
from app.sample.homes import Home
from app.sample.street_people import Street
from app.sample.writing import insert_all

SPREAD = timedelta(days=45)  # who signs does so soon after the day of effect
UNDECIDED = ("resident", "b-resident", "voter001", "voter002", "voter003")  # for trying it out


def undecided(street: Street) -> set[Home]:
    """Households that have yet to sign the newest text."""
    return {street.village.home_of[street.account(name)] for name in UNDECIDED}


def sign(
    street: Street, homes: Sequence[Home], version_id: int, number: int, *, first: datetime, but: Collection[Home],
    rng: random.Random,
) -> list[Content]:  # fmt: skip
    """So many of these households, each by an adult of it, from that moment on."""
    able = [home for home in homes if home.adults and home not in but]
    minutes = int(min(street.at - first, SPREAD).total_seconds() // 60) - 12 * 60
    return [
        {
            "version_id": version_id, "household_id": home.id, "resident_id": home.adults[0].id,
            "signed_at": first + timedelta(minutes=rng.randrange(max(1, minutes))),
        }
        for home in rng.sample(able, min(len(able), number))
    ]  # fmt: skip


def keep(street: Street, signatures: list[Content], deeds: Deeds) -> None:
    """Store them in the order of signing; the first one of a household earns it something (R01)."""
    signatures.sort(key=lambda row: row["signed_at"])
    ids = insert_all(Signature, signatures)
    who = {one.id: one for home in street.village.homes for one in home.adults}
    signed: set[int] = set()
    for signature_id, row in zip(ids, signatures, strict=True):
        if row["household_id"] not in signed:
            signed.add(row["household_id"])
            at = row["signed_at"]
            deeds.add(Deed("R01", who[row["resident_id"]], f"signature:{signature_id}", at, at, None))

"""Writes of rankings: agreeing to be shown, and taking it back. Standings themselves are never written."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.kit import clock
from app.kit.db import db, locked
from app.kit.refusal import refuse_if
from app.people.models import Household
from app.people.rules import Person
from app.rankings import queries
from app.rankings.models import Listing, ListingChange
from app.rankings.nicknames import folded, nickname_refusal, tidied
from app.rankings.rules import ShownAs, consent_refusal


def agree_to_be_listed(*, shown_as: ShownAs, nickname: str = "", by: Person, at: datetime) -> Listing:
    """The household may stand on public lists from now on, by the masked name of whoever says so or by a nickname.

    Raises `Refused` for anybody but a verified adult, and for a nickname that will not do.
    """
    refuse_if(consent_refusal(by, at=at))
    household_id = _lock(by)
    nickname = tidied(nickname) if shown_as == "nickname" else ""
    key = folded(nickname) if nickname else None
    if shown_as == "nickname":
        taken = queries.nickname_taken(key or "", but=household_id)
        names = queries.names_of(household_id, on=clock.local(at).date())
        refuse_if(nickname_refusal(nickname, names=names, taken=taken))
    listing = queries.listing(household_id) or Listing(household_id=household_id)
    listing.shown_as, listing.nickname, listing.nickname_key = shown_as, nickname, key
    listing.agreed_by, listing.agreed_at = by.id, at
    db.session.add(listing)
    db.session.add(ListingChange(household_id=household_id, shown_as=shown_as, resident_id=by.id, at=at))
    return listing


def withdraw_from_lists(*, by: Person, at: datetime) -> None:
    """The household is shown nowhere from the next request on; any of its adults may say so. It still counts."""
    refuse_if(consent_refusal(by, at=at))
    listing = queries.listing(_lock(by))
    if listing is None:
        return
    db.session.delete(listing)
    db.session.add(ListingChange(household_id=listing.household_id, shown_as="none", resident_id=by.id, at=at))


def _lock(by: Person) -> int:
    """Two adults of one household decide one after the other."""
    return db.session.execute(locked(select(Household.id).where(Household.id == by.household_id))).scalar_one()

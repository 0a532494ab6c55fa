"""Which households agreed to be shown on public lists, and how (people.yaml, consent)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from app.kit.db import db
from app.rankings.models import Listing, ListingChange
from app.rankings.nicknames import folded, nickname_refusal
from app.sample.content import Content
from app.sample.homes import Home
from app.sample.street_people import Street

_UNDECIDED = ("resident", "b-resident")  # for trying the consent out


def agree(street: Street, people: Content) -> None:
    """Not quite half of the households; a nickname belongs to one household, so most go by a masked name."""
    rng = street.rng
    undecided = {street.village.home_of[street.account(name)] for name in _UNDECIDED}
    homes = [home for home in street.village.homes if home not in undecided]
    consent = people["consent"]
    agreed = rng.sample(homes, round(consent["public_list_by_household"] * len(street.village.homes)))
    fitting = [one["zh"] for one in people["nicknames"] if nickname_refusal(one["zh"]) is None]
    nicknames = iter(fitting if street.is_first else [])
    listings, changes = [], []
    for home in agreed:
        nickname = next(nicknames, "") if rng.random() < consent["of_these_nickname"] else ""
        listings.append(_listing(street, home, nickname))
        changes.append(
            {
                "household_id": home.id, "shown_as": listings[-1]["shown_as"], "resident_id": home.adults[0].id,
                "at": listings[-1]["agreed_at"],
            }
        )  # fmt: skip
    db.session.execute(insert(Listing), listings)
    db.session.execute(insert(ListingChange), changes)


def _listing(street: Street, home: Home, nickname: str) -> dict[str, Any]:
    return {
        "household_id": home.id, "shown_as": "nickname" if nickname else "masked", "nickname": nickname,
        "nickname_key": folded(nickname) if nickname else None, "agreed_by": home.adults[0].id,
        "agreed_at": street.at - timedelta(minutes=street.rng.randrange(60 * 24, 50 * 60 * 24)),
    }  # fmt: skip

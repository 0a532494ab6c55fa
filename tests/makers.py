"""Things for tests to work with, made the way the house makes them. Makers never choose ids."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from flask.testing import FlaskClient

from app.kit import clock
from app.kit.db import db, transaction
from app.kit.words import Words
from app.people import operations as people_operations
from app.people import passwords, queries
from app.people.models import Household, Resident, Role
from app.people.rules import Person
from app.places.models import Place
from app.places.operations import found_place

PASSWORD = "four quiet herons"
NOON = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)  # Wednesday 18 November 2026, 12:00 in the village

_number = count(1)


def noon() -> AbstractContextManager[None]:
    """Hold the clock at noon of the test day."""
    return clock.fixed(NOON)


@dataclass(frozen=True)
class Street:
    """A street with two communities; each has one compound, one grid and two groups. Places by name, each a `Place`."""

    street: Place
    community: Place
    grid: Place
    group: Place
    other_group: Place
    village: Place
    village_group: Place


def a_street() -> Street:
    street = _place("street", "Hetang")
    community, village = _place("community", "Wutongli", street), _place("village", "Weibang", street)
    compound, hamlet = _place("compound", "Court", community), _place("hamlet", "Dongbang", village)
    grid, village_grid = _place("grid", "G1", compound), _place("grid", "G2", hamlet)
    return Street(
        street, community, grid, _place("group", "G1-1", grid), _place("group", "G1-2", grid),
        village, _place("group", "G2-1", village_grid),
    )  # fmt: skip


def _place(kind: str, name: str, parent: Place | None = None) -> Place:
    number = next(_number)
    return found_place(
        kind=kind,
        code=f"t{number}",
        name=Words(zh=f"{name}{number}号", en=f"{name} {number}"),
        parent=parent,
        households=1,
    )


def a_household(group: Place, *, door: str | None = None) -> Household:
    ids = [int(part) for part in group.path.split("/") if part]
    street_id, community_id, grid_id = ids[0], ids[1], ids[-2]
    household = Household(
        street_id=street_id, community_id=community_id, grid_id=grid_id, group_id=group.id,
        door=door or f"{next(_number)}号楼101", joined_on=date(2020, 1, 1),
    )  # fmt: skip
    db.session.add(household)
    db.session.flush()
    return household


def a_resident(household: Household | None = None, *, verified: bool = True, **values: Any) -> Resident:
    """An adult of that household with an account; `verified=False` for a newcomer."""
    number = next(_number)
    known: dict[str, Any] = {
        "family_name": "张", "given_name": f"秀{number}", "family_name_en": "Zhang", "born_on": date(1980, 5, 1),
        "sign_in_name": f"person{number}", "password_hash": passwords.hashed(PASSWORD),
        "verified_at": NOON if verified and household else None,
    }  # fmt: skip
    resident = Resident(household_id=household.id if household else None, **(known | values))
    db.session.add(resident)
    db.session.flush()
    return resident


def give(role: str, resident: Resident, place: Place) -> None:
    db.session.add(Role(resident_id=resident.id, role=role, place_id=place.id, since=NOON))
    db.session.flush()


def as_person(resident: Resident) -> Person:
    """The resident as rules and operations take them."""
    person = queries.person(resident.id)
    assert person is not None
    return person


def kept() -> AbstractContextManager[None]:
    """`with kept(): ...` commits what is made inside, so that requests of a test client see it."""
    return transaction()


def sign_in(client: FlaskClient, resident_id: int) -> FlaskClient:
    """Sign a test client in without the form (the form has its own tests)."""
    with transaction():
        resident = db.session.get(Resident, resident_id)
        assert resident is not None
        token = people_operations.start_sign_in(resident, device="", at=clock.now())
    with client.session_transaction() as session:
        session.clear()
        session["_user_id"] = token
        session["_fresh"] = True
    return client


def token_of(client: FlaskClient, path: str = "/sign-in") -> str:
    """A CSRF token that fits this client's session, read from a page as a browser would."""
    html = client.get(path, follow_redirects=True).get_data(as_text=True)
    return html.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]


def post(client: FlaskClient, path: str, *, htmx: bool = False, **fields: Any) -> Any:
    """Post a form as a browser would, with the token of the session."""
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(path, data={"csrf_token": token_of(client), **fields}, headers=headers)

"""Places, households, residents and roles, written in a few large statements."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from app.kit import clock
from app.kit.db import db
from app.kit.words import Words
from app.people import passwords
from app.people.models import Household, Resident, Role
from app.places.models import Place
from app.places.operations import found_place, open_spot
from app.sample.accounts import PASSWORD, Village
from app.sample.content import Content
from app.sample.homes import Home, Someone
from app.sample.writing import insert_all

YEAR = 365  # days of life that are loaded


@dataclass
class Street:
    """The street as it was loaded: places and spots by their keys in the file, its people, the moment of loading.

    `days` is how far back its life reaches. `number` counts the pairs of communities of an enlarged street; the first
    is the one that everybody knows, the others have the same keys here and bear a number in the database.
    """

    places: dict[str, Place]
    spots: dict[str, int]
    village: Village
    at: datetime
    rng: random.Random
    days: int = YEAR
    number: int = 1

    @property
    def is_first(self) -> bool:
        return self.number == 1

    @property
    def source(self) -> str:
        """Under which name the rooms know what was loaded from the files for this pair of communities."""
        return "sample" if self.is_first else f"sample-{self.number}"

    @property
    def mark(self) -> str:
        """What its codes begin with."""
        return "" if self.is_first else str(self.number)

    @property
    def today(self) -> date:
        return clock.local(self.at).date()

    def account(self, name: str) -> Someone:
        return self.village.accounts[name]

    def community(self, code: str) -> Place:
        """The community in which a place lies; the street itself for `s`."""
        place = self.places[code]
        return self.places[code[0].lower()] if code != "s" else place


def load_places(
    places: Content, *, number: int = 1, street: Place | None = None
) -> tuple[dict[str, Place], dict[str, int]]:
    """The street and everything under it; households of a group are counted upwards by the file itself.

    A further pair of communities comes under the same street, and its codes begin with its number.
    """
    mark = "" if number == 1 else str(number)
    total = sum(one["households"] for one in places["communities"])
    made = {"s": street or _found(places["street"], "street", "s", None, total)}
    if street is not None:
        street.households += total
    for one in places["communities"]:
        made[one["key"]] = _found(_numbered(one, number), one["kind"], mark + one["key"], made["s"], one["households"])
    for one in places["compounds"]:
        made[one["key"]] = _found(one, one["kind"], mark + one["key"], made[one["community"]], one["households"])
    for grid in places["grids"]:
        made[grid["code"]] = _found(grid, "grid", mark + grid["code"], made[grid["compound"]], grid["households"])
        for one in grid["groups"]:
            made[one["code"]] = _found(one, "group", mark + one["code"], made[grid["code"]], one["households"])
    return made, _spots(places, made, mark)


def _spots(places: Content, made: dict[str, Place], mark: str) -> dict[str, int]:
    """The ids of the places to meet, by their keys."""
    spots = {}
    for one in places["spots"]:
        hours = Words.of(one["open"]) if "open" in one else None
        name = Words.of(one["name"])
        spot = open_spot(mark + one["key"], place=made[one["place"]], kind=one["kind"], name=name, open_hours=hours)
        db.session.flush()
        spots[one["key"]] = spot.id
    return spots


def _found(one: Content, kind: str, code: str, parent: Place | None, households: int) -> Place:
    intro, committee = (Words.of(one[name]) if name in one else None for name in ("intro", "committee"))
    return found_place(
        kind=kind, code=code, name=Words.of(one["name"]), parent=parent, intro=intro, committee=committee,
        households=households,
    )  # fmt: skip


def _numbered(community: Content, number: int) -> Content:
    """A further community is called like the first: 梧桐里第2社区, Wutongli Community 2."""
    if number == 1:
        return community
    name = community["name"]
    stem, ending = (name["zh"][:-2], name["zh"][-2:]) if name["zh"].endswith("社区") else (name["zh"], "")
    zh = f"{stem}第{number}{ending}" if ending else f"{stem[:-1]}{number}{stem[-1]}"
    return {**community, "name": {"zh": zh, "en": f"{name['en']} {number}"}}


def load_people(
    village: Village, places: dict[str, Place], *, at: datetime, rng: random.Random, sign_in: bool = True
) -> None:
    """Everybody, with ids given back to the generated people; without `sign_in` nobody has an account."""
    today = clock.local(at).date()
    given = insert_all(Household, [_household(home, places, today, rng) for home in village.homes])
    for home, one_id in zip(village.homes, given, strict=True):
        home.id = one_id
    password_hash = passwords.hashed(PASSWORD)  # once: it is the same for all, and slow on purpose
    everybody = [(one, home) for home in village.homes for one in home.people]
    rows = [_resident(one, home, password_hash, at=at, rng=rng) for one, home in everybody]
    for name, (who, door) in village.newcomers.items():
        claim = {"household_id": None, "claimed_grid_id": places[door.grid].id, "claimed_door": door.door}
        rows.append(_resident(who, door, password_hash, at=at, rng=rng) | claim | {"sign_in_name": name})
    if not sign_in:
        rows = [row | {"sign_in_name": None, "password_hash": None} for row in rows]
    people = [one for one, _ in everybody] + [who for who, _ in village.newcomers.values()]
    for who, one_id in zip(people, insert_all(Resident, rows), strict=True):
        who.id = one_id
    db.session.execute(
        insert(Role),
        [
            {
                "resident_id": who.id, "role": role, "place_id": places[code].id,
                "since": at - timedelta(days=rng.randrange(60, 900)),
            }
            for who, role, code in village.roles
        ],
    )  # fmt: skip


def _household(home: Home, places: dict[str, Place], today: date, rng: random.Random) -> dict[str, Any]:
    lately = rng.random() < 0.04
    return {
        "street_id": places["s"].id, "community_id": places[home.community].id, "grid_id": places[home.grid].id,
        "group_id": places[home.group].id, "door": home.door,
        "joined_on": today - timedelta(days=rng.choice((20, 45, 80)) if lately else rng.randrange(120, 1500)),
    }  # fmt: skip


def _resident(one: Someone, home: Home, password_hash: str, *, at: datetime, rng: random.Random) -> dict[str, Any]:
    verified_at = at - timedelta(minutes=rng.randrange(100 * 24 * 60, 1000 * 24 * 60)) if one.verified else None
    return {
        "household_id": home.id, "family_name": one.surname.zh, "given_name": one.given,
        "family_name_en": one.surname.en, "born_on": one.born_on, "verified_at": verified_at, "language": one.language,
        "demo": True, "sign_in_name": one.account, "password_hash": password_hash if one.account else None,
        "claimed_grid_id": None, "claimed_door": "",
    }  # fmt: skip

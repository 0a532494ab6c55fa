"""The wall of the service hall: departments, the service team of each grid, the service guide."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select

from app.grid.models import Department, GuideMatter, TeamMember, TeamRoster
from app.kit.db import db
from app.kit.words import Words
from app.sample.content import Content
from app.sample.homes import Someone
from app.sample.street_people import Street
from app.sample.writing import insert_all

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Who is on our register among the places of a team: the role they hold, and the how-manieth holder of the grid.
_HOLDERS = {"leader": ("grid", 0), "member": ("grid", 1)}
STAFF = Words(zh="社区工作人员", en="community staff")


def load_hall(street: Street, content: Content) -> dict[str, int]:
    """Everything on the wall; the ids of the departments by their keys."""
    street_id = street.places["s"].id
    departments = content["departments"]
    if not street.is_first:  # they are the whole street's
        _load_teams(street, content["service_team"])
        known = db.session.execute(select(Department.key, Department.id).where(Department.street_id == street_id))
        return {row.key: row.id for row in known}
    rows = [{"street_id": street_id, "key": one["key"], "name": Words.of(one["name"])} for one in departments]
    ids = insert_all(Department, rows)
    _load_teams(street, content["service_team"])
    windows = {one["key"]: Words.of(one["name"]) for one in content["windows"]}
    db.session.execute(
        insert(GuideMatter),
        [
            {
                "street_id": street_id, "key": one["key"], "name": Words.of(one["name"]),
                "window": windows[one["window"]], "papers": one["papers"], "working_days": one["working_days"],
            }
            for one in content["service_guide"]
        ],
    )  # fmt: skip
    return {one["key"]: one_id for one, one_id in zip(departments, ids, strict=True)}


def _load_teams(street: Street, team: Content) -> None:
    roles = {one["key"]: one for one in team["roles"]}
    members, rosters = [], []
    for one in team["roster"]:
        grid_id = street.places[one["grid"]].id
        for position, key in enumerate(one["team"]):
            members.append({"grid_id": grid_id, "position": position, **_member(street, one["grid"], roles, key)})
        rosters.append(
            {
                "grid_id": grid_id, "night_days": [_WEEKDAYS.index(day) for day in one["night_duty"]],
                "night_from": one["night_from"], "night_to": one["night_to"],
                "meets_on": _WEEKDAYS.index(one["meets"]["weekday"]), "meets_at": one["meets"]["at"],
            }
        )  # fmt: skip
    db.session.execute(insert(TeamMember), members)
    db.session.execute(insert(TeamRoster), rosters)


def _member(street: Street, grid: str, roles: dict[str, Content], key: str) -> dict[str, Any]:
    role, stand_in = roles[key], roles[key]["stand_in"]
    who, other = _who(street, grid, key), _who(street, grid, stand_in)
    return {
        "key": key, "role": Words.of(role["role"]), "duty": Words.of(role["duty"]), "reach": Words.of(role["reach"]),
        "resident_id": who.id if who else None,
        "stand_in": Words.of(roles[stand_in]["role"]) if stand_in in roles else STAFF,
        "stand_in_id": other.id if other else None,
    }  # fmt: skip


def _who(street: Street, grid: str, key: str) -> Someone | None:
    if key in _HOLDERS:
        role, number = _HOLDERS[key]
        return street.village.holders(role, grid)[number]
    if key == "part_time":
        return street.village.holders("leader", f"{grid}-1")[0]
    return None

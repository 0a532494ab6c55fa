"""Members of a community currency become households of one community, with what they had: all of them, or nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from app.cli.formats.community_accounts import CommunityAccount, account
from app.cli.formats.reading import BadLine, Items, NotReadable, Sheet, Trouble
from app.cli.intake.batches import Count
from app.kit import audit, clock
from app.kit.db import db, one_at_a_time, transaction
from app.kit.words import Words
from app.people.models import Household
from app.places.models import Place
from app.places.operations import found_place
from app.places.queries import place_by_code
from app.points import bringing_in
from app.points.bringing_in import Opening, Sums

SOURCE = "Sarafu"
_CODE = "sarafu"
MOST = 200_000
Village = tuple[str, str]  # the code of its group, and how its name is first spelt


def take_in_accounts(sheet: Sheet | Items, street: Place, count: Count) -> Sums:
    """Read all lines, then keep them in one transaction; answers with the sums of all that is there now.

    Raises `NotReadable` with the line that does not fit.
    """
    if street.kind != "street":
        raise NotReadable(f"{street.code} is no street; accounts come into a community of their own below a street.")
    found = _read(sheet)
    with transaction():
        one_at_a_time("opening balances")
        there = bringing_in.already_there(SOURCE)
        new = [one for one in found if _is_new(one, there)]
        if new:
            _keep(new, street, at=clock.now())
        sums = bringing_in.sums(SOURCE)
    count.new, count.there = len(new), len(found) - len(new)
    return sums


def _read(sheet: Sheet | Items) -> list[CommunityAccount]:
    found: dict[str, CommunityAccount] = {}
    for one in _accounts(sheet):
        if one.number in found:
            raise _refused(one.line, f"account {one.number} stands in line {found[one.number].line:,} already")
        found[one.number] = one
        if len(found) > MOST:
            raise NotReadable(f"{sheet.path} has more than {MOST:,} accounts. Nothing was taken in.")
    if not found:
        raise NotReadable(f"{sheet.path} has no accounts.")
    return list(found.values())


def _accounts(sheet: Sheet | Items) -> Iterator[CommunityAccount]:
    for row in sheet.rows():
        if isinstance(row, Trouble):
            raise _refused(row.line, row.why)
        try:
            yield account(row.line, row.fields)
        except BadLine as error:
            raise _refused(row.line, str(error)) from error


def _is_new(one: CommunityAccount, there: Mapping[str, str]) -> bool:
    """Whether it is not there yet. An opening balance is said once: another one for the same account is refused."""
    if one.number not in there:
        return True
    if there[one.number] != one.balance:
        raise _refused(
            one.line, f"account {one.number} was brought in with {there[one.number]}; this file says {one.balance}"
        )
    return False


def _refused(line: int, why: str) -> NotReadable:
    return NotReadable(f"line {line:,}: {why}. Nothing was taken in.")


def _keep(new: Sequence[CommunityAccount], street: Place, *, at: datetime) -> None:
    community = place_by_code(_CODE) or _place(street, "community", _CODE, SOURCE)
    grid = place_by_code(f"{_CODE}-g") or _place(community, "grid", f"{_CODE}-g", SOURCE)
    members = [one for one in new if not one.issues]
    groups = _groups(grid, members)
    homes = _homes(members, groups, {"street_id": street.id, "community_id": community.id, "grid_id": grid.id})
    bringing_in.bring_in(
        SOURCE,
        [Opening(one.number, homes.get(one.number), one.balance, one.whole, one.origin) for one in new],
        community_id=community.id, at=at,
    )  # fmt: skip
    _count_households(len(members), street, community, grid)
    audit.note("points.bring_in", f"place:{community.id}", actor_id=None, at=at, place_id=community.id)


def _village(one: CommunityAccount) -> Village:
    """People spell their village in many ways; capitals and spaces do not make another one of it."""
    return f"{_CODE}:{one.village.casefold()}", one.village


def _groups(grid: Place, members: Sequence[CommunityAccount]) -> dict[str, Place]:
    """A group for each village, by its code."""
    named: dict[str, str] = {}
    sizes: dict[str, int] = {}
    for one in members:
        code, name = _village(one)
        named.setdefault(code, name)
        sizes[code] = sizes.get(code, 0) + 1
    query = select(Place).where(Place.parent_id == grid.id)
    groups = {place.code: place for place in db.session.scalars(query)}
    for code, name in named.items():
        groups[code] = groups.get(code) or _place(grid, "group", code, name)
        groups[code].households += sizes[code]
    return groups


def _homes(
    members: Sequence[CommunityAccount], groups: Mapping[str, Place], above: Mapping[str, int]
) -> dict[str, int]:
    """A household for each member, with the number of the account on its door; its id, by that number."""
    rows: list[dict[str, Any]] = [
        {**above, "group_id": groups[_village(one)[0]].id, "door": one.number, "joined_on": one.since}
        for one in members
    ]
    if rows:
        db.session.execute(insert(Household), rows)
    query = select(Household.door, Household.id).where(Household.community_id == above["community_id"])
    return {row.door: row.id for row in db.session.execute(query)}


def _place(parent: Place, kind: str, code: str, name: str) -> Place:
    return found_place(kind=kind, code=code, name=Words(en=name), parent=parent)


def _count_households(number: int, *places: Place) -> None:
    ids = [place.id for place in places]
    db.session.execute(update(Place).where(Place.id.in_(ids)).values(households=Place.households + number))

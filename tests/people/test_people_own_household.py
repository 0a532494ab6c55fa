"""Nobody looks after the codes, the addresses and the roles of their own household."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.kit.db import db
from app.people.models import Invitation, Resident
from tests.makers import a_resident, post
from tests.people.village import Village


@pytest.fixture
def village(app: Flask) -> Village:
    return Village(app)


def home_of(village: Village, who: str) -> int:
    household_id = village.resident(who)["household_id"]
    assert isinstance(household_id, int)
    return household_id


def relative_of(village: Village, who: str) -> int:
    """Somebody else of the same household."""
    with village.inside():
        household_id = db.session.get_one(Resident, village.ids[who]).household_id
        relative = a_resident(None)
        relative.household_id = household_id
        return relative.id


def test_a_grid_member_prints_no_code_for_their_own_household(village: Village) -> None:
    answer = post(village.browser("grid"), f"/households/{home_of(village, 'grid')}/invitation")

    assert answer.status_code == 403
    with village.inside():
        assert db.session.scalar(select(func.count()).select_from(Invitation)) == 0


def test_the_sheet_of_a_group_leaves_ones_own_household_out(village: Village) -> None:
    assert post(village.browser("grid"), f"/groups/{village.other_group_id}/invitations").status_code == 200

    with village.inside():
        printed = set(db.session.scalars(select(Invitation.household_id)))
    assert printed
    assert home_of(village, "grid") not in printed


def test_a_grid_member_confirms_nobody_into_their_own_household(village: Village) -> None:
    path = f"/residents/{village.ids['newcomer']}/confirm"

    answer = post(village.browser("grid"), path, household_id=home_of(village, "grid"))

    assert answer.status_code in (403, 422)
    assert village.resident("newcomer")["verified_at"] is None


def test_staff_make_nobody_of_their_household_more_but_an_administrator_may(village: Village) -> None:
    relative = relative_of(village, "staff")
    path, fields = f"/residents/{relative}/roles", {"role": "reviewer", "place_id": village.community_id}

    assert post(village.browser("staff"), path, **fields).status_code == 403
    assert post(village.browser("admin"), path, **fields).status_code == 303

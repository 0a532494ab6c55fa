"""A printed code lets one person in."""

from __future__ import annotations

from itertools import count

import pytest
from sqlalchemy import select

from app.people.models import Invitation, Resident
from tests.races.harness import CLIENTS, Client, rounds, rush, statuses
from tests.races.village import Village

pytestmark = pytest.mark.race


def test_of_fifty_strangers_with_one_code_one_moves_in(village: Village) -> None:
    phones = count(13_900_000_000)
    strangers = [Client(village.address).read_token("/join") for _ in range(CLIENTS)]
    for _ in range(rounds()):
        village.forget_failures()
        household, code = village.an_invitation()
        account = {
            "code": code, "family_name": "李", "given_name": "明", "born_on": "1990-01-02",
            "password": "six grey herons fly",
        }  # fmt: skip
        numbers = [str(next(phones)) for _ in strangers]
        answers = rush(strangers, lambda one, n: one.send("/join", **account, phone=numbers[n]))  # noqa: B023
        assert statuses(answers) == {303: 1, 409: CLIENTS - 1}
        moved_in = village.scalars(select(Resident.id).where(Resident.household_id == household))
        assert len(moved_in) == 1
        assert village.scalars(select(Invitation.used_by).where(Invitation.household_id == household)) == moved_in
        winner = statuses(answers) and [answer.status for answer in answers].index(303)
        assert "李明" in strangers[winner].get("/me/household").body
        strangers[winner] = Client(village.address).read_token("/join")

"""The statement of a day, of all days to take away, and the page of one entry with its proof."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from app.kit import apart, clock
from app.kit.db import db
from app.kit.words import Words
from app.people.models import Resident
from app.points import operations, sealing
from app.points.models import Transfer
from tests.makers import NOON, a_household, a_resident, a_street, kept, sign_in

DAY = timedelta(days=1)


@pytest.fixture
def family(app: Flask) -> dict[str, int]:
    """Ten points each day for three days, then one of them taken back a week later; and a relative's entry."""
    with app.app_context(), kept():
        street = a_street()
        home = a_household(street.group)
        one, spouse, neighbour = a_resident(home), a_resident(home), a_resident(a_household(street.group))
        for number in range(3):
            _earn(one, f"topic-taken-up:{number}", NOON + number * DAY, what=Words(zh="=扫地", en="=sweeping"))
        _earn(spouse, "theirs:1", NOON, what=Words(zh="私事", en="Private"))
        first = db.session.scalars(select(Transfer.id).order_by(Transfer.id)).first()
        assert first is not None
        why = Words(zh="重复登记", en="Entered twice")
        operations.reverse(first, because="undo:topic-taken-up:0", by_id=None, at=NOON + 7 * DAY, why=why)
        return {"one": one.id, "spouse": spouse.id, "neighbour": neighbour.id, "first": first}


def _earn(who: Any, because: str, at: Any, **more: Any) -> None:
    operations.grant(
        "points", 10, household_id=who.household_id, resident_id=who.id, code="E04", heading="environment",
        because=because, effective_at=at, at=at, by_id=None, **more,
    )  # fmt: skip


def asked(client: FlaskClient, who: int, path: str, at: Any = NOON + 9 * DAY) -> Any:
    with client.application.app_context():
        sign_in(client, who)
    with clock.fixed(at):
        return client.get(path, headers={"Accept-Language": "en"})


def plain(answer: Any) -> str:
    assert answer.status_code == 200
    return " ".join(answer.get_data(as_text=True).split())


def test_i06_a_day_is_told_as_it_was_posted_and_as_it_is_known_now(client: FlaskClient, family: dict[str, int]) -> None:
    day = clock.local(NOON + 2 * DAY).date()

    page = plain(asked(client, family["one"], f"/points?on={day}"))

    assert ": 40<br>" in page
    assert "Counting what was posted later for days up to then: 30" in page


@pytest.mark.parametrize("day", ["2030-01-01", "yesterday", "1999-12-31", "2026-02-30", "%00"])
def test_a_day_that_is_none_shows_the_statement_as_ever(client: FlaskClient, family: dict[str, int], day: str) -> None:
    page = plain(asked(client, family["one"], f"/points?on={day}"))

    assert "At the end of" not in page
    assert "up to today." in page
    assert "up to today." not in plain(asked(client, family["one"], "/points?on="))


def test_a_csv_holds_every_entry_and_nothing_that_acts(client: FlaskClient, family: dict[str, int]) -> None:
    answer = asked(client, family["one"], "/points/statement.csv")

    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert rows[0][:3] == ["Date", "For the day", "What for"]
    assert [row[5:] for row in rows[1:]] == [["10", "10"], ["10", "20"], ["10", "30"], ["10", "40"], ["-10", "30"]]
    assert [row[2] for row in rows[1:]] == ["'=sweeping"] * 3 + ["Environment", "'=sweeping"]
    assert "Reason: Entered twice" in rows[5][3]
    assert "Private" not in answer.get_data(as_text=True)


def test_an_xlsx_holds_the_same_and_text_stays_text(client: FlaskClient, family: dict[str, int]) -> None:
    answer = asked(client, family["one"], "/points/statement.xlsx?asset=points")

    sheet = load_workbook(io.BytesIO(answer.get_data())).active
    rows = list(sheet.iter_rows(values_only=True))
    assert [row[5:] for row in rows[1:]] == [(10, 10), (10, 20), (10, 30), (10, 40), (-10, 30)]
    assert (rows[1][2], sheet["C2"].data_type) == ("=sweeping", "s")


def test_honour_which_begins_anew_each_quarter_has_no_balance_on_any_paper(
    app: Flask, client: FlaskClient, family: dict[str, int]
) -> None:
    with app.app_context(), kept():
        one = db.session.get_one(Resident, family["one"])
        honour = operations.grant(
            "honour", 3, household_id=one.household_id or 0, resident_id=one.id, code="E04", heading="environment",
            because="deed:1", effective_at=NOON, at=NOON, by_id=None,
        )  # fmt: skip

    table = asked(client, family["one"], "/points/statement.csv?asset=honour").get_data().decode("utf-8-sig")
    book = asked(client, family["one"], "/points/statement.xlsx?asset=honour").get_data()
    page = plain(asked(client, family["one"], f"/points/entries/{honour.id}"))

    assert [row[5:] for row in csv.reader(io.StringIO(table))][1:] == [["3", ""]]
    assert [row[5:] for row in load_workbook(io.BytesIO(book)).active.iter_rows(values_only=True)][1:] == [(3, None)]
    assert "Balance after it" not in page
    assert "Balance after it" in plain(asked(client, family["one"], f"/points/entries/{family['first']}"))


@pytest.mark.parametrize("path", ["/points/statement.xlsx", "/points/passbook.pdf"])
@pytest.mark.parametrize("reason", ["busy", "time"])
def test_where_too_many_papers_are_wanted_at_once_the_reader_is_asked_to_come_again(
    client: FlaskClient, family: dict[str, int], path: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody_has_time(*_asked: Any, **_limits: Any) -> bytes:
        raise apart.Failed(reason)

    monkeypatch.setattr(apart, "run", nobody_has_time)

    answer = asked(client, family["one"], path)

    assert answer.status_code == 503
    assert "Please try again in a minute." in answer.get_data(as_text=True)


def test_an_entry_says_where_it_comes_from_and_what_became_of_it(client: FlaskClient, family: dict[str, int]) -> None:
    page = plain(asked(client, family["one"], f"/points/entries/{family['first']}"))

    assert 'href="/topics/0"' in page
    assert "It was taken back by this correction" in page
    assert "are sealed in the night that follows" in page


def test_i20_a_resident_takes_away_the_proof_of_an_own_entry(
    app: Flask, client: FlaskClient, family: dict[str, int]
) -> None:
    path = f"/points/entries/{family['first']}"
    assert asked(client, family["one"], f"{path}/proof.json").status_code == 409
    with app.app_context(), kept():
        sealing.seal_days(NOON + 9 * DAY)

    told = asked(client, family["one"], f"{path}/proof.json").get_json()
    page, seals = plain(asked(client, family["one"], path)), plain(asked(client, family["one"], "/seals"))

    assert told["entry"][:3] == ["transfer", family["first"], "points"]
    assert told["seal"]["head"] in page
    assert told["seal"]["head"] in seals
    assert client.get("/seals.json").get_json()["items"][-1]["head"] == told["seal"]["head"]


@pytest.mark.parametrize("who", ["spouse", "neighbour"])
@pytest.mark.parametrize("what", ["", "/proof.json"])
def test_what_is_another_persons_is_not_there(client: FlaskClient, family: dict[str, int], who: str, what: str) -> None:
    assert asked(client, family[who], f"/points/entries/{family['first']}{what}").status_code == 404

"""Accounts of a community currency: opening balances to the unit, each once, all of a file or none of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.kit.db import db
from app.people.models import Household
from app.places.models import Place
from app.points import bringing_in, proof, queries
from app.points.models import Account, OpeningBalance, Transfer
from tests.importing.places_to_read import SAMPLES, real, run
from tests.makers import NOON, a_resident, a_street, kept, noon, sign_in

SAMPLE = SAMPLES / "accounts.csv"
GOOD = SAMPLE.read_text().splitlines()[2]


@pytest.fixture
def street(app: Flask) -> Flask:
    with app.app_context(), kept():
        a_street()
    return app


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    """The sample with these lines after it."""

    def written(*lines: str) -> Path:
        path = tmp_path / "accounts.csv"
        path.write_text(SAMPLE.read_text() + "".join(f"{line}\n" for line in lines))
        return path

    return written


def rows_of(app: Flask, model: Any) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_members_become_households_with_their_whole_points(street: Flask) -> None:
    done = run(street, "accounts", SAMPLE)

    assert done.exit_code == 0, done.output
    assert done.output.splitlines() == [
        "5 accounts stand at -461.273998440900002 in all: 437 points were posted to households, "
        "1.726001559099999 is less than a point each, -900.000000000000001 stood at accounts that issue.",
        "5 new, 0 already there, 0 skipped.",
    ]
    with street.app_context():
        homes = {one.door: one for one in db.session.scalars(select(Household))}
        groups = {one.id: one for one in db.session.scalars(select(Place).where(Place.kind == "group"))}
        has = {door: queries.balances(one.id, at=NOON).points for door, one in homes.items()}
        community = db.session.scalars(select(Place).where(Place.code == "sarafu")).one()
        assert community.parent_id is not None
        above = db.session.get(Place, community.parent_id)
        assert above is not None
        assert (community.households, above.households) == (4, 1 + 4)
        assert list(proof.faults()) == []
    assert has == {"2": 417, "3": 0, "4": 20, "5": 0}
    assert homes["2"].group_id == homes["3"].group_id, "one village, whatever its capitals"
    assert [groups[homes[door].group_id].name.en for door in "245"] == ["Mtoni", "Ngómbeni", "Unknown location"]
    assert groups[homes["2"].group_id].households == 2


def test_what_is_less_than_a_point_stays_written_down(street: Flask) -> None:
    run(street, "accounts", SAMPLE)

    with street.app_context():
        sums = bringing_in.sums("Sarafu")
        kept_ = {one.source_id: one for one in db.session.scalars(select(OpeningBalance))}
    assert sums.posted + sums.fractions + sums.issuers == sums.stood == Decimal("-461.273998440900002")
    assert kept_["3"].stood == "0.999999999999999"
    assert (kept_["1"].household_id, kept_["1"].whole) == (None, 0)
    assert kept_["4"].origin["svol_in"] == "60"


def test_a_second_run_doubles_nothing_and_a_longer_file_adds_what_is_new(
    street: Flask, file: Callable[..., Path]
) -> None:
    first, again = run(street, "accounts", SAMPLE), run(street, "accounts", SAMPLE)
    entries = rows_of(street, Transfer)
    longer = run(street, "accounts", file(GOOD.replace("2,2018", "6,2018", 1), GOOD.replace("2,2018", "7,2018", 1)))

    assert first.output.splitlines()[1:] == ["5 new, 0 already there, 0 skipped."]
    assert again.output.splitlines()[0] == first.output.splitlines()[0]
    assert again.output.splitlines()[1:] == ["0 new, 5 already there, 0 skipped."]
    assert longer.output.splitlines()[1:] == ["2 new, 5 already there, 0 skipped."]
    assert rows_of(street, Transfer) == entries + 2
    with street.app_context():
        group = db.session.scalars(select(Place).where(Place.code == "sarafu:mtoni")).one()
        assert group.households == 4
        assert list(proof.faults()) == []


def test_an_opening_balance_is_said_once(street: Flask, tmp_path: Path) -> None:
    run(street, "accounts", SAMPLE)
    other = tmp_path / "later.csv"
    other.write_text(SAMPLE.read_text().replace("417.7260015591", "418"))

    done = run(street, "accounts", other)

    assert done.exit_code == 1
    told = "line 3: account 2 was brought in with 417.7260015591; this file says 418. Nothing was taken in."
    assert told in done.output


BAD = {
    "417.7260015591": [
        ("-1", "bal is -1"), ("-0", "bal is -0"), ("1e3", "bal is '1e3'"), ("NaN", "bal is 'NaN'"), ("", "bal is ''"),
        ("４", "bal is '４'"), ("1000001", "at most 1,000,000"), ("9" * 13, "bal is"), ("007", "bal is '007'"),
        ("1.1234567890123456789", "bal is"),
    ],
    "BENEFICIARY": [("KING", "held_roles is 'KING'"), ("", "held_roles is empty")],
    "2018-10-21 15:38:30": [("yesterday", "start is 'yesterday'"), ("1018-10-21", "outside what can be")],
    "2,2018": [("x,2018", "id is 'x'"), ("0,2018", "id is 0"), ("2,2018", "account 2 stands in line 3 already")],
    "20,40.5": [("-20,40.5", "svol_in is -20"), ("20", "18 columns")],
    "Mtoni": [("M" * 25, "location has 25 characters")],
}  # fmt: skip


@pytest.mark.parametrize(("what", "instead", "told"), [(what, *one) for what, those in BAD.items() for one in those])
def test_a_line_that_does_not_fit_is_named_and_nothing_comes_in(
    street: Flask, file: Callable[..., Path], what: str, instead: str, told: str
) -> None:
    line = GOOD.replace(what, instead, 1)
    done = run(street, "accounts", file(GOOD.replace("2,2018", "6,2018", 1), line))

    assert done.exit_code == 1
    assert done.output.startswith("Error: line 8: "), done.output
    assert told in done.output
    assert done.output.endswith("Nothing was taken in.\n")
    assert rows_of(street, Household) == rows_of(street, Transfer) == rows_of(street, OpeningBalance) == 0


def test_accounts_need_a_street_and_a_form_that_is_known(street: Flask, tmp_path: Path) -> None:
    with street.app_context():
        community = db.session.scalars(select(Place.code).where(Place.kind == "community")).one()
    strange, empty = tmp_path / "strange.csv", tmp_path / "empty.csv"
    strange.write_text("id,bal\n1,2\n")
    empty.write_text(SAMPLE.read_text().splitlines()[0] + "\n")

    assert "is no street" in run(street, "accounts", SAMPLE, "--place", community).output
    assert "has a form that is not known" in run(street, "accounts", strange).output
    assert "has no accounts" in run(street, "accounts", empty).output


def test_who_joins_sees_the_opening_balance(street: Flask) -> None:
    with noon():
        run(street, "accounts", SAMPLE)
        with street.app_context(), kept():
            home = db.session.scalars(select(Household).where(Household.door == "2")).one()
            member = a_resident(home).id
        client = street.test_client()
        with street.app_context():
            sign_in(client, member)
        pages = {path: client.get(path, headers={"Accept-Language": "en"}) for path in (
            "/points", "/points/statement.csv", "/rankings", "/rankings?place=sarafu", "/communities", "/me/household",
        )}  # fmt: skip

    assert {path: one.status_code for path, one in pages.items()} == dict.fromkeys(pages, 200)
    assert "Opening balance" in pages["/points"].text
    assert "the community bears" not in pages["/points"].text
    assert ">417<" in pages["/points"].text


def test_verify_names_an_opening_balance_of_which_something_else_was_posted(street: Flask) -> None:
    run(street, "accounts", SAMPLE)
    off = {"sqlite": "DROP TRIGGER opening_balances_no_update", "postgresql": "SET session_replication_role = replica"}

    for change in ("whole = 416", "stood = '418.5'", "stood = '4170.5'", "household_id = household_id + 1"):
        with street.app_context():
            connection = db.session.connection()
            connection.exec_driver_sql(off[db.engine.dialect.name])
            connection.exec_driver_sql(f"UPDATE opening_balances SET {change} WHERE source_id = '2'")
            found = list(proof.faults())
            db.session.rollback()
        assert [one.invariant for one in found] == ["opening"], change


def test_the_accounts_of_sarafu_agree_with_their_oracle_to_the_unit(street: Flask) -> None:
    folder = real("points-accounts-sarafu")
    oracle: dict[str, Any] = json.loads((folder / "oracle.json").read_text())

    first, second = (run(street, "accounts", folder / "accounts.csv") for _ in range(2))

    assert (first.exit_code, second.exit_code) == (0, 0), (first.output, first.exception)
    number = f"{oracle['accounts']:,}"
    assert first.output.splitlines()[1:] == [f"{number} new, 0 already there, 0 skipped."]
    assert second.output.splitlines()[1:] == [f"0 new, {number} already there, 0 skipped."]
    with street.app_context():
        rows = list(db.session.scalars(select(OpeningBalance)))
        sums = bringing_in.sums("Sarafu")
        posted = select(func.sum(Transfer.amount)).where(Transfer.because.startswith("opening:Sarafu:"))
        balances = select(func.sum(Account.balance)).where(Account.asset == "points", Account.owner_kind == "household")
        assert db.session.scalar(posted) == db.session.scalar(balances) == sums.posted
        assert list(proof.faults()) == []
        db.session.expunge_all()
    assert len(rows) == oracle["accounts"]
    assert sums.posted + sums.fractions + sums.issuers == Decimal(oracle["sum_balance"])
    assert 0 <= sums.fractions < len(rows)
    for volume in ("svol_in", "svol_out"):
        assert sum(Decimal(one.origin[volume]) for one in rows) == Decimal(oracle[f"sum_{volume}"])
    assert sum(Decimal(one.stood) == 0 for one in rows) == oracle["zero_balance"]
    assert sum(Decimal(one.stood) < 0 for one in rows) == oracle["negative_balance"]
    assert Counter(one.origin["held_roles"] for one in rows) == oracle["roles"]
    assert Counter(one.origin["business_type"] for one in rows) == oracle["business_types"]
    villages = Counter(one.origin["location"] for one in rows)
    assert {name: villages[name] for name in oracle["by_location_top10"]} == oracle["by_location_top10"]
    traded = sorted(rows, key=lambda one: (-Decimal(one.origin["svol_in"]), int(one.source_id)))[:20]
    assert [[one.source_id, one.origin["svol_in"]] for one in traded] == oracle["top20_by_standard_volume_in"]

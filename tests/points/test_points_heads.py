"""flask verify --heads: heads kept outside the database find a tail that was cut off; administrators hear of faults."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.kit import clock
from app.kit.db import db
from app.kit.proof import Fault, FaultsFound
from app.messages.models import Message
from app.points import operations
from app.points.sealing import seal_days
from app.reactions import REACTIONS
from tests.makers import NOON, a_household, a_resident, a_street, give, kept, sign_in
from tests.points.ledger import guards_off

DAY = timedelta(days=1)
LAST = NOON + 9 * DAY
CUT_OFF = ("DELETE FROM sealed_entries WHERE number = 2", "DELETE FROM seals WHERE number = 2")


@pytest.fixture
def ledger(app: Flask) -> Flask:
    """Somebody who earned on three days, which are sealed; an administrator, and one who is none any more."""
    with app.app_context(), kept():
        street = a_street()
        home = a_resident(a_household(street.group))
        give("admin", a_resident(None, sign_in_name="root"), street.street)
        give("staff", a_resident(None), street.community)
        for number in range(3):
            earn(home.household_id, home.id, number)
        seal_days(NOON + 2 * DAY)
    return app


def earn(household_id: int | None, resident_id: int, number: int) -> None:
    assert household_id is not None
    operations.grant(
        "points", 5, household_id=household_id, resident_id=resident_id, code="E04", heading="environment",
        because=f"day:{number}", effective_at=NOON + number * DAY, at=NOON + number * DAY, by_id=None,
    )  # fmt: skip


def verify(app: Flask, file: Path, *more: str) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=["verify", "--heads", str(file), *more])
    return done.exit_code, done.output


def tampered(app: Flask, *statements: str, journal: bool = False) -> None:
    with app.app_context():
        if journal:
            guards_off()
        for one in statements:
            db.session.connection().exec_driver_sql(one)
        db.session.commit()


def inbox(app: Flask) -> list[tuple[str, str]]:
    with app.app_context(), kept():
        return [(row.kind, row.values["where"]) for row in db.session.scalars(select(Message).order_by(Message.id))]


def test_each_good_run_notes_the_newest_head_once(ledger: Flask, tmp_path: Path) -> None:
    file = tmp_path / "heads"

    first, again = verify(ledger, file), verify(ledger, file)
    with ledger.app_context(), kept():
        seal_days(LAST)
    later = verify(ledger, file)

    assert [first[0], again[0], later[0]] == [0, 0, 0]
    assert f"Noted in {file}, which held none before: seal 2 of 2026-11-19." in first[1]
    assert "Noted" not in again[1]
    assert f"Noted in {file}: seal 9 of 2026-11-26." in later[1]
    lines = file.read_text().splitlines()
    assert [line.rsplit(" ", 1)[0] for line in lines] == ["2 2026-11-19", "9 2026-11-26"]
    with ledger.app_context(), kept():
        heads = db.session.connection().exec_driver_sql("SELECT head FROM seals WHERE number IN (2, 9) ORDER BY number")
        assert [line.rsplit(" ", 1)[1] for line in lines] == [row[0] for row in heads]


def test_i20_a_tail_that_was_cut_off_is_found_by_the_heads_that_were_noted(ledger: Flask, tmp_path: Path) -> None:
    """Without them nothing is left that tells of the last days."""
    file = tmp_path / "heads"
    verify(ledger, file)
    tampered(ledger, *CUT_OFF, journal=True)
    before = file.read_text()

    status, said = verify(ledger, file)

    assert status == 1
    assert "I20 does not hold at seal:2: the seal of 2026-11-19 was noted with the head" in said
    assert file.read_text() == before
    assert ("house.faults", "seal:2") in inbox(ledger)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"2 2026-11-19 0123\n", "line 1 of"),
        (b"\n# heads of the ledger\n", "line 2 of"),
        (b"2 2026-11-19 " + b"G" * 64, "64 hexadecimal digits"),
        (b"\xff\xfe\x00", "no list of heads"),
    ],
)
def test_a_file_of_something_else_gets_a_sentence_and_nothing_is_added(
    ledger: Flask, tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "heads"
    file.write_bytes(content)

    status, output = verify(ledger, file)

    assert (status, said in output, "Nothing was looked at" in output) == (2, True, True)
    assert file.read_bytes() == content


@pytest.mark.parametrize("where", [".", "missing/heads"])
def test_a_place_where_nothing_can_be_written_is_said(ledger: Flask, tmp_path: Path, where: str) -> None:
    status, output = verify(ledger, tmp_path / where)

    assert status == 2
    assert "Error" in output


def test_a_last_line_without_its_end_is_a_line_of_its_own(ledger: Flask, tmp_path: Path) -> None:
    file = tmp_path / "heads"
    verify(ledger, file)
    file.write_text(file.read_text().rstrip("\n"))
    with ledger.app_context(), kept():
        seal_days(LAST)

    assert verify(ledger, file)[0] == 0
    assert len(file.read_text().splitlines()) == 2
    assert verify(ledger, file, "--json")[0] == 0


def test_administrators_hear_of_faults_once_and_again_of_others(ledger: Flask, tmp_path: Path) -> None:
    file = tmp_path / "heads"
    tampered(ledger, "UPDATE accounts SET held = held + 1 WHERE owner_kind = 'household'")
    runs = [verify(ledger, file) for _ in range(2)]
    assert [status for status, _said in runs] == [1, 1]
    assert not file.exists()
    assert [kind for kind, _where in inbox(ledger)] == ["house.faults"]

    tampered(ledger, "DELETE FROM sealed_entries WHERE number = 2", journal=True)
    verify(ledger, file)

    assert [kind for kind, _where in inbox(ledger)] == ["house.faults"] * 2
    with ledger.app_context():
        admin = db.session.scalars(select(Message.resident_id).distinct()).one()
        reader = sign_in(ledger.test_client(), admin)
    reader.set_cookie("language", "zh")
    assert "全部记录的核查发现了不符之处" in reader.get("/me/messages").text


def test_a_head_that_was_typed_wrongly_is_not_told_to_anybody(ledger: Flask) -> None:
    done = ledger.test_cli_runner().invoke(args=["verify", "--head", "ab" * 32])

    assert done.exit_code == 1
    assert inbox(ledger) == []


def test_the_order_of_faults_makes_no_new_message(context: Flask) -> None:
    give("admin", a_resident(None), a_street().street)
    faults = [Fault("I4", "account:1", "x"), Fault("I20", "seal:2", "y")]

    for found in (faults, faults[::-1]):
        for react in REACTIONS[FaultsFound]:
            react(FaultsFound(found, clock.now()))

    assert len(db.session.scalars(select(Message.id)).all()) == 1

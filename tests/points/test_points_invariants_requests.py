"""One form acts once: I15 to I18 of points.md. The same form at one moment stands in tests/races.

Each test says what must be taken away for it to fail; each was seen to fail like that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.kit import once
from app.kit.db import db
from app.kit.fields import OnceForm
from app.kit.refusal import Refused
from app.people.models import Resident
from app.points import operations
from app.points.models import Transfer
from tests.makers import NOON
from tests.points.ledger import give, has, keep_back, rows, settle


def earn(home: Resident, because: str = "a:1") -> Callable[[], int]:
    return lambda: give(home, 5, because).id


def test_i15_the_same_form_again_gives_the_same_result_and_one_effect(home: Resident) -> None:
    """Fails when `once.do` acts although its claim found a row."""
    first = once.do("form-0001", who=7, content={"amount": 5}, act=earn(home))
    again = once.do("form-0001", who=7, content={"amount": 5}, act=earn(home, "a:2"))

    assert first == again
    assert has(home).points == 5


def test_i15_the_same_id_with_other_content_is_refused_by_name_and_changes_nothing(home: Resident) -> None:
    """Fails when `once.do` compares no digest."""
    once.do("form-0001", who=7, content={"amount": 5}, act=earn(home))

    with pytest.raises(Refused) as no:
        once.do("form-0001", who=7, content={"amount": 6}, act=earn(home, "a:2"))

    assert "already used for something else" in no.value.refusal.text
    assert has(home).points == 5


def test_i15_an_id_is_one_persons_own(home: Resident) -> None:
    """Fails when `RequestDone.who` is no part of its key."""
    once.do("form-0001", who=7, content={}, act=earn(home))
    once.do("form-0001", who=8, content={}, act=earn(home, "a:2"))

    assert [row[0] for row in rows("SELECT request_id FROM transfers ORDER BY id")] == [
        "form:7:form-0001", "form:8:form-0001",
    ]  # fmt: skip


def test_i15_ids_are_kept_for_ever(home: Resident) -> None:
    """Fails when anything tidies requests_done up: whoever sends an old form again still gets its first answer."""
    once.do("form-0001", who=7, content={}, act=earn(home))
    db.session.execute(once.RequestDone.__table__.update().values(at=NOON.replace(year=2016)))

    assert once.do("form-0001", who=7, content={}, act=earn(home, "a:2")) is not None
    assert has(home).points == 5


def test_i16_one_cause_moves_one_asset_once(home: Resident) -> None:
    """Fails without unique(because, asset) of `models.Transfer`."""
    give(home, 5, "clean-up:1")
    give(home, 5, "clean-up:1", asset="honour")

    with pytest.raises(IntegrityError), db.session.begin_nested():
        give(home, 5, "clean-up:1")

    assert has(home).points == 5


def test_i16_one_order_is_held_once_and_paid_once(home: Resident) -> None:
    """Fails without unique(because) of `models.Hold`, and without unique(hold_id) of `models.Transfer`."""
    give(home, 50, "a:1")
    held = keep_back(home, 10, "order:1")

    with pytest.raises(IntegrityError), db.session.begin_nested():
        keep_back(home, 10, "order:1")
    paid = db.session.execute(select(Transfer.__table__).where(Transfer.id == settle(held.id).id)).one()._asdict()
    del paid["id"]
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(Transfer.__table__.insert().values(paid | {"because": "collected:2"}))

    assert has(home).points == 40


# Ids that some systems take for one: case, accents composed or not, full width, spaces around, a sign without width.
ALIKE = ("cafe-001", "CAFE-001", "café-001", "cafe\u0301-001", "ｃafe-001", "cafe-001 ", " cafe-001", "cafe\u200b-001")


def test_i17_ids_are_compared_byte_by_byte(home: Resident) -> None:
    """Fails with a collation that folds case, or with an id that is stripped or normalised on its way."""
    results = [once.do(one, who=7, content={}, act=earn(home, f"a:{one}")) for one in ALIKE]

    assert len(set(results)) == len(ALIKE)
    assert has(home).points == 5 * len(ALIKE)
    assert [row[0] for row in rows("SELECT request_id FROM transfers ORDER BY id")] == [
        f"form:7:{one}" for one in ALIKE
    ]


@pytest.mark.parametrize("because", ["A:1", "a:1 ", "á:1", "a\u0301:1", "ａ:1", "a\u200b:1"])
def test_i17_causes_are_compared_byte_by_byte(home: Resident, because: str) -> None:
    """Fails with a collation that folds case or accents: two different deeds would count as one."""
    give(home, 5, "a:1")
    give(home, 5, because)

    assert rows("SELECT because FROM transfers ORDER BY id") == [("a:1",), (because,)]


@pytest.mark.parametrize(
    "sent", ["auto:a:1", "form:9:form-0001", "form-0001 ", "ｆorm-0001", "café-0001", "short", "x" * 65, "nul\0l-0001"]
)
def test_i17_nobody_supplies_an_id_that_the_house_makes(app: Flask, sent: str) -> None:
    """Fails without `OnceForm.validate_request_id`: what people send has neither colon nor space nor other letters."""
    for given, taken in ((sent, False), ("form-0001", True)):
        with app.test_request_context(method="POST", data={"request_id": given}):
            form = OnceForm(meta={"csrf": False})
            assert form.validate() is taken


def test_i18_what_a_form_leads_to_bears_its_id_however_often_it_is_tried(home: Resident) -> None:
    """Fails when `_plain`, `hold` or `_end` make ids of their own instead of asking `once.current`."""

    def act() -> int:
        give(home, 50, "a:1")
        held = keep_back(home, 40, "order:1")
        given_back = keep_back(home, 5, "order:2")
        operations.release(given_back.id, at=NOON, outcome="voided")
        return settle(held.id, amount=30).id

    written: list[Any] = []
    for _ in range(2):
        with db.session.begin_nested() as trial:  # the first try is lost, as when the machine goes down
            once.do("form-0001", who=7, content={}, act=act)
            written.append(
                [
                    rows(f"SELECT {columns} FROM {table} ORDER BY 1, 2")
                    for table, columns in (
                        ("transfers", "because, request_id, change"),
                        ("holds", "because, request_id, amount"),
                        ("hold_ends", "held, request_id, outcome"),
                    )
                ]
            )
            trial.rollback()

    assert written[0] == written[1]
    assert {row[1] for part in written[0] for row in part} == {"form:7:form-0001"}


def test_i18_what_comes_by_itself_is_named_after_its_cause(home: Resident) -> None:
    """Fails when an entry without a form gets an id that is made up: a second run would not know the first."""
    give(home, 50, "a:1")
    held = keep_back(home, 40, "order:1")
    operations.release(held.id, at=NOON, outcome="voided")

    assert once.current() is None
    assert rows("SELECT request_id FROM transfers") == [("auto:a:1",)]
    assert rows("SELECT request_id FROM holds") == [("auto:order:1",)]
    assert rows("SELECT request_id FROM hold_ends") == [("auto:order:1:voided",)]

"""flask verify on deductions: quiet where all is in order, and naming the place where somebody went past the rules."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from app.cases import operations, proof
from app.kit.db import db
from app.merits import proof as merits_proof
from tests.cases.block import DAY, NOT_OURS, WHY, a_block, appealed, confirmed, once_more
from tests.makers import NOON

pytestmark = pytest.mark.usefixtures("context")

GUARDED = ("cases", "case_decisions", "case_appeals", "case_opinions", "deductions", "case_cures", "case_cure_looks")


@pytest.fixture
def ids(context: Any) -> dict[str, int]:
    """P: a deduction in effect after an appeal that was not upheld; A: its appeal; H: one that an appeal holds back;
    Q: one in effect without an appeal; C: one put right in time after it took effect.
    """
    block = a_block()
    posted = confirmed(block, at=NOON - 50 * DAY)
    filed = appealed(block, posted, at=NOON - 49 * DAY)
    operations.say_opinion(filed.id, upheld=False, text=WHY, by=block.reviewer2, at=NOON - 48 * DAY)
    quiet = confirmed(block, "K03", at=NOON - 40 * DAY)
    cured = once_more(block, at=NOON - 30 * DAY)
    sent = operations.send_cure(cured.id, text=NOT_OURS, upload_id=None, by=block.adult, at=NOON - 30 * DAY)
    operations.write_due(NOON - 10 * DAY)
    operations.look(sent.id, accepted=True, why=WHY, by=block.officer, at=NOON - 9 * DAY)
    held = once_more(block, at=NOON)
    answer = appealed(block, held)
    return {
        "P": posted.id, "A": filed.id, "H": held.id, "B": answer.id, "Q": quiet.id, "C": cured.id,
        "officer": block.officer.id, "spouse": block.spouse.id,
    }  # fmt: skip


def told() -> list[Any]:
    return [*merits_proof.faults(), *proof.faults()]


def test_what_went_by_the_rules_is_in_order(ids: dict[str, int]) -> None:
    assert told() == []
    assert proof.counts() == {"cases": 8, "deductions": 3, "appeals": 2}


@pytest.mark.parametrize(
    ("tampering", "invariant", "where"),
    [
        ("DELETE FROM deductions WHERE case_id = {Q}", "I22", "transfer:"),
        ("UPDATE case_decisions SET by_id = filed_by WHERE case_id = {P}", "I22", "case:{P}"),
        ("UPDATE case_decisions SET outcome = 'declined', appeal_until = NULL WHERE case_id = {P}", "I22", "case:{P}"),
        ("UPDATE cases SET step = 'reminder', after_id = NULL WHERE id = {P}", "I22", "case:{P}"),
        ("UPDATE cases SET after_id = id WHERE id = {H}", "I22", "case:{H}"),
        ("UPDATE deductions SET amount = 1 WHERE case_id = {P}", "I9", "case:{P}"),
        ("UPDATE cases SET amount = 1 WHERE id = {P}", "I9", "case:{P}"),
        ("UPDATE transfers SET asset = 'points' WHERE because = 'case:{P}'", "I9", "case:{P}"),
        ("UPDATE transfers SET change = -70, amount = 70 WHERE because = 'case:{P}'", "I9", "case:{P}"),
        ("DELETE FROM case_opinions WHERE appeal_id = {A}", "I26", "case:{P}"),
        ("UPDATE case_appeals SET deciders = 2 WHERE id = {A}", "I26", "case:{P}"),
        ("UPDATE case_opinions SET upheld = (1 = 1) WHERE appeal_id = {A}", "I26", "appeal:{A}"),
        ("UPDATE case_opinions SET by_id = {officer} WHERE appeal_id = {A}", "I26", "appeal:{A}"),
        (
            "INSERT INTO case_opinions (appeal_id, by_id, upheld, text, at) "
            "SELECT {B}, by_id, upheld, text, at FROM case_opinions WHERE appeal_id = {A}",
            "I26",
            "appeal:{B}",
        ),
        (
            "INSERT INTO case_opinions (appeal_id, by_id, upheld, text, at) "
            "SELECT {B}, by_id, (1 = 0), why, at FROM case_cure_looks",
            "I26",
            "appeal:{B}",
        ),
        ("UPDATE transfers SET posted_at = effective_at WHERE because = 'case:{Q}'", "I26", "case:{Q}"),
        ("UPDATE case_decisions SET appeal_until = at WHERE case_id = {H}", "I26", "appeal:"),
        ("UPDATE deductions SET due_at = period_starts WHERE case_id = {Q}", "I26", "case:{Q}"),
        ("DELETE FROM transfers WHERE because = 'undo:case:{C}'", "I24", "case:{C}"),
    ],
)
def test_what_went_past_them_is_named(ids: dict[str, int], tampering: str, invariant: str, where: str) -> None:
    _unguard()
    db.session.execute(text(tampering.format(**ids).replace(":", "\\:")))

    found = told()

    expected = where.format(**ids)
    assert any(one.invariant == invariant and one.where.startswith(expected) for one in found), found


def _unguard() -> None:
    """A tamperer with the owner's rights switches the guards off first."""
    db.session.flush()
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SET LOCAL session_replication_role = replica"))
        for table in (*GUARDED, "transfers"):
            for name in db.session.scalars(
                text("SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = CAST(:name AS regclass)"),
                {"name": table},
            ).all():
                db.session.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
        return
    db.session.execute(text("PRAGMA defer_foreign_keys=ON"))
    db.session.execute(text("PRAGMA ignore_check_constraints=ON"))
    for table in (*GUARDED, "transfers"):
        for verb in ("update", "delete"):
            db.session.execute(text(f"DROP TRIGGER {table}_no_{verb}"))

"""`flask verify` of claims: who reviewed what must not have been of the household that claims it (I22)."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from app.claims import operations, proof
from app.claims.models import Claim
from app.kit.db import db
from app.merits import proof as merits_proof
from app.people.models import Resident
from tests.claims.panel import DAY, NOTICE_ENDS, Panel, a_claim, a_panel, on_notice
from tests.makers import NOON


@pytest.fixture
def panel(context: Flask) -> Panel:
    return a_panel()


def moves_in(reviewer: int, claim: Claim, *, at: datetime) -> None:
    """As only a tamperer or a mistake of ours could have let them review after that."""
    one = db.session.get_one(Resident, reviewer)
    one.household_id, one.verified_at = claim.household_id, at
    db.session.flush()


@pytest.mark.parametrize("code", ["E07", "E05"])  # one person's, and a household's as a whole
def test_i22_a_review_and_an_award_by_the_own_household_are_named(panel: Panel, code: str) -> None:
    claim = on_notice(panel, code)
    (reviewer,) = panel.drawn(claim.id)
    operations.post_due(NOTICE_ENDS + DAY)
    assert [*proof.faults(), *merits_proof.faults()] == []

    moves_in(reviewer.id, claim, at=NOON - 30 * DAY)

    assert [(one.invariant, one.where) for one in proof.faults()] == [("I22", f"claim:{claim.id}")]
    assert [one.invariant for one in merits_proof.faults()] == ["I22"]


def test_i22_a_reviewer_who_moved_in_with_the_claimant_later_is_no_fault(panel: Panel) -> None:
    claim = on_notice(panel)
    (reviewer,) = panel.drawn(claim.id)

    moves_in(reviewer.id, claim, at=NOON + DAY)
    operations.post_due(NOTICE_ENDS + DAY)

    assert [*proof.faults(), *merits_proof.faults()] == []


def test_i22_who_only_was_drawn_reviewed_nothing(panel: Panel) -> None:
    claim = a_claim(panel)
    (reviewer,) = panel.drawn(claim.id)

    moves_in(reviewer.id, claim, at=NOON - 30 * DAY)

    assert list(proof.faults()) == []

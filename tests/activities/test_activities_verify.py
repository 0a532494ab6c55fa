"""flask verify: the places that count as taken are those that people hold."""

from __future__ import annotations

import pytest
from flask import Flask

from app.activities import operations, proof
from app.kit.db import db
from tests.activities.planned import ENDS, Village, a_village, an_activity, shift_ids
from tests.makers import NOON


@pytest.fixture
def village(context: Flask) -> Village:
    return a_village()


def a_full_life(village: Village) -> int:
    """Of three who took a place one gave it up and one stayed away."""
    shift = shift_ids(an_activity(village))[0]
    for one in (village.helper, village.neighbour, village.staff):
        operations.sign_up(shift, by=one, at=NOON)
    operations.give_up(shift, by=village.helper, at=NOON)
    operations.note_absence(shift, village.neighbour.id, by=village.organiser, at=ENDS)
    db.session.flush()
    return shift


def test_honest_places_are_in_order(village: Village) -> None:
    a_full_life(village)
    an_activity(village)

    assert (list(proof.faults()), proof.counts()) == ([], {"shifts": 2})


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE shifts SET taken = taken + 1 WHERE id = {shift}",
        "UPDATE shifts SET taken = 0 WHERE id = {shift}",
        "DELETE FROM sign_ups WHERE shift_id = {shift} AND state = 'no-show'",
        "UPDATE sign_ups SET state = 'confirmed' WHERE shift_id = {shift}",
    ],
)
def test_a_shift_whose_count_drifted_is_named(village: Village, tampering: str) -> None:
    an_activity(village)
    shift = a_full_life(village)
    db.session.connection().exec_driver_sql(tampering.format(shift=shift))

    assert [(one.invariant, one.where) for one in proof.faults()] == [("I39", f"shift:{shift}")]

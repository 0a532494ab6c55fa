"""Who is told what about disclosures: staff and askers, writers and supervisors; what has done its work goes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.disclosures import operations
from app.kit.db import db
from app.kit.words import Words
from app.messages.models import Message
from tests.disclosures.hall import Hall, a_draft, a_hall, an_item, signed
from tests.makers import NOON

pytestmark = pytest.mark.usefixtures("context")

HOUR = timedelta(hours=1)
TEXT = Words(zh="这一页为什么少一列？")


@pytest.fixture
def hall() -> Hall:
    return a_hall()


def told(kind: str) -> dict[int, str]:
    """Who was told that, and where it leads."""
    return {one.resident_id: one.href for one in db.session.query(Message).filter_by(kind=f"disclosures.{kind}")}


def test_a_question_is_told_to_the_staff_until_one_of_them_answers(hall: Hall) -> None:
    item = an_item(hall)
    question = operations.ask(item.id, text=TEXT, by=hall.resident, at=NOON)
    here = f"/disclosures/{item.id}#question-{question.id}"

    assert told("asked") == {hall.staff.id: here, hall.colleague.id: here}
    operations.answer(question.id, text=TEXT, by=hall.colleague, at=NOON + HOUR)

    assert told("asked") == {}
    assert told("answered") == {hall.resident.id: here}


def test_staff_who_ask_themselves_are_not_told_of_it(hall: Hall) -> None:
    item = an_item(hall)
    operations.ask(item.id, text=TEXT, by=hall.staff, at=NOON)

    assert set(told("asked")) == {hall.colleague.id}


def test_a_draft_is_told_to_the_supervisor_and_back_to_its_author(hall: Hall) -> None:
    draft = a_draft(hall)
    operations.send(draft.id, by=hall.staff, at=NOON)
    assert told("to_sign") == {hall.supervisor.id: f"/disclosures/drafts/{draft.id}"}

    operations.send_back(draft.id, why=TEXT, by=hall.supervisor, at=NOON)
    assert told("to_sign") == {}
    assert told("sent_back") == {hall.staff.id: "/disclosures/desk"}

    operations.send(draft.id, by=hall.staff, at=NOON + HOUR)
    assert set(told("to_sign")) == {hall.supervisor.id}, "the second time is told as well"
    operations.countersign(draft.id, by=hall.supervisor, at=NOON + HOUR)
    assert told("to_sign") == {}


def test_a_correction_is_told_to_those_who_asked_and_a_first_revision_to_nobody(hall: Hall) -> None:
    item = an_item(hall)
    for who in (hall.resident, hall.neighbour, hall.resident):
        operations.ask(item.id, text=TEXT, by=who, at=NOON)
    assert told("corrected") == {}

    for _ in range(2):
        draft = operations.correct(item.id, by=hall.staff, at=NOON)
        known: dict[str, Any] = {"title": draft.title, "text": TEXT, "cells": None, "reason": TEXT}
        signed(hall, operations.write(draft.id, **known, by=hall.staff, at=NOON))

    here = f"/disclosures/{item.id}"
    assert told("corrected") == {hall.resident.id: here, hall.neighbour.id: here}
    assert db.session.query(Message).filter_by(kind="disclosures.corrected").count() == 4

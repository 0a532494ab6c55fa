"""Who is told what about agreements: out for comment, about to be decided, in force and not signed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.agreements import operations as agreements
from app.kit import clock
from app.kit.db import db
from app.messages import operations as messages
from app.messages.models import Message
from app.telling.agreements import REMIND_FOR, remind_to_sign
from app.telling.council import remind_voters
from tests.agreements.compact import CLOSES, CONSULTED, EFFECT, a_compact, adopted, consulted, on, put_up, vote
from tests.makers import NOON

pytestmark = pytest.mark.usefixtures("context")

HOUR = timedelta(hours=1)


def told(kind: str) -> dict[int, datetime]:
    return {one.resident_id: one.at for one in db.session.query(Message).filter_by(kind=kind)}


def test_a_text_out_for_comment_is_told_to_everybody_of_age_there() -> None:
    compact = a_compact()
    consulted(compact)

    there = {one.id for one in (*compact.neighbours, compact.spouse)}
    assert told("agreements.consulting") == dict.fromkeys(there, NOON)


def test_the_vote_on_an_agreement_is_reminded_of_and_settled_by_voting_or_closing() -> None:
    compact = a_compact()
    version = put_up(compact)
    vote(compact, version, "yes", at=CONSULTED)
    remind_voters(CLOSES - 20 * HOUR)
    reminded = told("council.closing")
    assert compact.neighbours[0].id not in reminded
    assert reminded[compact.neighbours[1].id] == CLOSES - 24 * HOUR
    assert db.session.query(Message).filter_by(kind="council.closing").first().href.startswith("/agreements/")  # type: ignore[union-attr]

    messages.take_back_what_passed(CLOSES + 100 * HOUR)
    assert told("council.closing") == {}


@pytest.mark.parametrize("hours", [[0], [100], [0, 0, 5], range(-48, 72, 12)], ids=["due", "late", "twice", "often"])
def test_from_its_day_on_who_has_not_signed_is_reminded(hours: Any) -> None:
    compact = a_compact()
    adopted(compact)
    for hour in hours:
        remind_to_sign(on(EFFECT) + hour * HOUR)

    assert set(told("agreements.signing")) == {one.id for one in (*compact.neighbours, compact.spouse)}
    assert len(set(told("agreements.signing").values())) == 1


def test_one_signature_settles_it_for_the_household() -> None:
    compact = a_compact()
    version = adopted(compact)
    remind_to_sign(on(EFFECT))
    agreements.sign(version.agreement_id, wish=1, by=compact.neighbours[0], at=on(EFFECT))
    remind_to_sign(on(EFFECT) + HOUR)

    assert set(told("agreements.signing")) == {one.id for one in compact.neighbours[1:]}


def test_an_old_agreement_reminds_nobody_any_more() -> None:
    adopted(a_compact())
    remind_to_sign(on(EFFECT))
    over = clock.day_bounds(EFFECT)[0] + REMIND_FOR

    assert remind_to_sign(over) == 0
    assert messages.take_back_what_passed(over - HOUR) == 0
    assert messages.take_back_what_passed(over) > 0
    assert told("agreements.signing") == {}

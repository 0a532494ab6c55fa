"""What lies at the voting desk while the street is looked at: a proxy that `resident` holds, and a paper typed once.

Neither is a vote, so nothing is earned by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.ballots import operations
from app.ballots.models import Ballot, QuestionOption, RollEntry
from app.council.models import Topic
from app.kit.db import db
from app.people import queries as people
from app.people.models import Resident
from app.people.rules import Person
from app.sample.photos import keep_drawing
from app.sample.street_people import Street

TOPIC = "ebike-shed"  # of council.yaml: an open ballot that runs
BEFORE = timedelta(hours=3)


def load_desk(street: Street) -> None:
    """The oldest of two who have not voted gives a proxy, the other has filled in a paper."""
    at = street.at - BEFORE
    this = Topic.source == street.source, Topic.source_id == TOPIC
    question_id = db.session.scalars(select(Topic.question_id).where(*this)).one()
    assert question_id is not None
    staff, holder = _person(street, "staff"), _person(street, "resident")
    granter, other = _uncast(street, question_id)
    paper = keep_drawing("proxy", by_id=staff.id, at=at)
    operations.register_proxy(question_id, granter, holder_id=holder.id, by=staff, at=at, upload_id=paper)
    first = select(QuestionOption.key).where(QuestionOption.question_id == question_id, QuestionOption.place == 0)
    operations.type_paper(question_id, other, choice=db.session.scalars(first).one(), by=staff, at=at)


def _person(street: Street, account: str) -> Person:
    found = people.person(street.account(account).id)
    assert found is not None
    return found


def _uncast(street: Street, question_id: int) -> Sequence[Any]:
    """Rows of the roll without a vote, of the oldest first; none of a household where somebody has an account."""
    village = street.village
    homes = {village.home_of[one].id for one in village.accounts.values() if one in village.home_of}
    query = select(RollEntry.id).join(Resident, Resident.id == RollEntry.resident_id)
    query = query.outerjoin(Ballot, Ballot.roll_entry_id == RollEntry.id)
    left = RollEntry.question_id == question_id, Ballot.id.is_(None), Resident.household_id.not_in(homes)
    return db.session.scalars(query.where(*left).order_by(Resident.born_on, RollEntry.id).limit(2)).all()

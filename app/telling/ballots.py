"""What electors are told of votes that others entered for them, and staff of votes that were contested."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.ballots.events import VoteContested, VoteEntered
from app.ballots.models import Question
from app.kit import causes
from app.kit.db import db
from app.kit.refusal import N_
from app.messages.operations import Ids
from app.messages.rules import describe
from app.people.models import Resident
from app.telling.matter import Matter
from app.telling.whom import adults_of, holders

_CONTEST = N_("If this is right, nothing needs to be done. If it is not your vote, contest it on the page of the "
              "ballot before %(until)s; it is taken out and you can vote yourself.")  # fmt: skip
_NAME = N_("A vote is entered for me")
describe(
    "council.entered_paper",
    name=_NAME,
    subject=N_('Your paper is counted: "%(wording)s"'),
    text=_CONTEST,
    way="now",
    switchable=False,
)
describe(
    "council.entered_counter",
    name=_NAME,
    subject=N_('Your vote at the counter is counted: "%(wording)s"'),
    text=_CONTEST,
    way="now",
    switchable=False,
)
describe(
    "council.entered_proxy",
    name=_NAME,
    subject=N_('Your written proxy has voted for you: "%(wording)s"'),
    text=_CONTEST,
    way="now",
    switchable=False,
)
describe(
    "council.handed_in",
    name=N_("My sealed paper is in the urn"),
    subject=N_('Your sealed paper was handed in: "%(wording)s"'),
    text=N_("You are marked on the roll as having voted, and nobody can read what. If you handed in none, please tell "
            "a supervisor before %(until)s."),
    way="now",
    switchable=False,
)  # fmt: skip
describe(
    "council.contested",
    name=N_("A vote that staff entered is contested"),
    subject=N_('A vote was contested: "%(wording)s"'),
    text=N_("An elector said that a vote entered for them was not theirs. It is taken out. Please look into it; the "
            "audit says who entered it."),
    way="now",
    duty=True,
)  # fmt: skip


def entered(event: VoteEntered) -> None:
    """Whose vote it is; of a household every adult, since it is the vote of all of them."""
    kind = "council.handed_in" if event.secret else f"council.entered_{event.channel}"
    because = f"vote-entered:{event.question_id}:{event.roll_entry_id}:{event.at:%Y%m%d%H%M%S%f}"
    _tell(_electors(event), kind, event.question_id, because, event.at, until=event.closes_at)


def contested(event: VoteContested) -> None:
    """The staff and the supervisors of the place."""
    who = holders("staff", "supervisor", at=event.place_path)
    _tell(who, "council.contested", event.question_id, f"vote-contested:{event.contested_id}", event.at)


def _electors(event: VoteEntered) -> Ids:
    if event.household_id is None:
        return select(Resident.id).where(Resident.id == event.voter_id)
    return adults_of(event.household_id, event.at)


def _tell(who: Ids, kind: str, question_id: int, because: str, at: datetime, **values: Any) -> None:
    question = db.session.execute(select(Question.wording, Question.subject).where(Question.id == question_id)).one()
    matter = Matter(causes.href_of(question.subject) or "/topics", {"wording": question.wording})
    matter.tell(kind, who, because=because, at=at, **values)

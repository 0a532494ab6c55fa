"""An elector says before closing that a vote which others entered was not theirs: it is taken out, and remembered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select

from app.ballots import channels
from app.ballots.channel_models import ContestedVote
from app.ballots.events import VoteContested
from app.ballots.models import Ballot
from app.ballots.operations.casting import AnyRow, asked, may_not, own_entry
from app.ballots.operations.entering import elector_of, note
from app.ballots.operations.proxies import end_standing
from app.ballots.queries import is_nobodys
from app.kit import audit
from app.kit.bus import announce
from app.kit.db import db
from app.kit.refusal import N_, refuse_if
from app.people.rules import Person

audit.describe("ballots.contest", N_("contested a vote that others had entered"))


def contest(question_id: int, *, by: Person, at: datetime) -> ContestedVote:
    """Take out the vote that others entered for this person, who can then vote themselves. What it said is not kept.

    For a household it is whoever the vote names, or, where the paper bore no name, whoever votes for the household. A
    proxy by which it was cast ends with it. Announces `VoteContested`.
    """
    question = asked(question_id)
    refuse_if(channels.never_found() if question.secret else None)
    refuse_if(channels.time_refusal(opens_at=question.opens_at, closes_at=question.closes_at, at=at))
    entry = own_entry(question_id, by)
    mine = Ballot.question_id == question_id, Ballot.cast_by == by.id
    entry_id = db.session.scalar(select(Ballot.roll_entry_id).where(*mine)) or (entry.id if entry else None)
    refuse_if(channels.contest_refusal(None) if entry_id is None else None)
    assert entry_id is not None
    elector = elector_of(question_id, entry_id, voter_id=by.id)
    found = _entered(entry_id, by)
    refuse_if(channels.contest_refusal(found.channel if found else None))
    assert found is not None
    if found.cast_by is None:
        refuse_if(may_not(question, entry, by, taken=False, at=at))
    db.session.execute(delete(Ballot).where(Ballot.id == found.id))
    contested = ContestedVote(
        question_id=question_id, roll_entry_id=entry_id, channel=found.channel, entered_by=found.entered_by,
        confirmed_by=found.confirmed_by, entered_at=found.entered_at, contested_by=by.id, at=at,
    )  # fmt: skip
    db.session.add(contested)
    db.session.flush()
    note("contest", elector, by=by, at=at, way=f"way_{found.channel}")
    if found.channel == "proxy":
        end_standing(elector, by=by, at=at)
    announce(VoteContested(question_id=question_id, contested_id=contested.id, place_path=question.place_path, at=at))
    return contested


def _entered(entry_id: int, by: Person) -> AnyRow | None:
    """The vote that stands, if it is this person's or nobody's."""
    columns = (
        Ballot.id, Ballot.channel, Ballot.cast_by, Ballot.entered_by, Ballot.confirmed_by,
        func.coalesce(Ballot.changed_at, Ballot.cast_at).label("entered_at"),
    )  # fmt: skip
    found = db.session.execute(select(*columns).where(Ballot.roll_entry_id == entry_id)).one_or_none()
    if found is None or found.cast_by == by.id or is_nobodys(found.cast_by, found.channel):
        return found
    return None

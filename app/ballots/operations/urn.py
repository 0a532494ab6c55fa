"""Paper of a secret ballot: who hands in a sealed paper is marked, and all papers are opened and counted together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, insert, or_, select

from app.ballots import channels, rules
from app.ballots.channel_models import PaperBatch, UrnCount
from app.ballots.channel_queries import papers_in_urn
from app.ballots.operations.casting import AnyRow, asked, keys_of, new_receipt
from app.ballots.operations.entering import Elector, elector_of, note, refuse_staff, refuse_voter, tell, write_down
from app.ballots.secret_models import SecretMark, SecretPaper
from app.kit import audit, clock
from app.kit.db import db, one_at_a_time
from app.kit.refusal import N_, refuse_if
from app.people import queries as people
from app.people.models import Resident
from app.people.queries import digest
from app.people.rules import Person

audit.describe("ballots.hand_in", N_("took in a sealed voting paper"))
audit.describe("ballots.count_urn", N_("counted the papers in the urn"))
audit.describe("ballots.confirm_count", N_("counted the papers in the urn as the second person, and they count"))
audit.describe("ballots.take_count_back", N_("took back a count of the urn"))
audit.describe("papers", N_("papers:"))


def hand_in(question_id: int, roll_entry_id: int, *, by: Person, at: datetime, voter_id: int | None = None) -> None:
    """A sealed paper goes into the urn, and its elector is marked. Whoever is marked already is refused, by name.

    `voter_id` is the adult who came for a household. Announces `VoteCast` and `VoteEntered`.
    """
    elector = elector_of(question_id, roll_entry_id, voter_id=voter_id, secret=True)
    refuse_staff(elector, by, at)
    voter = refuse_voter(elector, at)
    _refuse_marked(elector, voter)
    mark = {
        "roll_entry_id": roll_entry_id, "question_id": question_id, "cast_by": voter.id, "channel": "paper",
        "on_day": clock.local(at).date(),
    }  # fmt: skip
    db.session.execute(insert(SecretMark).values(mark))
    note("hand_in", elector, by=by, at=at)
    tell(elector, channel="paper", first=True, at=at)


def count_urn(question_id: int, tally: Mapping[str, int], *, by: Person, at: datetime) -> bool:
    """Type what was counted in the urn: paper (`papers`) to number. Whether it counts now, a second person agreeing.

    The first count says how many papers were opened: all that were handed in by then. What comes meanwhile waits for
    the next count. Fewer than five are refused until a day before closing; then `channels.is_few` says whether a page
    must warn. A paper that cannot be read is an abstention. Raises `Refused` when the two counts differ.
    """
    question = _urn(question_id, by)
    refuse_if(channels.time_refusal(opens_at=question.opens_at, closes_at=question.closes_at, at=at))
    counted = {paper: number for paper, number in sorted(tally.items()) if number}
    for paper in counted:
        refuse_if(rules.paper_refusal(question.method, paper, keys_of(question), best=question.best))
    papers, first = sum(counted.values()), _first(question_id)
    if first is None:
        waiting = papers_in_urn(question_id)
        refuse_if(channels.count_refusal(counted, papers=waiting))
        refuse_if(channels.few_refusal(waiting, closes_at=question.closes_at, at=at))
        count = {"question_id": question_id, "tally": counted, "counted_by": by.id, "at": at}
        db.session.execute(insert(UrnCount).values(count))
        write_down("count_urn", question, by=by, at=at, papers=papers)
        return False
    refuse_if(channels.second_refusal(by, first_id=first.counted_by, first_home=first.household_id))
    refuse_if(channels.counts_differ() if counted != first.tally else None)
    _forget(question_id)
    _put_in(question_id, counted)
    _keep_batch(question_id, papers, first=first.counted_by, second=by.id, at=at)
    write_down("confirm_count", question, by=by, at=at, papers=papers)
    return True


def take_count_back(question_id: int, *, by: Person, at: datetime) -> None:
    """Forget the first count of the urn, so that both count anew; after closing as well."""
    question = _urn(question_id, by)
    refuse_if(channels.nothing_waits() if _first(question_id) is None else None)
    _forget(question_id)
    write_down("take_count_back", question, by=by, at=at)


def _urn(question_id: int, by: Person) -> AnyRow:
    """The question of an urn that nobody else counts meanwhile."""
    question = asked(question_id)
    refuse_if(channels.kind_refusal(secret=question.secret, wanted=True))
    refuse_if(channels.staff_refusal(by, place_path=question.place_path))
    one_at_a_time(f"urn:{question_id}")
    return question


def _refuse_marked(elector: Elector, voter: Person) -> None:
    either = or_(SecretMark.roll_entry_id == elector.entry.id, SecretMark.cast_by == voter.id)
    query = select(SecretMark.roll_entry_id, SecretMark.cast_by, SecretMark.channel)
    marks = db.session.execute(query.where(SecretMark.question_id == elector.question_id, either)).all()
    for mark in marks:
        if mark.roll_entry_id == elector.entry.id:
            marked = people.person(mark.cast_by)
            name = marked.full_name if marked else ""
            refuse_if(channels.marked_refusal(name, on_paper=mark.channel == "paper"))
    refuse_if(channels.elsewhere_refusal() if marks else None)


def _first(question_id: int) -> AnyRow | None:
    columns = UrnCount.tally, UrnCount.counted_by, Resident.household_id
    query = select(*columns).join(Resident, Resident.id == UrnCount.counted_by)
    return db.session.execute(query.where(UrnCount.question_id == question_id)).one_or_none()


def _forget(question_id: int) -> None:
    db.session.execute(delete(UrnCount).where(UrnCount.question_id == question_id))


def _put_in(question_id: int, tally: Mapping[str, int]) -> None:
    """Each paper under the hash of a receipt that nobody holds, in the order of hashes."""
    choices = [choice for choice, number in tally.items() for _ in range(number)]
    papers = sorted((digest(new_receipt()), choice) for choice in choices)
    rows = [{"question_id": question_id, "receipt_hash": mark, "choice": choice} for mark, choice in papers]
    db.session.execute(insert(SecretPaper), rows)


def _keep_batch(question_id: int, papers: int, *, first: int, second: int, at: datetime) -> None:
    before = db.session.scalars(select(PaperBatch.number).where(PaperBatch.question_id == question_id)).all()
    batch = {
        "question_id": question_id, "number": max(before, default=0) + 1, "papers": papers, "counted_by": first,
        "confirmed_by": second, "at": at,
    }  # fmt: skip
    db.session.execute(insert(PaperBatch).values(batch))

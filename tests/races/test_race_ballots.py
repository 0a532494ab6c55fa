"""Paper and web at once: each elector has one vote, the own one stands, and whoever comes too late is told so (V8)."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select

from app.ballots import channel_queries, operations
from app.ballots.channel_models import TypedPaper
from app.ballots.models import Ballot, RollEntry
from app.ballots.operations.casting import new_receipt
from app.ballots.proof import faults
from app.ballots.secret_models import SecretMark, SecretPaper
from app.kit.audit import AuditEntry
from app.kit.db import db
from app.people.models import Resident
from tests.races.hands import DONE, HANDS, Act, Hands
from tests.races.harness import rounds
from tests.races.village import Village, now

pytestmark = pytest.mark.race

ELECTORS, MOVERS = HANDS // 2, HANDS // 4


def rows_of(village: Village, question: int, electors: list[int]) -> list[int]:
    """Their rows of the roll, in their order."""
    found = village.rows(select(RollEntry.resident_id, RollEntry.id).where(RollEntry.question_id == question))
    of_elector = {row.resident_id: row.id for row in found}
    return [of_elector[one] for one in electors]


def typed_once(village: Village, question: int, rows: list[int], by: int, choice: str) -> None:
    for row in rows:
        with village.kept():
            operations.type_paper(question, row, choice=choice, by=village.person(by), at=now())


def pairs(told: list[str]) -> list[tuple[str, str]]:
    """What each elector's two acts came to."""
    return list(zip(told[::2], told[1::2], strict=True))


def refuse_fault(village: Village) -> None:
    with village.kept():
        assert list(faults()) == []


def test_v8_a_paper_confirmed_while_its_elector_votes_on_the_web_is_not_counted(village: Village, hands: Hands) -> None:
    first, second = village.more_staff(2)
    electors = village.neighbours[:ELECTORS]
    for _ in range(rounds()):
        question = village.a_ballot("person")[1]
        rows, at = rows_of(village, question, electors), now().isoformat()
        typed_once(village, question, rows, first, "no")
        acts: list[Act] = []
        for elector, row in zip(electors, rows, strict=True):
            paper = {"question_id": question, "row": row, "choice": "no", "staff_id": second, "at": at}
            own = {"question_id": question, "resident_id": elector, "choice": "yes", "at": at}
            acts += [("type_paper", paper), ("vote", own)]

        told = hands.insisting(acts)

        assert all(web == DONE for _paper, web in pairs(told)), Counter(told)
        too_late = [one for one, _web in pairs(told) if one != DONE]
        assert all("on the web already" in one for one in too_late), Counter(told)
        columns = Ballot.roll_entry_id, Ballot.channel, Ballot.choice
        votes = village.rows(select(*columns).where(Ballot.question_id == question))
        assert sorted(map(tuple, votes)) == sorted((row, "web", "yes") for row in rows), Counter(told)
        with village.kept():
            waiting = channel_queries.papers_waiting(question)
        assert [one.stands for one in waiting] == ["web"] * len(too_late), Counter(told)
    refuse_fault(village)
    village.refuse_fault()


def test_a_paper_that_two_confirm_at_once_counts_once(village: Village, hands: Hands) -> None:
    first, *seconds = village.more_staff(3)
    electors = village.neighbours[:ELECTORS]
    for _ in range(rounds()):
        topic, question = village.a_ballot("person")
        rows, at = rows_of(village, question, electors), now().isoformat()
        typed_once(village, question, rows, first, "yes")
        typing = {"question_id": question, "choice": "yes", "at": at}

        told = hands.insisting(
            [("type_paper", typing | {"row": row, "staff_id": one}) for row in rows for one in seconds]
        )

        for both in pairs(told):
            assert both.count(DONE) == 1, Counter(told)
            assert any("is counted already" in one for one in both), Counter(told)
        by_paper = Ballot.question_id == question, Ballot.channel == "paper"
        assert village.count(Ballot, *by_paper) == ELECTORS, Counter(told)
        assert village.count(TypedPaper, TypedPaper.question_id == question) == 0
        confirmed = AuditEntry.act == "ballots.confirm_paper", AuditEntry.subject == f"topic:{topic}"
        assert village.count(AuditEntry, *confirmed) == ELECTORS
    refuse_fault(village)
    village.refuse_fault()


def test_a_sealed_paper_handed_in_while_its_elector_votes_on_the_web_is_one_vote(
    village: Village, hands: Hands
) -> None:
    (clerk,) = village.more_staff(1)
    electors = village.neighbours[:ELECTORS]
    for _ in range(rounds()):
        question = village.a_ballot("person", secret=True)[1]
        rows, at = rows_of(village, question, electors), now().isoformat()
        acts: list[Act] = []
        for elector, row in zip(electors, rows, strict=True):
            own = {"question_id": question, "resident_id": elector, "receipt": new_receipt(), "at": at}
            paper = {"question_id": question, "row": row, "staff_id": clerk, "at": at}
            acts += [("hand_in", paper), ("vote_secretly", own)]

        told = hands.insisting(acts)

        for paper, web in pairs(told):
            assert (paper == DONE) != (web == DONE), Counter(told)
            assert paper == DONE or "having voted on the web" in paper, Counter(told)
            assert web == DONE or "handed in on paper" in web, Counter(told)
        assert village.count(SecretMark, SecretMark.question_id == question) == ELECTORS, Counter(told)
        by_web = sum(web == DONE for _paper, web in pairs(told))
        assert village.count(SecretPaper, SecretPaper.question_id == question) == by_web
    refuse_fault(village)
    village.refuse_fault()


def test_v2_who_moves_while_three_households_vote_neither_makes_nor_takes_a_vote(
    village: Village, hands: Hands
) -> None:
    """Of each the mover, the spouse who stays and somebody of the new household vote while the mover moves."""
    movers, hosts = village.neighbours[:MOVERS], village.neighbours[MOVERS : 2 * MOVERS]
    homes = dict(zip(village.neighbours, village.homes, strict=True))
    spouse_of = dict(zip(village.neighbours, village.spouses, strict=True))
    for _ in range(rounds()):
        question, at = village.a_ballot("household")[1], now().isoformat()
        acts: list[Act] = []
        for mover, host in zip(movers, hosts, strict=True):
            acts.append(("move", {"resident_id": mover, "household_id": homes[host]}))
            yes = {"question_id": question, "choice": "yes", "at": at}
            acts += [("vote", yes | {"resident_id": who}) for who in (mover, spouse_of[mover], host)]

        told = hands.insisting(acts)
        again = hands.insisting(
            [("vote", {"question_id": question, "resident_id": one, "choice": "no", "at": at}) for one in movers]
        )

        assert all(one == DONE for one in told[::4]), Counter(told)
        refused = {one for one in (*told, *again) if one != DONE}
        assert all("one vote to each household" in one or "already voted" in one for one in refused), refused
        votes = village.rows(select(Ballot.cast_by, RollEntry.household_id).join_from(Ballot, RollEntry)
                             .where(Ballot.question_id == question))  # fmt: skip
        of_home = {row.household_id: row.cast_by for row in votes}
        assert len(votes) == len(of_home) == len({row.cast_by for row in votes}), Counter(told)
        for mover, host in zip(movers, hosts, strict=True):  # both households have voted, by somebody of theirs
            assert of_home.pop(homes[mover]) in (mover, spouse_of[mover]), Counter(told)
            assert of_home.pop(homes[host]) in (mover, host), Counter(told)
        assert of_home == {}
        with village.kept():
            for mover in movers:
                db.session.get_one(Resident, mover).household_id = homes[mover]
    refuse_fault(village)

"""Disclosures: what many hands sign, correct or answer at the same moment is published, begun and answered once."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select

from app.disclosures import operations
from app.disclosures.finances import FinanceTable, Fund
from app.disclosures.models import Answer, Disclosure, Draft, FinanceFund, Question, Revision
from app.disclosures.proof import faults
from app.kit.audit import AuditEntry
from app.kit.db import db, transaction
from app.kit.periods import Period
from app.kit.words import Words
from app.messages.models import Message
from app.people.models import Resident
from app.places.models import Place
from tests.makers import give
from tests.races.harness import Client, lasting, rounds, rush, statuses
from tests.races.village import Village, now

pytestmark = pytest.mark.race

HANDS = 20
TEXT = Words(zh="八件实事都写明了责任人。")
LOSING = {404, 409}  # the draft is gone, or the rule says who was faster


@dataclass
class Office:
    """Who writes, signs and asks; ids. Each round takes a month of its own."""

    village: Village
    writer: int
    answering: list[int]
    signing: list[int]
    asker: int
    months: Any = field(default_factory=lambda: count(1))

    def clients(self, who: list[int]) -> list[Client]:
        """Twenty devices of these people."""
        each = [self.village.client(one).copies(HANDS // len(who)) for one in who]
        return [one for devices in each for one in devices]

    def begin(self, *, month: Period | None = None) -> int:
        """A draft that could be published: a text, or the finances of a month."""
        with self.village.kept():
            place, by = db.session.get_one(Place, self.village.community), self.village.person(self.writer)
            kind = "finances" if month else "item"
            draft = operations.begin(place, subject="finance", kind=kind, period=month, by=by, at=now())
            if month is not None:
                table = FinanceTable((Fund(Words(zh="公共收益"), 0, 0, 0, 0),))
                operations.put_table(draft.id, table, by=by, at=now())
            else:
                operations.write(draft.id, title=TEXT, text=TEXT, cells=None, reason=None, by=by, at=now())
            return draft.id

    def send(self, draft: int) -> int:
        with self.village.kept():
            operations.send(draft, by=self.village.person(self.writer), at=now())
        return draft

    def publish(self) -> int:
        draft = self.send(self.begin())
        with self.village.kept():
            return operations.countersign(draft, by=self.village.person(self.signing[0]), at=now()).id

    def ask(self, item: int) -> int:
        with self.village.kept():
            return operations.ask(item, text=TEXT, by=self.village.person(self.asker), at=now()).id

    def count_all(self) -> tuple[int, int]:
        return self.village.count(Disclosure), self.village.count(Revision)

    def refuse_fault(self) -> None:
        with self.village.app.app_context(), transaction(writing=False):
            assert list(faults()) == []


@pytest.fixture(scope=lasting("module"))
def office(village: Village) -> Office:
    writer, *answering = (village.a_family() for _ in range(3))
    signing = [village.a_family() for _ in range(2)]
    with village.kept():
        place = db.session.get_one(Place, village.community)
        for role, who in (("staff", [writer, *answering]), ("supervisor", signing)):
            for one in who:
                give(role, db.session.get_one(Resident, one), place)
    return Office(village, writer, answering, signing, village.neighbours[0])


def test_a_draft_that_two_supervisors_sign_at_once_is_published_once(office: Office) -> None:
    for _ in range(rounds()):
        draft = office.send(office.begin())
        items, revisions = office.count_all()
        answers = rush(
            office.clients(office.signing),
            lambda one, _n: one.send(f"/disclosures/drafts/{draft}/countersign"),  # noqa: B023
        )
        assert statuses(answers)[303] == 1
        assert {one.status for one in answers} - {303} <= LOSING
        assert office.count_all() == (items + 1, revisions + 1)
        assert office.village.count(Draft, Draft.id == draft) == 0
    office.refuse_fault()


def test_of_two_drafts_of_one_month_that_are_signed_at_once_one_is_published(office: Office) -> None:
    for _ in range(rounds()):
        month = Period("month", 2020, 1).moved(next(office.months))
        drafts = [office.begin(month=month) for _ in range(2)]
        for draft in drafts:
            office.send(draft)
        answers = rush(
            office.clients(office.signing),
            lambda one, n: one.send(f"/disclosures/drafts/{drafts[n % 2]}/countersign"),  # noqa: B023
        )
        assert statuses(answers)[303] == 1
        assert {one.status for one in answers} - {303} <= LOSING
        mine = Disclosure.place_id == office.village.community, Disclosure.period == month.key
        assert office.village.count(Disclosure, *mine) == 1
        funds = select(func.count()).select_from(FinanceFund).join(Revision, Revision.id == FinanceFund.revision_id)
        assert office.village.scalar(funds.join(Disclosure, Disclosure.id == Revision.disclosure_id).where(*mine)) == 1
    office.refuse_fault()


def test_a_question_that_two_of_the_staff_answer_at_once_has_one_answer(office: Office) -> None:
    item = office.publish()
    for _ in range(rounds()):
        question = office.ask(item)
        answered = AuditEntry.act == "disclosures.answer"
        before = office.village.count(AuditEntry, answered)
        answers = rush(
            office.clients(office.answering),
            lambda one, n: one.send(f"/disclosures/{item}/questions/{question}/answer", answer=f"The pumps, {n}."),  # noqa: B023
        )
        assert statuses(answers) == {303: 1, 409: HANDS - 1}
        told = office.village.rows(select(Answer.text, Answer.by_id).where(Answer.question_id == question))
        assert len(told) == 1
        winner = [one.status for one in answers].index(303)
        assert told[0].text.into("en") == f"The pumps, {winner}."
        assert office.village.count(AuditEntry, answered) == before + 1
        assert office.village.count(Message, Message.because == f"disclosure-question:{question}") == 1


def test_who_asks_once_more_on_many_devices_has_asked_once_more(office: Office) -> None:
    item = office.publish()
    for _ in range(rounds()):
        question = office.ask(item)
        with office.village.kept():
            operations.answer(question, text=TEXT, by=office.village.person(office.writer), at=now())
        answers = rush(
            office.clients([office.asker]),
            lambda one, _n: one.send(f"/disclosures/{item}/questions/{question}/again", again="And the nights?"),  # noqa: B023
        )
        assert statuses(answers) == {303: 1, 409: HANDS - 1}
        assert office.village.count(Question, Question.follows_id == question) == 1


def test_many_who_begin_a_correction_write_on_the_same_one(office: Office) -> None:
    for _ in range(rounds()):
        item = office.publish()
        answers = rush(
            office.clients(office.answering),
            lambda one, _n: one.send(f"/disclosures/{item}/correct"),  # noqa: B023
        )
        assert statuses(answers) == {303: HANDS}
        assert len({one.location for one in answers}) == 1
        assert office.village.count(Draft, Draft.disclosure_id == item) == 1

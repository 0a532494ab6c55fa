"""Agreements: one signature a household, one version under way, one adoption, however many press or run at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import partial
from itertools import count

import pytest
from sqlalchemy import select

from app.agreements import operations
from app.agreements.models import Signature, Version, VersionChange
from app.agreements.operations import OwnLine
from app.ballots import operations as ballots
from app.ballots.models import Question
from app.ballots.rules import Asked
from app.kit import clock
from app.kit.db import db, replayed
from app.kit.words import Words
from app.merits.models import Award, TariffLine
from app.places.models import Place
from tests.races.harness import CLIENTS, Answer, Client, lasting, rounds, rush, statuses
from tests.races.village import Village, now

pytestmark = pytest.mark.race

STAFF, TICKS = 12, 4
VERSIONS = 20  # as many as an agreement may have before its pages tell more of them than people would ever write
SWEEP = Words(zh="清洁日大家一起来。", en="On clean-up day we all come.")
HALF, DAY = Fraction(1, 2), timedelta(days=1)
LINE = "D01"  # no other race earns under it


@dataclass
class Desk:
    """An agreement of the community, each version of which takes effect on a later day of the past; its staff."""

    village: Village
    id: int
    staff: list[int]
    _days: count[int] = field(default_factory=count)

    def consulted(self) -> tuple[int, datetime]:
        """The next version, whose comments have ended, and the moment at which they did."""
        at = clock.at_local(date(2021, 1, 1)) + next(self._days) * DAY
        with self.village.kept():
            by = self.village.person(self.village.staff)
            version = db.session.scalar(
                select(Version).where(Version.agreement_id == self.id, Version.stage == "drafting")
            ) or operations.begin_version(self.id, by=by, at=at)
            operations.consult(version.id, until=at + timedelta(hours=1), by=by, at=at)
            return version.id, at + timedelta(hours=1)

    def decided(self) -> Version:
        """The next version, whose ballot carried and closed; nobody has written it down."""
        version_id, at = self.consulted()
        with self.village.kept():
            version = operations.put_to_vote(
                version_id, Asked(SWEEP, at + timedelta(hours=1), Fraction(1, 500), HALF),
                effective_from=clock.local(at).date() + DAY, by=self.village.person(self.village.staff), at=at,
            )  # fmt: skip
            assert version.question_id is not None
            voter = self.village.person(self.village.neighbours[0])
            ballots.cast(version.question_id, choice="yes", by=voter, at=at)
            db.session.expunge(version)
            return version

    def in_force(self) -> int:
        version = self.decided()
        with self.village.kept():
            operations.record_result(version.id, by=self.village.person(self.village.staff), at=now())
        return version.id

    def path(self, version: Version) -> str:
        return f"/agreements/{self.id}/versions/{version.number}"


def a_desk(village: Village, *, sets: bool = False) -> Desk:
    """A new agreement with its first version to be written, and those who may act on it."""
    with village.kept():
        place, by = db.session.get_one(Place, village.community), village.person(village.staff)
        begun = clock.at_local(date(2020, 12, 1))
        agreement = operations.begin_agreement(place=place, title=SWEEP, preamble=SWEEP, by=by, at=begun)
        version = db.session.scalars(select(Version).where(Version.agreement_id == agreement.id)).one()
        article = operations.write_article(version.id, text=SWEEP, by=by)
        if sets:
            operations.add_rule(article.id, code=LINE, own=OwnLine(honour=3, points=3), by=by, at=now())
        agreement_id = agreement.id
    return Desk(village, agreement_id, village.more_staff(STAFF))


@pytest.fixture(scope=lasting("module"))
def desk(village: Village) -> Desk:
    return a_desk(village, sets=True)


def test_a_household_signs_once_when_two_of_it_sign_at_once(village: Village) -> None:
    """Twenty-five families, each with two who press at the same moment: one is thanked, the other told it is done."""
    homes = CLIENTS // 2
    both = zip(village.neighbours[:homes], village.spouses[:homes], strict=True)
    pairs = village.clients([one for family in both for one in family])
    for number in range(rounds()):
        if number % VERSIONS == 0:
            desk = a_desk(village)
        version = desk.in_force()
        answers = rush(pairs, partial(_sign, f"/agreements/{desk.id}/sign"))
        assert village.count(Signature, Signature.version_id == version) == homes
        for one in range(homes):
            assert {answer.status for answer in answers[2 * one : 2 * one + 2]} == {303, 409}
    who = [village.household_of(one) for one in village.neighbours[:homes]]
    assert village.count(Award, Award.code == "R01", Award.honour > 0, Award.household_id.in_(who)) == homes
    village.refuse_fault()


def _sign(path: str, client: Client, _number: int) -> Answer:
    return client.send(path)


def test_an_adoption_is_written_down_once_by_many_hands_and_ticks(village: Village, desk: Desk) -> None:
    staff = village.clients(desk.staff)
    for _ in range(rounds()):
        version = desk.decided()
        path = f"{desk.path(version)}/steps/record"
        answers = rush([*staff, *staff[0].copies(TICKS)], partial(_record, village, path))
        told = VersionChange.version_id == version.id, VersionChange.action == "carry"
        assert village.count(VersionChange, *told) == 1
        assert set(statuses(answers[:STAFF])) <= {303, 409}
        by_hand = statuses(answers[:STAFF])[303]
        ticked = sum(int(one.body) for one in answers[STAFF:])
        assert by_hand + ticked == 1
        lines = TariffLine.set_by == f"agreement:{desk.id}", TariffLine.version == version.number
        assert village.count(TariffLine, *lines) == 1
    assert village.count(TariffLine, TariffLine.code == LINE, TariffLine.effective_until.is_(None), lines[0]) == 1


def _record(village: Village, path: str, client: Client, number: int) -> Answer:
    """The hand of one of the staff; or a tick, in whose answer stands how many it wrote down."""
    if number < STAFF:
        return client.send(path)
    client.close()
    with village.app.app_context():
        return Answer(200, str(replayed(partial(operations.record_results, now()))))


def test_one_version_is_begun_when_many_begin_one(village: Village) -> None:
    desk = a_desk(village)
    staff = village.clients(desk.staff)
    for _ in range(rounds()):
        with village.kept():
            version = max(db.session.scalars(select(Version.id).where(Version.agreement_id == desk.id)))
            by = village.person(village.staff)
            operations.consult(version, until=now(), by=by, at=now())
            operations.take_step(version, "drop", why=SWEEP, by=by, at=now())
        answers = rush(staff, lambda one, _n: one.send(f"/agreements/{desk.id}/versions"))
        assert statuses(answers) == {303: 1, 409: STAFF - 1}
        under_way = Version.agreement_id == desk.id, Version.stage == "drafting"
        assert village.count(Version, *under_way) == 1


def test_one_ballot_is_opened_when_many_put_a_version_to_the_vote(village: Village) -> None:
    desk = a_desk(village)
    staff = village.clients(desk.staff)
    today = clock.local(now()).date()
    for _ in range(rounds()):
        version_id, _at = desk.consulted()
        number = village.scalar(select(Version.number).where(Version.id == version_id))
        fields = {"wording": "Shall it be adopted?", "days": "5", "quorum": "1/5", "threshold": "1/2"}
        answers = rush(
            staff,
            lambda one, n: one.send(
                f"/agreements/{desk.id}/versions/{number}/ballot",  # noqa: B023
                effective_from=(today + (6 + n) * DAY).isoformat(), **fields,  # noqa: B023
            ),
        )  # fmt: skip
        assert statuses(answers) == {303: 1, 409: STAFF - 1}
        assert village.count(Question, Question.subject == f"agreement-version:{version_id}") == 1
        winner = next(n for n, one in enumerate(answers) if one.applied)
        assert (
            village.scalar(select(Version.effective_from).where(Version.id == version_id)) == today + (6 + winner) * DAY
        )
        with village.kept():
            operations.record_results(now() + 9 * DAY)

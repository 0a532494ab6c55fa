"""A village for races: made with the operations of the house, in the database that the server processes work on.

Everything that a race counts it counts here, in the database, behind the back of the servers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import count
from typing import Any

from flask import Flask
from sqlalchemy import Select, delete, func, insert, select

from app.activities import operations as activities
from app.activities.models import Attendance, Shift, SignUp
from app.activities.repeating import ShiftPlan
from app.ballots.rules import Asked
from app.cases.proof import faults as faults_of_cases
from app.config import DEMO_SECRET
from app.council import operations as council
from app.council.bringing_in import PastChange, bring_in_topic
from app.discussion import operations as discussion
from app.kit.db import db, transaction
from app.kit.words import Words
from app.merits import operations as merits
from app.merits.proof import faults as faults_of_merits
from app.people import queries as people
from app.people.models import FailedAttempt, Household, Resident
from app.people.operations import invite
from app.people.rules import Person
from app.places.models import Place
from app.points.proof import faults as faults_of_points
from app.rewards import operations as rewards
from app.rewards import vouchers
from app.rewards.proof import faults as faults_of_rewards
from tests.makers import a_household, a_resident, as_person, give, sign_in
from tests.merits.documents import tariff_document
from tests.races.harness import CLIENTS, Client
from tests.rewards.shop import RICE, a_shop, with_points

KEY = DEMO_SECRET.encode()
WEALTH = 100_000
TOKEN_PAGE = "/orders"  # a short page with forms in its frame


@dataclass
class Village:
    """One street with its people. All are ids: of places, counters and residents.

    Each of `neighbours` has a household, and a spouse in it.
    """

    app: Flask
    address: str
    community: int
    group: int
    market: int
    canteen: int
    clerks: tuple[int, int]
    staff: int
    organiser: int
    neighbours: list[int]
    spouses: list[int]
    _clients: dict[int, Client] = field(default_factory=dict)
    _hours: Iterator[int] = field(default_factory=lambda: count(24, 3))

    @classmethod
    def settle(cls, app: Flask, address: str, *, neighbours: int = CLIENTS) -> Village:
        with app.app_context(), transaction():
            shop = a_shop()
            home = shop.street
            clerk, organiser = (a_resident(a_household(home.other_group)).id for _ in range(2))
            rewards.appoint_clerk(shop.market, clerk)
            for role, who in (("merchant", clerk), ("organiser", organiser)):
                give(role, db.session.get_one(Resident, who), home.community)
            document, long_ago = tariff_document(), date(2020, 1, 1)
            merits.load_tariff(document, place_id=home.street.id, effective_from=long_ago, by_id=None, at=now())
            homes = [a_household(home.group) for _ in range(neighbours)]
            first = [with_points(a_resident(one), WEALTH).id for one in homes]
            spouses = [a_resident(one).id for one in homes]
            return cls(
                app, address, home.community.id, home.group.id, shop.market, shop.canteen,
                clerks=(shop.clerk.id, clerk), staff=shop.staff.id, organiser=organiser, neighbours=first,
                spouses=spouses,
            )  # fmt: skip

    @contextmanager
    def kept(self) -> Iterator[None]:
        """What is made inside is committed, so that the server processes see it."""
        with self.app.app_context(), transaction():
            yield

    def scalar(self, statement: Select[Any]) -> Any:
        with self.app.app_context(), transaction(writing=False):
            return db.session.scalar(statement)

    def scalars(self, statement: Select[Any]) -> list[Any]:
        with self.app.app_context(), transaction(writing=False):
            return list(db.session.scalars(statement))

    def rows(self, statement: Select[*tuple[Any, ...]]) -> list[Any]:
        with self.app.app_context(), transaction(writing=False):
            return list(db.session.execute(statement))

    def count(self, table: Any, *where: Any) -> int:
        return int(self.scalar(select(func.count()).select_from(table).where(*where)))

    def refuse_fault(self) -> None:
        """Fail when the books do not add up, as in `flask verify`. Asked after the last round: a fault stays."""
        with self.app.app_context(), transaction(writing=False):
            found = [*faults_of_points(), *faults_of_merits(), *faults_of_cases(), *faults_of_rewards()]
        assert found == [], found

    # --- people ---

    def person(self, resident_id: int) -> Person:
        found = people.person(resident_id)
        assert found is not None
        return found

    def client(self, resident_id: int) -> Client:
        """Somebody's browser, signed in; the same one each time."""
        if resident_id not in self._clients:
            self._clients[resident_id] = self.another_client(resident_id)
        return self._clients[resident_id]

    def another_client(self, resident_id: int) -> Client:
        """One more device of somebody. The sign-in form is slow on purpose and has its own tests."""
        with self.app.app_context():
            browser = sign_in(self.app.test_client(), resident_id)
            cookie = browser.get_cookie("session")
        assert cookie is not None
        client = Client(self.address)
        client.cookies["session"] = cookie.value
        return client.read_token(TOKEN_PAGE)

    def clients(self, residents: list[int]) -> list[Client]:
        return [self.client(one) for one in residents]

    def a_family(self, points: int = 0) -> int:
        """A new resident of a household of their own that has so many points."""
        with self.kept():
            group = db.session.get_one(Place, self.group)
            return with_points(a_resident(a_household(group)), points).id

    def members_of_one_home(self, number: int) -> list[int]:
        """So many residents of a new household that has no account yet."""
        with self.kept():
            home = a_household(db.session.get_one(Place, self.group))
            return [a_resident(home).id for _ in range(number)]

    def more_staff(self, number: int) -> list[int]:
        """So many of the committee's staff, each of another household."""
        people = [self.a_family() for _ in range(number)]
        with self.kept():
            community = db.session.get_one(Place, self.community)
            for one in people:
                give("staff", db.session.get_one(Resident, one), community)
        return people

    def a_newcomer(self) -> int:
        """Somebody with an account and no household yet."""
        with self.kept():
            return a_resident(None).id

    @property
    def homes(self) -> list[int]:
        """The households of the neighbours, in their order."""
        found = self.rows(select(Resident.id, Resident.household_id).where(Resident.id.in_(self.neighbours)))
        of_resident = {row.id: row.household_id for row in found}
        return [of_resident[one] for one in self.neighbours]

    def household_of(self, resident_id: int) -> int:
        return int(self.scalar(select(Resident.household_id).where(Resident.id == resident_id)))

    def forget_failures(self) -> None:
        """Let an address that guessed wrong try again at once."""
        with self.kept():
            db.session.execute(delete(FailedAttempt))

    def an_invitation(self) -> tuple[int, str]:
        """A new household and its code."""
        with self.kept():
            home = a_household(db.session.get_one(Place, self.group))
            printed = invite(db.session.get_one(Household, home.id), by=self.person(self.staff), at=now())
            return home.id, printed.code

    # --- topics ---

    def a_topic(self, proposer: int) -> int:
        """A matter of the community that gathers support; it needs ten."""
        with self.kept():
            place, words = db.session.get_one(Place, self.community), Words(zh="修长廊的灯", en="Mend the lamps")
            by = self.person(proposer)
            return council.propose(place=place, kind="facilities", title=words, body=words, by=by, at=now()).id

    def a_ballot(self, electorate: str, *, secret: bool = False, closes_at: datetime | None = None) -> tuple[int, int]:
        """A yes-or-no ballot that is open to the whole community, for a week; ids of the topic and of the question."""
        topic = self.a_topic(self.staff)
        with self.kept():
            by = self.person(self.staff)
            council.take_step(topic, "accept", by=by, at=now())
            wording = Words(zh="修不修？", en="Shall they be mended?")
            closes_at = closes_at or now() + timedelta(days=7)
            asked = Asked(wording, closes_at, Fraction(1, 5), Fraction(1, 2), electorate=electorate, secret=secret)
            put = council.put_to_vote(topic, asked, by=by, at=now())
            assert put.question_id is not None
            return topic, put.question_id

    def a_decided_topic(self, suggesters: list[int]) -> tuple[int, list[int]]:
        """A matter of the community that is decided, with a suggestion of each; ids of both."""
        with self.kept():
            place, words = db.session.get_one(Place, self.community), Words(zh="修长廊的灯", en="Mend the lamps")
            topic = bring_in_topic(
                source="race", source_id=str(next(self._hours)), place=place, kind="facilities",
                title=words, body=words, state="decided", opened_at=now() - timedelta(days=9),
                changes=[PastChange("decided", now())],
            )  # fmt: skip
            said = [
                discussion.comment(topic.thread_id, text=words, stance="for", by=self.person(one), at=now()).id
                for one in suggesters
            ]
            return topic.topic_id, said

    # --- activities ---

    def a_shift(self, capacity: int, *, starts_at: datetime | None = None) -> tuple[int, int]:
        """An open activity with one shift that overlaps none made before; ids of both."""
        begins = starts_at or now() + timedelta(hours=next(self._hours))
        with self.kept():
            activity = activities.bring_in(
                source="race", source_id=begins.isoformat() + str(next(self._hours)), kind="environment",
                place=db.session.get_one(Place, self.community), title=Words(zh="清扫", en="Sweeping"),
                description=Words(zh="清扫", en="Sweeping"), organisation="", organiser_id=self.organiser,
                shifts=[ShiftPlan(begins, begins + timedelta(hours=2), capacity)], tariff_code="V01", at=now(),
            )  # fmt: skip
            assert activity is not None
            return activity.id, db.session.scalars(select(Shift.id).where(Shift.activity_id == activity.id)).one()

    def hours_to_confirm(self, shift_id: int, resident_id: int, minutes: int = 60) -> int:
        """Somebody came to that shift, left again, and waits for the hours to be confirmed; the attendance."""
        with self.kept():
            begins = db.session.get_one(Shift, shift_id).starts_at
            db.session.get_one(Shift, shift_id).taken += 1
            who = {"shift_id": shift_id, "resident_id": resident_id}
            db.session.execute(insert(SignUp).values(state="confirmed", signed_up_at=begins, **who))
            came = Attendance(
                checked_in_at=begins, checked_out_at=begins + timedelta(minutes=minutes), minutes=minutes,
                method="roster", **who,
            )  # fmt: skip
            db.session.add(came)
            db.session.flush()
            return came.id

    # --- rewards ---

    def an_item(self, **values: Any) -> int:
        """Rice for 40 points at market and canteen, without a monthly limit."""
        known = {
            "source": f"race:{next(self._hours)}", "community_id": self.community, "limit_count": None,
            "merchant_ids": [self.market, self.canteen], "category": "food", "name": RICE, "description": RICE,
            "price": 40, "stock": 100, "at": now(),
        }  # fmt: skip
        with self.kept():
            return rewards.offer_item(**(known | values)).id

    def a_voucher(self, item_id: int, resident_id: int) -> tuple[int, str]:
        """An order that waits at the market, and its digits."""
        with self.kept():
            by = as_person(db.session.get_one(Resident, resident_id))
            order = rewards.reserve(item_id, merchant_id=self.market, key=KEY, by=by, at=now())
            return order.id, vouchers.digits(KEY, order.nonce)


def now() -> datetime:
    """The time of the server processes."""
    return datetime.now(UTC)

"""Awards and tariffs on the real database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import yaml
from flask import Flask
from sqlalchemy import func, select

from app import reactions
from app.activities.events import HoursConfirmed
from app.ballots.events import VoteCast
from app.config import ROOT
from app.council.events import SuggestionAdopted, SuggestionCarriedOut, TopicTakenUp
from app.kit.db import db
from app.kit.refusal import Refused
from app.merits import operations, queries
from app.merits.models import Award, TariffLine
from app.merits.rules import activity_refusal
from app.people.models import Household, Resident
from app.places.models import Place
from app.points import queries as ledger
from app.points.models import Transfer
from tests.makers import NOON, a_household, a_resident, a_street, as_person, kept
from tests.merits.documents import cap, tariff_document

SAMPLE = ROOT / "app" / "sample" / "street" / "tariff.yaml"
SINCE = date(2026, 1, 1)


def load(place: Place, document: dict[str, Any], since: date = SINCE) -> Any:
    return operations.load_tariff(document, place_id=place.id, effective_from=since, by_id=None, at=NOON)


@pytest.fixture
def person(context: Flask) -> Resident:
    street = a_street()
    load(street.street, tariff_document())
    return a_resident(a_household(street.group))


def award(person: Resident, code: str, because: str, at: datetime = NOON, **more: Any) -> Award | None:
    return operations.award(
        code, resident_id=person.id, because=because, effective_at=at, at=max(at, NOON), by_id=None, **more
    )


def announced(event: object) -> None:
    """Let what happened earn; who is told of it has tests of its own, with real topics and shifts to tell of."""
    for react in reactions.REACTIONS[type(event)]:
        if react.__module__ == reactions.__name__:
            react(event)


def has(person: Resident) -> tuple[int, int, int]:
    """Honour of this quarter, points, minutes."""
    balances = ledger.balances(person.household_id, at=NOON)
    return balances.honour_earned, balances.points, ledger.minutes_of(person.id)


def test_confirmed_hours_are_posted_to_three_assets(person: Resident) -> None:
    given = award(person, "V01", "activity-hours:1", minutes=150)

    assert given is not None
    assert has(person) == (4, 4, 150)
    rows = db.session.execute(select(Transfer.__table__)).all()
    assert {(row.asset, row.change, row.line_id, row.because, row.what.en) for row in rows} == {
        (asset, amount, given.line_id, "activity-hours:1", "Deed V01")
        for asset, amount in (("honour", 4), ("points", 4), ("minutes", 150))
    }


def test_i16_one_cause_earns_once_and_says_so_quietly(person: Resident) -> None:
    first = award(person, "E04", "clean-up:1")
    second = award(person, "E04", "clean-up:1")

    assert first is second
    assert has(person)[:2] == (5, 5)


def test_no_household_no_line_no_award(person: Resident) -> None:
    assert award(person, "E99", "odd:1") is None
    assert award(a_resident(None, verified=False), "E04", "odd:2") is None
    assert award(person, "E04", "too-early", datetime(2025, 12, 31, 15, tzinfo=UTC)) is None
    assert has(person) == (0, 0, 0)


def test_deductions_and_factors_are_not_awarded(person: Resident) -> None:
    for code in ("K01", "V02"):
        with pytest.raises(ValueError, match="not a line"):
            award(person, code, "odd:1")


def test_i10_what_remains_under_a_cap_is_granted_and_explained(person: Resident) -> None:
    for number in range(3):
        award(person, "D04", f"ballot:{number}")
    load(db.session.get(Place, queries_street(person)), tariff_document(version=2, D04={"assets": {"points": 3}}))

    given = award(person, "D04", "ballot:9")

    assert given is not None
    assert (given.points, given.cut_by, given.capped) == (2, "month", True)
    assert award(person, "D04", "ballot:10") is None
    assert award(person, "D04", "ballot:10") is None
    assert has(person)[1] == 5
    assert db.session.scalar(select(func.count()).select_from(Award)) == 5


def queries_street(person: Resident) -> int:
    street_id = as_person(person).street_id
    assert street_id is not None
    return street_id


def test_i10_the_cap_of_the_whole_tariff_spares_service(person: Resident) -> None:
    award(person, "E06", "swap:1")
    second = award(person, "E06", "swap:2")
    award(person, "V01", "hours:1", minutes=60)
    fifth = award(person, "E04", "clean-up:1")

    assert (second.points, second.cut_by) == (30, "month")
    assert (fifth.honour, fifth.points, fifth.cut_by) == (5, 0, "month")
    assert has(person)[1] == 82
    assert award(person, "E06", "swap:3", NOON + timedelta(days=30)).points == 50


def test_i10_a_household_shares_its_cap_and_a_resident_keeps_the_own(person: Resident) -> None:
    spouse = a_resident(db.session.get(Household, person.household_id))

    for number, one in enumerate((person, spouse, person)):
        award(one, "E04", f"clean-up:{number}")
        award(one, "D02", f"topic:{number}")

    assert has(person)[:2] == (10 + 9, 10 + 9)


def test_i10_once_for_an_occasion_or_for_ever(person: Resident) -> None:
    for because, event in (("in:1", "sitting:1"), ("in:2", "sitting:1"), ("in:3", "sitting:2")):
        award(person, "D01", because, event=event)
    for because in ("sign:1", "sign:2"):
        award(person, "R01", because)

    assert has(person)[:2] == (4 + 5, 4)


def test_i10_two_households_help_each_other_twice_a_month_either_way(person: Resident) -> None:
    group = db.session.get(Place, as_person(person).group_id)
    friend, other = a_resident(a_household(group)), a_resident(a_household(group))

    pairs = ((person, friend), (friend, person), (person, friend), (person, other))
    given = [award(one, "N01", f"help:{n}", other_household_id=two.household_id) for n, (one, two) in enumerate(pairs)]

    assert [one is not None for one in given] == [True, True, False, True]


def test_i10_minutes_in_store_stop_at_their_cap(person: Resident) -> None:
    award(person, "N07", "bank:1", minutes=70)
    second = award(person, "N07", "bank:2", minutes=70)

    assert (second.minutes, second.cut_by) == (30, "balance")
    assert has(person) == (0, 0, 100)


def test_i11_the_same_deed_before_and_after_midnight_fills_two_days(person: Resident) -> None:
    midnight = datetime(2026, 11, 17, 16, tzinfo=UTC)
    for number, at in enumerate((-2, -1, -0.001, 0, 1)):
        award(person, "E04", f"clean-up:{number}", midnight + timedelta(seconds=at))

    assert has(person)[:2] == (20, 20)


def test_the_line_of_the_deeds_own_day_counts(person: Resident) -> None:
    street = db.session.get(Place, queries_street(person))
    load(street, tariff_document(version=2, E04={"assets": {"honour": 1, "points": 1}}), date(2026, 11, 18))

    midnight = datetime(2026, 11, 17, 16, tzinfo=UTC)
    old = award(person, "E04", "a", midnight - timedelta(seconds=1))
    new = award(person, "E04", "b", midnight)

    assert (old.points, new.points) == (5, 1)


def test_a_community_may_have_lines_of_its_own(person: Resident) -> None:
    one = as_person(person)
    own = tariff_document(version=1, E04={"assets": {"points": 7}})
    own["lines"] = [line for line in own["lines"] if line["code"] == "E04"]
    load(db.session.get(Place, one.community_id), own)

    assert queries.line_in_force("E04", one.path, SINCE).assets == {"points": 7}
    assert queries.line_in_force("D04", one.path, SINCE) is not None
    assert queries.line_in_force("E04", one.path, date(2025, 12, 31)) is None


def test_the_same_version_again_changes_nothing(person: Resident) -> None:
    street = db.session.get(Place, queries_street(person))

    first, again = queries.tariff(street.id, 1), load(street, tariff_document())

    assert first is again
    assert db.session.scalar(select(func.count()).select_from(TariffLine)) == len(tariff_document()["lines"])


def test_a_tariff_that_never_began_ends_before_it_began(person: Resident) -> None:
    street = db.session.get(Place, queries_street(person))
    load(street, tariff_document(version=2), date(2027, 1, 1))
    load(street, tariff_document(version=3), date(2026, 12, 1))

    in_force = {
        on: queries.tariff_in_force(street.path, on)[0].version for on in (SINCE, date(2026, 12, 1), date(2027, 2, 1))
    }

    assert list(in_force.values()) == [1, 3, 3]


def test_a_forbidden_line_keeps_the_whole_tariff_out(person: Resident) -> None:
    street = db.session.get(Place, queries_street(person))
    banned = tariff_document(version=2, E06={"behaviour": {"zh": "越级上访", "en": ""}})

    with pytest.raises(Refused) as no:
        load(street, banned)

    assert "must never earn or lose points" in no.value.refusal.text
    assert dict(no.value.refusal.values)["words"].zh == "“越级上访”"
    assert queries.tariff(street.id, 2) is None


def test_a_forbidden_limit_keeps_the_whole_tariff_out(person: Resident) -> None:
    street = db.session.get(Place, queries_street(person))
    document = tariff_document(version=2)
    document["global_caps"].append({"key": "quiet", "note": {"zh": "有信访的家庭当月不计分", "en": "no petitions"}})

    with pytest.raises(Refused):
        load(street, document)

    assert queries.tariff(street.id, 2) is None


@pytest.mark.parametrize("amount", ["-5至-50", "+10至50", "−5 ~ −50", "20-50", "", [-50, -5], {"low": 5, "high": 50}])
def test_an_amount_in_words_keeps_the_whole_tariff_out(person: Resident, amount: Any) -> None:
    street = db.session.get(Place, queries_street(person))
    for change in ({"E06": {"assets": {"points": amount}}}, {"K01": {"assets": {"honour": amount}}}):
        with pytest.raises(Refused) as no:
            load(street, tariff_document(version=2, **change))

        assert no.value.refusal.status == 422
        assert "cannot be understood" in no.value.refusal.text

    assert queries.tariff(street.id, 2) is None
    assert db.session.scalar(select(func.count()).select_from(TariffLine)) == len(tariff_document()["lines"])


def test_the_tariff_of_the_sample_street_is_accepted_whole(context: Flask) -> None:
    document = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    street = a_street()

    load(street.street, document)

    rows = queries.tariff_in_force(street.group.path, SINCE)
    assert [row.code for row in rows] == [line["code"] for line in document["lines"]]
    assert queries.line_in_force("V01", street.group.path, SINCE).also_minutes


def test_a_line_keeps_beside_which_others_it_counts_once(context: Flask) -> None:
    document = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    street = a_street()
    load(street.street, document)

    rows = {row.code: row for row in queries.tariff_in_force(street.group.path, SINCE)}

    assert rows["E03"].exclusive == {"exclusive_with": ["E02"], "highest_wins": True}
    assert queries.as_document(rows["F02"])["highest_of_group"] == "award"
    assert rows["V01"].exclusive is None
    first = queries.line_in_force("S01", street.group.path, SINCE)
    assert first is not None
    assert [cap.per for cap in first.caps if cap.window == "event"] == ["resident", "anyone"]


@pytest.mark.parametrize("order", [("E04", "E06"), ("E06", "E04"), ("E04", "E06", "E04"), ("E06", "E04", "E06")])
def test_i10_of_lines_bound_together_a_household_ends_with_the_highest(
    person: Resident, order: tuple[str, ...]
) -> None:
    own = {"caps": [cap(1, "count", "month", "household")], "per": "household"}
    assets = {"honour": 3, "points": 3}
    other = own | {"exclusive_with": ["E04"], "assets": assets}
    load(db.session.get_one(Place, queries_street(person)), tariff_document(version=2, E04=own, E06=other))
    relative = a_resident(db.session.get_one(Household, person.household_id))

    for number, code in enumerate(order):
        award(relative if number % 2 else person, code, f"look-round:{number}")

    assert has(person)[:2] == (5, 5)
    smaller = queries.award_because(f"look-round:{len(order) - 1}")
    assert smaller is not None
    assert smaller.cut_by in ("highest", "month")


def test_fulfilling_a_wish_earns_n05_by_the_activity_that_carries_it(person: Resident) -> None:
    document = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    document["tariff"]["version"] = 2
    load(db.session.get_one(Place, queries_street(person)), document)
    assert activity_refusal(queries.line_in_force("N05", as_person(person).path, SINCE)) is None
    delivered = HoursConfirmed(
        attendance_id=1, activity_id=1, shift_id=1, resident_id=person.id, minutes=20, tariff_code="N05", marks=(),
        in_charge=False, effective_at=NOON, confirmed_by=person.id, at=NOON,
    )  # fmt: skip

    for number in range(5):
        announced(replace(delivered, attendance_id=number + 1))

    assert has(person) == (15, 15, 0), "five each, fifteen a month"


def test_i24_what_is_undone_is_reversed_once_and_frees_its_cap(person: Resident) -> None:
    award(person, "D02", "topic:1")
    for _ in range(2):
        operations.undo("topic:1", by_id=None, at=NOON)

    assert has(person) == (0, 0, 0)
    for number in range(2, 6):
        award(person, "D02", f"topic:{number}")
    assert has(person)[:2] == (9, 9)
    assert operations.undo("topic:99", by_id=None, at=NOON) is None


def test_i41_undone_hours_leave_nothing_on_any_asset(person: Resident) -> None:
    award(person, "V01", "hours:1", minutes=150, in_charge=True)

    operations.undo("hours:1", by_id=None, at=NOON)

    assert has(person) == (0, 0, 0)


def test_hours_are_awarded_when_they_are_confirmed(person: Resident) -> None:
    def confirmed(**values: Any) -> HoursConfirmed:
        known = {
            "attendance_id": 1, "activity_id": 1, "shift_id": 1, "resident_id": person.id, "minutes": 120,
            "tariff_code": "V01", "marks": (), "in_charge": True, "effective_at": NOON,
            "confirmed_by": person.id, "at": NOON,
        }  # fmt: skip
        return HoursConfirmed(**(known | values))

    announced(confirmed())
    announced(confirmed())
    announced(confirmed(attendance_id=2, tariff_code=None))

    assert has(person) == (5, 5, 120)


@pytest.mark.parametrize("secret", [False, True])
def test_a_vote_earns_once_whatever_it_was(person: Resident, secret: bool) -> None:
    for first in (True, False, False):
        announced(VoteCast(7, "topic:7", person.id, None, secret, first, NOON, "person", NOON))

    assert has(person)[1] == 1
    moment = db.session.scalars(select(Transfer.posted_at)).one()
    assert (moment == NOON) is not secret


def test_a_topic_that_is_taken_up_earns_its_proposer_once(person: Resident) -> None:
    for _ in range(2):
        announced(TopicTakenUp(7, person.id, NOON))
    announced(TopicTakenUp(8, None, NOON))

    assert has(person)[:2] == (3, 3)


def test_a_suggestion_earns_once_it_is_carried_out_and_nothing_before(person: Resident) -> None:
    announced(SuggestionAdopted(7, person.id, NOON))

    assert has(person) == (0, 0, 0)

    for _ in range(2):
        announced(SuggestionCarriedOut(7, person.id, None, NOON))

    assert has(person)[:2] == (10, 10)


def test_i10_parallel_awards_at_the_cap_grant_exactly_what_remains(app: Flask) -> None:
    with app.app_context(), kept():
        street = a_street()
        load(street.street, tariff_document())
        resident_id = a_resident(a_household(street.group)).id
        household_id = as_person(db.session.get(Resident, resident_id)).household_id
    clients = 12
    barrier = threading.Barrier(clients)

    def one(number: int) -> None:
        with app.app_context():
            barrier.wait(timeout=30)
            with kept():
                operations.award(
                    "D04", resident_id=resident_id, because=f"ballot:{number}", effective_at=NOON, at=NOON, by_id=None
                )

    run_all([lambda number=number: one(number) for number in range(clients)])

    with app.app_context():
        assert ledger.balances(household_id, at=NOON).points == 5
        assert db.session.scalar(select(func.sum(Award.points))) == 5
        db.session.rollback()


def test_i16_parallel_awards_for_one_cause_earn_once(app: Flask) -> None:
    with app.app_context(), kept():
        street = a_street()
        load(street.street, tariff_document())
        person = a_resident(a_household(street.group))
        resident_id, household_id = person.id, person.household_id

    def one() -> None:
        with app.app_context(), kept():
            operations.award("E04", resident_id=resident_id, because="same", effective_at=NOON, at=NOON, by_id=None)

    run_all([one] * 8)

    with app.app_context():
        assert ledger.balances(household_id, at=NOON).points == 5
        db.session.rollback()


def run_all(acts: list[Callable[[], None]]) -> None:
    """Do all of this at once, in threads; what one of them raises is raised here."""
    failed: list[BaseException] = []

    def guarded(act: Callable[[], None]) -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - handed to the test
            failed.append(error)

    threads = [threading.Thread(target=guarded, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]

"""When a deed can be claimed, where a claim stands, how many decide: plain and table-driven."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.claims import rules
from app.claims.rules import Facts, Terms
from app.kit.periods import Period
from app.notices import rules as notices
from app.notices.rules import Heard
from app.people.rules import Held, Person, Stranger
from tests.makers import NOON

DAY = timedelta(days=1)
TERMS = Terms()
NOVEMBER, DECEMBER = Period("month", 2026, 11), Period("month", 2026, 12)


def person(*, verified: bool = True, household: int = 5, role: str = "", at: str = "/1/2/") -> Person:
    return Person(
        id=7, family_name="张", given_name="秀", household_id=household, path="/1/2/3/",
        verified_at=NOON if verified else None, roles=(Held(role, 2, at),) if role else (),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("day", "month"),
    [
        (date(2026, 10, 25), NOVEMBER),
        (date(2026, 11, 24), NOVEMBER),
        (date(2026, 11, 25), DECEMBER),
        (date(2026, 12, 31), Period("month", 2027, 1)),
    ],
)
def test_i11_a_day_is_settled_with_its_month(day: date, month: Period) -> None:
    assert rules.month_of(day, TERMS) == month
    assert rules.first_day(NOVEMBER, TERMS) == date(2026, 10, 25)
    assert rules.settlement_day(NOVEMBER, TERMS) == date(2026, 11, 25)
    assert rules.settles_at(NOVEMBER, TERMS) == datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("deed_on", "today", "said"),
    [
        (date(2026, 11, 18), date(2026, 11, 18), None),
        (date(2026, 10, 25), date(2026, 11, 24), None),
        (date(2026, 10, 24), date(2026, 11, 24), "Deeds since"),
        (date(2026, 11, 24), date(2026, 11, 25), "Deeds since"),
        (date(2026, 11, 25), date(2026, 11, 25), None),
        (date(2026, 11, 19), date(2026, 11, 18), "not come yet"),
    ],
)
def test_deeds_are_claimed_until_the_24th_and_no_later(deed_on: date, today: date, said: str | None) -> None:
    no = rules.claim_refusal(person(), deed_on, today=today, terms=TERMS)

    assert (no is None) if said is None else (no is not None and said in no.text)


@pytest.mark.parametrize("who", [Stranger(), person(verified=False)])
def test_only_verified_residents_claim(who: Person) -> None:
    no = rules.claim_refusal(who, date(2026, 11, 18), today=date(2026, 11, 18), terms=TERMS)

    assert no is not None
    assert no.status == 403


def test_a_place_sets_its_own_terms_within_bounds() -> None:
    assert rules.terms_of({}) == Terms(24, 20, 5)
    wishes = {"claim_until_day": 31, "claim_second_reviewer_above": 10, "claim_notice_working_days": 7}
    assert rules.terms_of(wishes) == Terms(27, 10, 7)
    assert rules.terms_of({"claim_until_day": "20", "claim_notice_working_days": True}) == Terms()


@pytest.mark.parametrize(("honour", "points", "number"), [(3, 3, 1), (20, 20, 1), (21, 5, 2), (0, 50, 2)])
def test_two_reviewers_decide_above_the_limit(honour: int, points: int, number: int) -> None:
    assert rules.needs(honour, points, TERMS) == number


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        (Facts(1, {}), "submitted"),
        (Facts(2, {1: "confirm"}), "second"),
        (Facts(2, {1: "confirm", 2: "returned"}), "returned"),
        (Facts(1, {1: "not_confirmed"}, confirmed=False), "not_confirmed"),
        (Facts(1, {1: "confirm"}, confirmed=True), "confirmed"),
        (Facts(1, {1: "confirm"}, confirmed=True, line="on_notice"), "on_notice"),
        (Facts(1, {1: "confirm"}, confirmed=True, line="held"), "held"),
        (Facts(1, {1: "confirm"}, confirmed=True, line="clear"), "posting"),
        (Facts(1, {1: "confirm"}, confirmed=True, line="clear", ended="posted"), "posted"),
        (Facts(1, {}, ended="withdrawn"), "withdrawn"),
        (Facts(1, {}, confirmed=True, line="upheld", ended="upheld"), "upheld"),
    ],
)
def test_a_state_is_read_from_what_happened(facts: Facts, state: str) -> None:
    assert rules.state(facts) == state
    assert state in rules.STATE_WORDS
    assert state in rules.STATE_SIGNS


@pytest.mark.parametrize(
    ("needs", "verdicts", "outcome", "seats"),
    [
        (1, {}, None, 1),
        (1, {1: "confirm"}, "confirm", 1),
        (1, {1: "not_confirmed"}, "not_confirmed", 1),
        (2, {1: "confirm"}, None, 2),
        (2, {1: "confirm", 2: "confirm"}, "confirm", 2),
        (2, {1: "confirm", 2: "not_confirmed"}, None, 3),
        (2, {1: "confirm", 2: "not_confirmed", 3: "confirm"}, "confirm", 3),
        (2, {1: "confirm", 2: "not_confirmed", 3: "not_confirmed"}, "not_confirmed", 3),
        (2, {1: "confirm", 2: "returned"}, "returned", 2),
    ],
)
def test_where_two_disagree_a_third_decides(
    needs: int, verdicts: dict[int, str], outcome: str | None, seats: int
) -> None:
    assert rules.outcome(needs, verdicts) == outcome
    assert rules.seats(needs, verdicts) == seats


@pytest.mark.parametrize(
    ("amount", "span", "fine"),
    [
        (None, None, True), (5, None, False), (20, (20, 50), True), (50, (20, 50), True), (19, (20, 50), False),
        (51, (20, 50), False), (None, (20, 50), False), (41, (20, 50), False),
    ],
)  # fmt: skip
def test_an_amount_stays_in_the_range_and_below_what_was_kept(
    amount: int | None, span: tuple[int, int] | None, fine: bool
) -> None:
    most = 40 if amount == 41 else 50

    assert (rules.choice_refusal(amount, span, most=most) is None) is fine


def test_i22_nobody_reviews_a_claim_of_their_own_household() -> None:
    assert rules.own_refusal(person(), resident_id=1, household_id=5) is not None
    assert rules.own_refusal(person(), resident_id=7, household_id=9) is not None
    assert rules.own_refusal(person(), resident_id=1, household_id=9) is None


@pytest.mark.parametrize(
    ("reviewed", "now", "said"),
    [
        (True, "second", "other reviewer is asked"), (True, "confirmed", "what became of it"),
        (True, "returned", "waits for the claimant"), (False, "returned", "waits for the claimant"),
        (False, "confirmed", "moved on"),
    ],
)  # fmt: skip
def test_a_reviewer_hears_where_the_claim_stands_now(reviewed: bool, now: str, said: str) -> None:
    no = rules.review_refusal(drawn=True, reviewed=reviewed, now=now)

    assert no is not None
    assert said in no.text


@pytest.mark.parametrize(
    ("who", "at", "may"),
    [
        (person(role="reviewer"), NOON + 7 * DAY, True),
        (person(role="staff"), NOON + 7 * DAY, True),
        (person(role="reviewer"), NOON + 6 * DAY, False),
        (person(role="reviewer", at="/1/9/"), NOON + 7 * DAY, False),
        (person(), NOON + 7 * DAY, False),
    ],
)
def test_review_group_and_committee_put_a_batch_up_from_its_day_on(who: Person, at: datetime, may: bool) -> None:
    no = rules.settle_refusal(who, path="/1/2/", month=NOVEMBER, at=at, terms=TERMS)

    assert (no is None) is may


# The time left (I27) ------------------------------------------------------------------------------------------------

ENDS = NOON + 7 * DAY


def heard(filed: float, ended: float | None, outcome: str | None = "withdrawn") -> Heard:
    return Heard(NOON + filed * DAY, outcome if ended is not None else None, NOON + ended * DAY if ended else None)


@pytest.mark.parametrize(
    ("objections", "later"),
    [
        ([], 0),
        ([heard(1, 3)], 2),
        ([heard(1, 3), heard(4, 5)], 3),
        ([heard(1, 4), heard(2, 3)], 3),  # one within the other
        ([heard(1, 3), heard(2, 5)], 4),  # one into the other
        ([heard(2, 5), heard(1, 3)], 4),
        ([heard(1, 3), heard(3, 4)], 3),
        ([heard(6, 10, "not_upheld")], 4),  # past the end of the notice
        ([heard(6, 10), heard(8, 9)], 4),
    ],
)
def test_i27_a_line_ends_as_much_later_as_it_was_held(objections: list[Heard], later: float) -> None:
    assert notices.line_ends_at(ENDS, objections, NOON + 20 * DAY) == ENDS + later * DAY


def test_i27_while_it_is_held_nobody_knows_its_end() -> None:
    objections = [heard(1, 3), heard(5, 6, "upheld")]

    ends = [notices.line_ends_at(ENDS, objections, NOON + day * DAY) for day in (0, 2, 4, 5.5, 6)]

    assert ends == [ENDS, None, ENDS + 2 * DAY, None, None]

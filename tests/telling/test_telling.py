"""Who is told what when something happens, and who is reminded; with the operations of the rooms, reactions and all."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from app.activities import operations as activities
from app.ballots import operations as ballots
from app.council import operations as council
from app.council import queries as council_queries
from app.kit import clock
from app.kit.db import db
from app.kit.words import Words
from app.messages.models import Message
from app.messages.rules import packed, switches, unpacked
from app.messages.wording import plainly
from app.people import operations as people
from app.people.models import Resident
from app.rewards import operations as rewards
from app.telling.activities import remind_of_shifts
from app.telling.council import remind_voters
from app.telling.rewards import remind_to_collect
from tests.activities.planned import STARTS, a_village, an_activity, shift_ids
from tests.council.square import CLOSES, SECOND, Square, a_square, a_topic, in_voting, later, under_discussion
from tests.makers import NOON, a_household, a_resident, a_street, as_person, give
from tests.rewards.shop import KEY, a_family, a_shop, an_item, digits, reserve

pytestmark = pytest.mark.usefixtures("context")

HOUR = timedelta(hours=1)
DUE = CLOSES - timedelta(hours=24)
REASON = Words(zh="下雨", en="Rain")


def told(kind: str) -> dict[int, datetime]:
    """Who was told that, and as of when."""
    return {
        row.resident_id: row.at
        for row in db.session.execute(select(Message.resident_id, Message.at).where(Message.kind == kind))
    }


def ids(*people_: Any) -> set[int]:
    return {one.id for one in people_}


# Votes -----------------------------------------------------------------------------------------------------------


def voters(square: Square) -> set[int]:
    """Everybody of age who lives in the community."""
    return ids(*square.neighbours, square.spouse)


@pytest.mark.parametrize("hours", [[0], [23], [0, 0, 1], range(-30, 24, 6)], ids=["due", "late", "twice", "often"])
def test_who_has_not_voted_is_reminded_a_day_before_the_end(hours: Any) -> None:
    square = a_square()
    topic = in_voting(square)
    assert topic.question_id is not None
    ballots.cast(topic.question_id, choice="yes", by=square.neighbours[0], at=NOON + HOUR)
    for hour in hours:
        remind_voters(DUE + hour * HOUR)

    assert told("council.closing") == dict.fromkeys(voters(square) - ids(square.neighbours[0]), DUE)


def test_nobody_is_reminded_too_early_or_after_the_end() -> None:
    in_voting(a_square())

    assert remind_voters(DUE - SECOND) == 0
    assert remind_voters(CLOSES) == 0


def test_a_ballot_of_a_day_reminds_nobody() -> None:
    in_voting(a_square(), closes_at=NOON + 24 * HOUR)

    assert remind_voters(NOON + HOUR) == 0


def test_whoever_votes_then_has_no_reminder_any_more() -> None:
    square = a_square()
    topic = in_voting(square)
    assert topic.question_id is not None
    remind_voters(DUE)
    ballots.cast(topic.question_id, choice="yes", by=square.neighbours[0], at=DUE + HOUR)
    remind_voters(DUE + 2 * HOUR)

    assert set(told("council.closing")) == voters(square) - ids(square.neighbours[0])


def test_of_a_household_everybody_of_age_is_reminded_until_one_has_voted() -> None:
    square = a_square()
    topic = in_voting(square, electorate="household")
    assert topic.question_id is not None
    remind_voters(DUE)
    assert ids(square.neighbours[0], square.spouse) <= set(told("council.closing"))
    assert not ids(square.child, square.newcomer, square.villager) & set(told("council.closing"))

    ballots.cast(topic.question_id, choice="yes", by=square.spouse, at=DUE + HOUR)

    assert set(told("council.closing")) == ids(*square.neighbours[1:])


def test_an_extended_ballot_reminds_anew_before_its_new_end() -> None:
    square = a_square()
    topic = in_voting(square)
    remind_voters(DUE)
    council.extend_vote(topic.id, closes_at=CLOSES + 48 * HOUR, why=REASON, by=square.staff, at=DUE + HOUR)
    assert told("council.closing") == {}
    remind_voters(DUE + 2 * HOUR)
    assert told("council.closing") == {}
    remind_voters(DUE + 49 * HOUR)

    assert set(told("council.closing").values()) == {DUE + 48 * HOUR}


def test_the_result_is_told_to_the_whole_roll_as_of_the_end() -> None:
    square = a_square()
    topic = in_voting(square)
    remind_voters(DUE)
    council.record_results(CLOSES + 5 * HOUR)
    council.record_results(CLOSES + 6 * HOUR)

    assert told("council.result") == dict.fromkeys(voters(square), CLOSES)
    assert told("council.closing") == {}
    (values,) = set(map(str, db.session.scalars(select(Message.values).where(Message.kind == "council.result"))))
    assert "too few took part" in values
    assert topic.state == "decided"


def test_sentence_35_is_said_as_people_say_it() -> None:
    square = a_square()
    in_voting(square)
    remind_voters(DUE)
    values = db.session.scalars(select(Message.values).where(Message.kind == "council.closing")).first()
    assert values is not None
    with clock.fixed(DUE):
        with force_locale("zh_Hans"):
            said = plainly("council.closing", values)
            assert said.text == "《建充电棚》的表决明天12:00（还有1天）截止，您还没有投票。"
        with force_locale("en"):
            said = plainly("council.closing", values)
            assert (
                said.text
                == 'Voting on "Build a charging shed" ends tomorrow 12:00 (1 day left). You have not voted yet.'
            )


# Topics ----------------------------------------------------------------------------------------------------------


def test_whoever_proposed_and_supported_hears_that_a_topic_is_taken_up() -> None:
    square = a_square()
    topic = a_topic(square)
    council.support(topic.id, by=square.neighbours[0], at=NOON)
    council.take_step(topic.id, "accept", by=square.staff, at=NOON + HOUR)

    assert told("council.taken_up") == dict.fromkeys(ids(square.neighbours[9], square.neighbours[0]), NOON + HOUR)


def test_an_answer_is_told_to_who_proposed_and_who_asked() -> None:
    square = a_square()
    topic = under_discussion(square)
    row = council_queries.topic_visible_to(square.staff, topic.id)
    assert row is not None
    asked = council.comment(
        row, text=REASON, stance="neutral", parent_id=None, official=False, by=square.neighbours[1], at=NOON
    )
    council.comment(row, text=REASON, stance="neutral", parent_id=asked.id, official=True, by=square.staff, at=NOON)
    assert set(told("council.answered")) == ids(square.neighbours[9], square.neighbours[1])
    council.adopt(row, asked.id, by=square.staff, at=NOON)
    assert set(told("council.adopted")) == ids(square.neighbours[1])

    council.hide(row, asked.id, because=REASON, by=square.staff, at=NOON)
    assert told("council.adopted") == {}


# Activities ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [[0], [20], [0, 1, 1], range(-30, 23, 5)], ids=["due", "late", "twice", "often"])
def test_a_shift_is_told_from_noon_of_the_day_before(hours: Any) -> None:
    village = a_village()
    activity = an_activity(village)
    (shift,) = shift_ids(activity)
    activities.sign_up(shift, by=village.helper, at=NOON - HOUR)
    activities.sign_up(shift, by=village.neighbour, at=NOON - HOUR)
    activities.give_up(shift, by=village.neighbour, at=NOON - HOUR / 2)
    for hour in hours:
        remind_of_shifts(NOON + hour * HOUR)

    assert told("activities.tomorrow") == {village.helper.id: NOON}


def test_whoever_signs_up_after_noon_is_not_told_what_they_know() -> None:
    village = a_village()
    (shift,) = shift_ids(an_activity(village))
    activities.sign_up(shift, by=village.helper, at=NOON + HOUR)

    assert remind_of_shifts(NOON + 2 * HOUR) == 0
    assert remind_of_shifts(STARTS) == 0


def test_a_cancelled_activity_is_told_and_its_reminders_are_taken_back() -> None:
    village = a_village()
    activity = an_activity(village)
    (shift,) = shift_ids(activity)
    activities.sign_up(shift, by=village.helper, at=NOON - HOUR)
    remind_of_shifts(NOON)
    activities.take_step(activity.id, "call_off", by=village.staff, at=NOON + HOUR, why=REASON)

    assert told("activities.tomorrow") == {}
    assert told("activities.cancelled") == {village.helper.id: NOON + HOUR}
    assert remind_of_shifts(NOON + 2 * HOUR) == 0


# Rewards ---------------------------------------------------------------------------------------------------------


def test_a_reservation_is_told_and_again_a_day_before_it_lapses_and_when_it_did() -> None:
    shop = a_shop()
    me = a_family(shop)
    order = reserve(an_item(shop), me, shop)
    due = order.expires_at - 24 * HOUR
    assert told("rewards.reserved") == {me.id: NOON}
    assert remind_to_collect(due - SECOND) == 0
    remind_to_collect(due + HOUR)
    remind_to_collect(due + HOUR)
    assert told("rewards.lapsing") == {me.id: due}

    rewards.release_lapsed(order.expires_at + HOUR)
    assert (told("rewards.reserved"), told("rewards.lapsing")) == ({}, {})
    assert told("rewards.lapsed") == {me.id: order.expires_at}


def test_what_is_collected_or_given_up_needs_no_word_any_more() -> None:
    shop = a_shop()
    me = a_family(shop)
    item = an_item(shop)
    first, second = reserve(item, me, shop), reserve(item, me, shop)
    remind_to_collect(first.expires_at - HOUR)
    rewards.redeem(digits(first), key=KEY, by=shop.clerk, at=NOON + HOUR)
    rewards.cancel(second.id, by=me, at=NOON + HOUR)

    assert db.session.scalars(select(Message.kind)).all() == []


# People ----------------------------------------------------------------------------------------------------------


def test_a_confirmed_address_is_told() -> None:
    street = a_street()
    newcomer, home = a_resident(verified=False, claimed_grid_id=street.grid.id), a_household(street.group)
    member = a_resident(a_household(street.other_group))
    give("grid", member, street.grid)
    people.confirm_address(newcomer.id, home.id, by=as_person(member), at=NOON)

    assert told("people.confirmed") == {newcomer.id: NOON}


def test_a_closed_account_is_told_nothing() -> None:
    square = a_square()
    in_voting(square)
    db.session.get_one(Resident, square.neighbours[0].id).disabled_at = NOON
    db.session.flush()
    remind_voters(DUE)

    assert square.neighbours[0].id not in told("council.closing")


def test_residents_are_not_asked_about_what_only_staff_are_told() -> None:
    for_staff, for_others = (
        {kind.key for _heading, group in switches(staff=staff) for kind in group} for staff in (True, False)
    )
    assert {"grid.waits", "grid.due", "disclosures.to_sign"} <= for_staff - for_others
    assert {"grid.resolved", "disclosures.answered", "following.promise"} <= for_others


def test_every_kind_can_be_switched_and_reads_in_both_languages(app: Flask) -> None:
    """With any values at all: no sentence asks for more than its kind gives."""
    everything = dict.fromkeys(("title", "item", "place", "what", "why"), Words(zh="长椅", en="a bench")) | {
        "until": CLOSES, "begins": CLOSES, "due": later(2).date(), "outcome": "x", "level": "x", "days": 3, "name": "x",
    }  # fmt: skip
    kinds = [kind for _heading, group in switches(staff=True) for kind in group]
    assert len(kinds) > 15
    assert {kind.key.partition(".")[0] for kind in kinds} >= {"council", "activities", "rewards", "people", "grid"}
    for kind in kinds:
        for locale in ("zh_Hans", "en"):
            with force_locale(locale):
                said = plainly(kind.key, packed(everything))
                assert "%(" not in said.subject + said.text
                assert any("\u4e00" <= sign <= "\u9fff" for sign in said.subject + said.text) == (locale == "zh_Hans")
    assert unpacked(packed(everything)) == everything

"""The life of a topic, walked: every state, every action, every role; and who may do what."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from app.council import rules
from app.council.models import STATES
from app.people.rules import Held, Person, Stranger
from tests.makers import NOON

WHO = ("owner", "staff", "house", "anyone")

# state -> action -> (next state, who); read off domain.md 2.
EXPECTED = {
    "draft": {"propose": ("proposed", {"owner"})},
    "proposed": {
        "gather": ("deliberating", {"house"}),
        "accept": ("deliberating", {"staff"}),
        "decline": ("declined", {"staff"}),
        "merge": ("merged", {"staff"}),
        "withdraw": ("withdrawn", {"owner"}),
    },
    "deliberating": {
        "open_ballot": ("voting", {"staff"}),
        "decline": ("declined", {"staff"}),
        "merge": ("merged", {"staff"}),
        "withdraw": ("withdrawn", {"owner"}),
    },
    "voting": {"extend": ("voting", {"staff"}), "record": ("decided", {"staff", "house"})},
    "decided": {"carry_out": ("implementing", {"staff"}), "close": ("closed", {"staff"})},
    "implementing": {"close": ("closed", {"staff"})},
    "closed": {"reopen": ("implementing", {"staff"})},
    "declined": {},
    "withdrawn": {},
    "merged": {},
}  # fmt: skip


def test_the_table_knows_every_state() -> None:
    assert set(STATES) == set(EXPECTED) == rules.LIFE.states == set(rules.STATE_WORDS) == set(rules.STATE_SIGNS)


@pytest.mark.parametrize(("state", "action", "who"), list(product(STATES, sorted(rules.LIFE.actions), WHO)))
def test_every_step_leads_where_the_domain_says_and_only_for_whom(state: str, action: str, who: str) -> None:
    wanted = EXPECTED[state].get(action)

    no = rules.step_refusal(state, action, frozenset({who}), reasoned=True)

    if wanted is not None and who in wanted[1]:
        assert no is None
        assert rules.LIFE.after(state, action) == wanted[0]
    else:
        assert no is not None
        assert no.status == (403 if wanted else 409)


@pytest.mark.parametrize("action", ["decline", "merge", "withdraw", "extend", "reopen"])
def test_an_exit_and_a_second_thought_need_a_public_reason(action: str) -> None:
    for (state, one), step in rules.LIFE.steps.items():
        if one == action:
            no = rules.step_refusal(state, action, step.who, reasoned=False)
            assert no is not None
            assert no.status == 422


def person(path: str = "/1/2/3/", *, verified: bool = True, role: str = "", at: str = "") -> Person:
    return Person(
        id=7, family_name="张", given_name="秀", household_id=5, community_id=2, street_id=int(path.split("/")[1]),
        path=path, verified_at=NOON if verified else None, roles=(Held(role, 2, at),) if role else (),
    )  # fmt: skip


NEIGHBOUR, NEWCOMER, OUTSIDER, ABROAD = person(), person(verified=False), person("/1/9/8/"), person("/50/51/")
STAFF, OTHER_STAFF = person("/1/9/8/", role="staff", at="/1/2/"), person("/1/9/8/", role="staff", at="/1/9/")
ADMIN, STREET = person("/1/9/8/", role="admin", at="/1/"), person("/50/51/", role="street", at="/1/")


@pytest.mark.parametrize(
    ("who", "proposes", "supports", "comments", "moderates"),
    [
        (NEIGHBOUR, True, True, True, False),
        (NEWCOMER, False, False, False, False),
        (OUTSIDER, False, False, True, False),
        (ABROAD, False, False, False, False),
        (STAFF, True, False, True, True),
        (OTHER_STAFF, False, False, True, False),
        (ADMIN, False, False, True, False),
        (STREET, True, False, True, True),
        (Stranger(), False, False, False, False),
    ],
)
def test_who_may_do_what(who: Person, proposes: bool, supports: bool, comments: bool, moderates: bool) -> None:
    place = "/1/2/"

    assert (rules.propose_refusal(who, place) is None) is proposes
    assert (rules.support_refusal(who, state="proposed", place_path=place, proposer_id=1) is None) is supports
    assert (rules.comment_refusal(who, state="voting", place_path=place, street_id=1) is None) is comments
    assert (rules.moderate_refusal(who, place) is None) is moderates


def test_the_proposer_waits_for_the_neighbours() -> None:
    assert rules.support_refusal(NEIGHBOUR, state="proposed", place_path="/1/2/", proposer_id=7) is not None


@pytest.mark.parametrize("state", STATES)
def test_support_is_gathered_before_discussion_and_talk_ends_with_the_topic(state: str) -> None:
    support = rules.support_refusal(NEIGHBOUR, state=state, place_path="/1/2/", proposer_id=1)
    comment = rules.comment_refusal(NEIGHBOUR, state=state, place_path="/1/2/", street_id=1)

    assert (support is None) is (state == "proposed")
    assert (comment is None) is (state in ("proposed", "deliberating", "voting", "decided", "implementing"))


def test_a_closed_ballot_is_decided_the_moment_it_closes() -> None:
    second = timedelta(seconds=1)

    assert rules.shown_state("voting", NOON, NOON - second) == "voting"
    assert rules.shown_state("voting", NOON, NOON) == "decided"
    assert rules.shown_state("proposed", None, NOON) == "proposed"


@pytest.mark.parametrize(
    ("settings", "needed"), [({}, 10), ({"topic_support": 3}, 3), ({"topic_support": 0}, 1), (None, 10)]
)
def test_a_place_may_ask_for_more_or_less_support(settings: object, needed: int) -> None:
    assert rules.support_needed(settings) == needed

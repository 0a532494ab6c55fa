"""Claims: a limit lets exactly the remaining ones in, two reviewers decide together once, an appeal is filed once.

Two ticks post once, and fill an empty seat once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import count
from threading import Barrier

import pytest
from sqlalchemy import func, select

from app.claims import operations, queries, rules
from app.claims.models import (
    Claim,
    ClaimAppeal,
    ClaimBatch,
    ClaimDecision,
    ClaimDraw,
    ClaimDrawEnd,
    ClaimEnd,
    ClaimReview,
    ReviewConflict,
)
from app.claims.proof import faults
from app.kit import clock
from app.kit.db import db, transaction
from app.merits import operations as merits
from app.merits.models import Award
from app.people.models import Household, Resident
from app.places.models import Place
from app.points.models import Transfer
from tests.claims.panel import DEED, SPOT, TEXT, claim_tariff, evidence
from tests.makers import a_household, a_resident, give
from tests.merits.documents import cap, line
from tests.races.harness import Answer, Client, lasting, rounds, rush, statuses
from tests.races.village import Village, now

pytestmark = pytest.mark.race

FAMILY, LEFT = 12, 3  # members of one household, and how many claims of theirs fit under its limit
REVIEWERS, TICKS, DEVICES = 6, 4, 4
PAIR, REPORTERS = 3, 6  # members of each of two households, and households that saw the same
_version = count(100)
LONG_AGO = date(2006, 1, 1)  # a claim of each month since can be raced


@pytest.fixture(scope=lasting("module"))
def panel(village: Village) -> Iterator[Village]:
    """The village with lines to claim under, and a review group."""
    document = claim_tariff(version=next(_version))
    claimed = {"earn": "claim"} | evidence("form", zh="登记单", en="slip")
    document["lines"].append(
        line("H01", "environment", 3, 3, cap(3 * LEFT, "amount", "month", "household"), per="household") | claimed
    )
    with village.kept():
        community = db.session.get_one(Place, village.community)
        merits.load_tariff(document, place_id=community.id, effective_from=LONG_AGO, by_id=None, at=now())
        for _ in range(REVIEWERS):
            reviewer = a_resident(a_household(db.session.get_one(Place, village.group)))
            give("reviewer", reviewer, community)
    yield village
    with village.app.app_context(), transaction(writing=False):
        assert [*faults()] == []
    village.refuse_fault()


def sent(client: Client, code: str, **more: str) -> Answer:
    known = {"title": "A deed", "text": "What we did.", "spot": "In the yard", "group": "0", "door": ""}
    return client.send("/points/claims/new", line=code, deed_on=clock.today().isoformat(), **(known | more))


def test_i10_of_many_claims_at_the_limit_exactly_the_remaining_are_taken(panel: Village) -> None:
    for _ in range(rounds()):
        family = panel.members_of_one_home(FAMILY)
        home = panel.household_of(family[0])
        answers = rush(panel.clients(family), lambda one, _n: sent(one, "H01"))
        assert statuses(answers) == {303: LEFT, 409: FAMILY - LEFT}
        assert panel.count(Claim, Claim.household_id == home) == LEFT
        assert panel.count(Award, Award.household_id == home, Award.points == 3) == LEFT


def test_i10_of_two_households_that_claim_for_each_other_at_once_the_limit_takes_one(panel: Village) -> None:
    for _ in range(rounds()):
        homes = [panel.members_of_one_home(PAIR) for _ in range(2)]
        ids = [panel.household_of(one[0]) for one in homes]
        doors = [panel.scalar(select(Household.door).where(Household.id == one)) for one in ids]
        clients = panel.clients([one for pair in zip(*homes, strict=True) for one in pair])
        group = str(panel.group)
        answers = rush(clients, lambda one, n: sent(one, "N09", group=group, door=doors[1 - n % 2]))  # noqa: B023
        assert statuses(answers) == {303: 1, 409: 2 * PAIR - 1}
        assert panel.count(Award, Award.household_id.in_(ids), Award.code == "N09") == 1


def test_of_many_households_that_report_one_hazard_at_once_one_is_the_first(panel: Village) -> None:
    for number in range(rounds()):
        families = [panel.a_family() for _ in range(REPORTERS)]
        answers = rush(panel.clients(families), lambda one, _n: sent(one, "S01", occasion=f"HT-{number}"))  # noqa: B023
        assert statuses(answers) == {303: 1, 409: REPORTERS - 1}
        assert panel.count(Award, Award.code == "S01", Award.event.endswith(f"/ht-{number}")) == 1


def test_a_deed_is_claimed_once_from_several_devices(panel: Village) -> None:
    for _ in range(rounds()):
        who = panel.a_family(1)  # with an account: to open one makes the others wait all the same
        devices = panel.client(who).copies(DEVICES)
        answers = rush(devices, lambda one, _n: sent(one, "F03"))
        assert statuses(answers) == {303: 1, 409: DEVICES - 1}
        assert panel.count(Claim, Claim.resident_id == who) == 1


def test_two_reviewers_who_confirm_at_once_decide_once(panel: Village) -> None:
    for _ in range(2 * rounds()):  # one of four is a near thing
        who = panel.a_family()
        sent(panel.client(who), "F04")
        claim_id = panel.scalar(select(Claim.id).where(Claim.resident_id == who))
        drawn = panel.scalars(select(ClaimDraw.reviewer_id).where(ClaimDraw.claim_id == claim_id))
        devices = [device for one in panel.clients(drawn) for device in one.copies(DEVICES)]
        path = f"/points/claims/{claim_id}/review"
        answers = rush(devices, lambda one, _n: one.send(path, verdict="confirm", amount="30"))  # noqa: B023
        assert len(drawn) == 2
        assert statuses(answers) == {303: 2, 409: 2 * DEVICES - 2}
        of_claim = ClaimReview.draw_id.in_(select(ClaimDraw.id).where(ClaimDraw.claim_id == claim_id))
        assert panel.count(ClaimReview, of_claim) == 2
        assert panel.count(ClaimDecision, ClaimDecision.claim_id == claim_id, ClaimDecision.points == 30) == 1


def test_i26_a_decision_is_appealed_once_from_several_devices(panel: Village) -> None:
    for _ in range(rounds()):
        who, claim_id = one_under_review(panel)
        with panel.kept():
            (reviewer,) = reviewers_of(claim_id)
            by = panel.person(reviewer)
            operations.review(claim_id, verdict="not_confirmed", amount=None, why=TEXT, by=by, at=now())
        devices, path = panel.client(who).copies(DEVICES), f"/points/claims/{claim_id}/appeal"
        answers = rush(devices, lambda one, _n: one.send(path, text="Please look again."))  # noqa: B023
        assert statuses(answers) == {303: 1, 409: DEVICES - 1}
        assert panel.count(ClaimAppeal, ClaimAppeal.claim_id == claim_id) == 1
        assert panel.count(Claim, Claim.resident_id == who) == 2


def test_i22_two_ticks_at_once_fill_a_seat_once(panel: Village) -> None:
    for _ in range(rounds()):
        who, claim_id = one_under_review(panel)
        with panel.kept():
            (reviewer,) = reviewers_of(claim_id)
            home = panel.person(who).household_id
            db.session.add(ReviewConflict(reviewer_id=reviewer, household_id=home, at=now()))
        at_once([lambda: operations.fill_due(now())] * TICKS, panel)
        with panel.kept():
            (another,) = reviewers_of(claim_id)
        assert another != reviewer
        assert panel.count(ClaimDraw, ClaimDraw.claim_id == claim_id) == 2


def one_under_review(village: Village) -> tuple[int, int]:
    """A claim of a new neighbour that waits for one reviewer: whose it is, and its number."""
    who = village.a_family(1)
    sent(village.client(who), "F03")
    return who, village.scalar(select(Claim.id).where(Claim.resident_id == who))


def reviewers_of(claim_id: int) -> list[int]:
    """Who sits on a claim."""
    left = select(ClaimDrawEnd.draw_id)
    seated = select(ClaimDraw.reviewer_id).where(ClaimDraw.claim_id == claim_id, ClaimDraw.id.not_in(left))
    return list(db.session.scalars(seated))


def test_i27_two_ticks_at_once_post_a_claim_once(panel: Village) -> None:
    for _ in range(rounds()):
        claim_id = one_that_is_due(panel)
        at_once([lambda: operations.post_due(now())] * TICKS, panel)
        assert panel.count(ClaimEnd, ClaimEnd.claim_id == claim_id, ClaimEnd.outcome == "posted") == 1
        assert panel.count(Transfer, Transfer.because == f"claim:{claim_id}") == 2


def one_that_is_due(village: Village) -> int:
    """Claimed, confirmed and put up some months ago, so that its notice has ended."""
    with village.kept():
        place = db.session.get_one(Place, village.community)
        group = db.session.get_one(Place, village.group)
        terms = queries.terms_at(place.path)
        earlier = db.session.scalar(select(func.count(ClaimBatch.id))) or 0
        month = rules.month_of(clock.today(), terms).moved(-2 - earlier)  # each month is settled once
        at = rules.settles_at(month, terms)
        home: Household = a_household(group)
        who = village.person(a_resident(home).id)
        done = clock.local(at).date()
        claim = operations.claim("E07", deed_on=done, title=DEED, text=TEXT, spot=SPOT, by=who, at=at)
        for row in queries.draws(claim.id):
            by = village.person(db.session.get_one(Resident, row.reviewer_id).id)
            operations.review(claim.id, verdict="confirm", amount=None, why=None, by=by, at=at)
        operations.put_up(place, month, by=village.person(village.staff), at=at)
        return claim.id


def at_once(acts: list[Callable[[], object]], village: Village) -> None:
    """Each in a transaction of its own; what one of them raises is raised here."""
    barrier = Barrier(len(acts))

    def one(act: Callable[[], object]) -> None:
        with village.app.app_context():
            barrier.wait(timeout=60)
            with transaction():
                act()

    with ThreadPoolExecutor(max_workers=len(acts)) as pool:
        list(pool.map(one, acts))

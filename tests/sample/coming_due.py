"""Small worlds in which every kind of thing that `flask tick` writes comes due within three days after noon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from sqlalchemy import select, update

from app.activities import operations as activities
from app.agreements import operations as agreements
from app.ballots import operations as ballots
from app.ballots.models import RollEntry
from app.ballots.rules import Asked
from app.claims import operations as claims
from app.claims.models import ClaimBatchLine
from app.kit import clock
from app.kit.db import db
from app.kit.periods import period_of
from app.kit.words import Words
from app.meetings import operations as meetings
from app.messages import operations as messages
from app.messages.rules import Way
from app.notices import operations as notices
from app.notices import queries as notices_read
from app.notices.models import Objection
from app.people.models import Resident
from app.people.rules import Person
from app.points import funds
from app.points import operations as points
from tests.activities.planned import Village, a_plan, a_village, an_activity, shift_ids
from tests.agreements.compact import TODAY, Compact, a_compact, drafted, set_line
from tests.cases.block import a_block, appealed
from tests.cases.block import confirmed as confirmed_case
from tests.claims.panel import a_panel, confirmed
from tests.council.square import Square, a_square, in_voting
from tests.grid.hall import a_hall, a_request, resolved
from tests.makers import NOON
from tests.rewards.shop import Shop, a_family, a_shop, an_item, reserve

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ADOPTED = NOON + 30 * HOUR


@dataclass(frozen=True)
class Act:
    """Something that somebody does in between, whether or not a tick ran before."""

    at: datetime
    do: Callable[[], object]


def begin() -> list[Act]:
    """Make the world as it stands at noon; what people will do in it meanwhile. All but claims."""
    square, compact, village = a_square(), a_compact(), a_village()
    votes = _topics(square)
    signature = _agreement(compact)
    _shifts(village)
    _meetings(square)
    _orders()
    _requests()
    _deductions()
    _mailboxes(square)
    return [votes, signature]


def _topics(square: Square) -> Act:
    """A vote that ends two days on, with three points to be put up; a secret one; one that ends after the last tick."""
    points = [Words(zh=text, en=text) for text in ("A shed", "A camera", "A lamp")]
    soon = in_voting(square, closes_at=NOON + 48 * HOUR, points=points)
    longest = in_voting(square, closes_at=NOON + 80 * HOUR)
    secret = in_voting(square, closes_at=NOON + 30 * HOUR, secret=True)
    assert secret.question_id is not None
    for number, who in enumerate(square.neighbours[:3]):
        ballots.cast_secretly(
            secret.question_id, choice="yes", receipt=f"0000-1111-2222-3333-444{number}", by=who, at=NOON
        )
    assert soon.question_id is not None
    question: int = soon.question_id
    for who in square.neighbours[:4]:
        ballots.cast(question, choice="yes", by=who, at=NOON)
    for topic in (soon, longest):  # papers that nobody types a second time: staff are reminded of both
        at_vote = RollEntry.question_id == topic.question_id, RollEntry.resident_id == square.neighbours[7].id
        row = db.session.execute(select(RollEntry.question_id, RollEntry.id).where(*at_vote)).one()
        ballots.type_paper(row.question_id, row.id, choice="yes", by=square.staff, at=NOON)
    late = square.neighbours[5]
    return Act(NOON + 25 * HOUR, lambda: ballots.cast(question, choice="yes", by=late, at=NOON + 25 * HOUR))


def _agreement(compact: Compact) -> Act:
    """A version whose ballot ends tomorrow evening, which sets a line, in force the day after."""
    begun, opened = NOON - 20 * DAY, NOON - DAY
    version = drafted(compact, at=begun)
    set_line(compact, version)
    agreements.consult(version.id, until=opened, by=compact.staff, at=begun)
    agreements.put_to_vote(
        version.id, Asked(Words(zh="是否通过？", en="Adopt it?"), ADOPTED, Fraction(1, 3), Fraction(1, 2)),
        effective_from=TODAY + timedelta(days=2), by=compact.staff, at=opened,
    )  # fmt: skip
    assert version.question_id is not None
    for who in compact.neighbours[:4]:
        ballots.cast(version.question_id, choice="yes", by=who, at=opened)
    agreement_id, signer, at = version.agreement_id, compact.neighbours[0], NOON + 40 * HOUR
    return Act(at, lambda: agreements.sign(agreement_id, wish=1, by=signer, at=at))


def _shifts(village: Village) -> None:
    """One that is over before the last tick, one still to come."""
    over, to_come = NOON + 47 * HOUR, NOON + 75 * HOUR
    activity = an_activity(village, a_plan(over, over + HOUR), a_plan(to_come, to_come + HOUR))
    for shift_id in shift_ids(activity):
        activities.sign_up(shift_id, by=village.helper, at=NOON)


def _meetings(square: Square) -> None:
    """As with the shifts: one sitting is over before the last tick, one still to come."""
    title, place = Words(zh="听证", en="A hearing"), square.community
    for begins in (NOON + 45 * HOUR, NOON + 74 * HOUR):
        meeting = meetings.call(
            kind="sitting", subject=None, href=None, title=title, place_id=place.id, place_path=place.path, where=title,
            starts_at=begins, ends_at=begins + HOUR, agenda=[title], capacity=None, by=square.staff, at=NOON,
        )  # fmt: skip
        meetings.sign_up(meeting.id, question=None, by=square.neighbours[3], at=NOON)


def _orders() -> None:
    """One reservation that runs out on the way, one that is reminded of and still holds; a sack of rice each."""
    shop = a_shop()
    rice, family = an_item(shop), a_family(shop, points_given=200)
    _old_points(shop, a_family(shop, points_given=0))
    _fund(shop, 100)
    for lapses in (NOON + 40 * HOUR, NOON + 90 * HOUR):
        reserve(rice, family, shop, at=lapses - 7 * DAY)


def _old_points(shop: Shop, family: Person) -> None:
    """Some of last year, untouched, which expire thirty days after the day after tomorrow."""
    shop.street.community.settings = {"points_expiry": {"from": (NOON + 32 * DAY).isoformat()}}
    last_year = NOON - 365 * DAY
    points.grant(
        "points", 130, household_id=family.household_id or 0, resident_id=family.id, code="E04", heading="environment",
        because="last year:1", effective_at=last_year, at=last_year, by_id=None,
    )  # fmt: skip


def _fund(shop: Shop, yuan: int) -> None:
    """Two sacks are promised until the first reservation runs out: most of the fund, at one midnight only."""
    quarter, why = period_of(clock.local(NOON).date(), "quarter"), Words(zh="大米", en="Rice")
    funds.set_fund(shop.street.community.id, quarter, yuan, why=why, by=shop.staff, at=NOON)


def _requests() -> None:
    """Two whose time is over: one goes up, one is with the street, above which is nobody; and one never rated."""
    hall = a_hall()
    a_request(hall, category="waste")
    a_request(hall, category="waste", place=hall.street.street)
    resolved(hall, at=NOON - 6 * DAY)


def begin_claims() -> list[Act]:
    """A batch that goes up tomorrow evening; one whose notice ends in the meantime, with a line that is held.

    Both begin to count when they are written, so they tell when that was.
    """
    tomorrow, earlier = a_panel(), a_panel()
    tomorrow.street.community.settings = {"claim_until_day": 18}
    earlier.street.community.settings = {"claim_until_day": 12}
    confirmed(tomorrow, at=NOON)
    begun = NOON - 8 * DAY
    made = [confirmed(earlier, by=one, deed_on=begun.date(), at=begun).id for one in earlier.neighbours[:2]]
    claims.put_up_due(NOON - 4 * DAY)
    batch_id = db.session.scalars(select(ClaimBatchLine.batch_id).where(ClaimBatchLine.claim_id == made[1])).one()
    notice = notices_read.notice_of(f"claim-batch:{batch_id}", NOON)
    assert notice is not None
    notice_id, objector, text = notice.id, earlier.neighbours[3], Words(zh="不是他做的", en="It was not them")

    def object_to() -> None:
        notices.object_to(notice_id, str(made[1]), text=text, by=objector, at=NOON + 20 * HOUR)

    def withdraw() -> None:
        filed = db.session.scalars(select(Objection.id).where(Objection.by_id == objector.id)).one()
        notices.withdraw(filed, by=objector, at=NOON + 30 * HOUR)

    return [Act(NOON + 20 * HOUR, object_to), Act(NOON + 30 * HOUR, withdraw)]


def _deductions() -> None:
    """The time to appeal ends in the third night: one takes effect then, another is held back by its appeal."""
    block = a_block()
    confirmed_case(block, at=NOON - 5 * DAY)
    held = confirmed_case(block, "K03", at=NOON - 5 * DAY)
    appealed(block, held, at=NOON - 4 * DAY)


def _mailboxes(square: Square) -> None:
    """Everybody has an address; one wants reminders in the digest, and results at once."""
    address = Resident.sign_in_name + "@example.org"
    db.session.execute(update(Resident).values(email=address, email_confirmed_at=NOON - 30 * DAY))
    ways: dict[str, Way] = {"council.closing": "digest", "council.result": "now"}
    messages.choose_ways(ways, resident_id=square.neighbours[6].id)

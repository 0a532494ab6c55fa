"""A community with a review group, and neighbours who claim deeds, for the tests of claims."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.claims import operations, queries
from app.claims.models import Claim
from app.kit.db import db
from app.kit.words import Words
from app.merits import operations as merits
from app.people.models import Resident
from app.people.rules import Person
from tests.makers import NOON, a_household, a_resident, a_street, as_person, give
from tests.merits.documents import cap, line, tariff_document
from tests.neighbours import Neighbours

DAY = timedelta(days=1)
TODAY = date(2026, 11, 18)
# The settlement day is 25 November; what goes up then hangs through five working days, to the end of 2 December.
MEETING = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
GOES_UP = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
NOTICE_ENDS = datetime(2026, 12, 2, 16, 0, tzinfo=UTC)
DEED = Words(zh="清走三楼的旧家具", en="Cleared old furniture from the third floor")
TEXT = Words(zh="和儿子一起搬到了楼下。", en="Carried it down with my son.")
SPOT = Words(zh="三号楼楼道", en="Stairs of Building 3")
WHY = Words(zh="请补一张清理后的照片", en="Please add a photo of afterwards")


@dataclass
class Panel(Neighbours):
    """Neighbours, the committee, and four reviewers of households of their own."""

    reviewers: list[Person] = field(default_factory=list)

    def reviewer(self, **values: Any) -> Person:
        one = a_resident(a_household(self.street.other_group), **values)
        give("reviewer", one, self.street.community)
        person = as_person(one)
        self.reviewers.append(person)
        return person

    def drawn(self, claim_id: int) -> list[Person]:
        """Who is to review a claim now."""
        known = {one.id: one for one in [*self.reviewers, self.staff]}
        seated = [one.reviewer_id for one in queries.draws(claim_id) if one.stepped_back is None]
        return [known.get(each) or as_person(db.session.get_one(Resident, each)) for each in seated]


def claim_tariff(**changes: Any) -> dict[str, Any]:
    """A tariff with lines that are claimed: fixed and ranging amounts, limits by month, by pair of households.

    Some ask for more than words: photos, the other household and its word, which certificate it was.
    """
    document = tariff_document(**changes)
    claimed = {"earn": "claim"} | evidence("form", zh="登记单", en="slip")
    award = {"highest_of_group": "award", "per": "household"} | evidence("cert", zh="证书", en="certificate")
    once = cap(1, "count", "award", "household")
    document["lines"] += [
        line("E07", "environment", 3, 3, cap(9, "amount", "month", "resident")) | claimed,
        line("E05", "environment", 6, 6, cap(1, "count", "month", "household"), per="household") | claimed,
        line("N09", "neighbours", 3, 3, cap(1, "count", "month", "household_pair")) | claimed,
        line("F04", "family", 1, 1, per="household") | claimed | {"assets": {"honour": [20, 50], "points": [20, 50]}},
        line("F03", "family", 15, 15, per="household") | claimed,
        line("F06", "family", 2, 2) | claimed | evidence("signin", zh="签到", en="list"),
        line("E08", "environment", 3, 3) | claimed | evidence("photo", zh="照片", en="photo"),
        line("E09", "environment", 3, 3) | claimed | evidence("ba", zh="前后照片", en="photos before and after"),
        line("N08", "neighbours", 3, 3, cap(2, "count", "month", "household_pair"))
        | claimed | evidence("two", zh="双方确认", en="both sides"),
        line("A05", "family", 5, 5, once) | claimed | award,
        line("A10", "family", 10, 10, once) | claimed | award,
        line("A50", "family", 1, 1, once) | claimed | award | {"assets": {"honour": [20, 50], "points": [20, 50]}},
        line("M03", "environment", 3, 3, cap(1, "count", "month", "household"), per="household") | claimed,
        line("M05", "environment", 5, 5, cap(1, "count", "month", "household"), per="household")
        | claimed | {"exclusive_with": ["M03"], "highest_wins": True},
        line("S01", "safety", 3, 3, cap(1, "count", "event", "resident")) | claimed | {"first_report_only": True},
    ]  # fmt: skip
    return document


def evidence(kind: str, **text: str) -> dict[str, Any]:
    return {"evidence": {"kind": kind, "text": text}}


def a_panel(*, reviewers: int = 4, neighbours: int = 6, since: date = date(2026, 1, 1)) -> Panel:
    panel = Panel(a_street())
    panel.settle(neighbours)
    for _ in range(reviewers):
        panel.reviewer(family_name="李", family_name_en="Li")
    merits.load_tariff(claim_tariff(), place_id=panel.street.street.id, effective_from=since, by_id=None, at=NOON)
    db.session.flush()
    return panel


def a_claim(panel: Panel, code: str = "E07", **values: Any) -> Claim:
    """Of today, by the first neighbour."""
    known: dict[str, Any] = {
        "deed_on": TODAY, "title": DEED, "text": TEXT, "spot": SPOT, "by": panel.neighbours[0], "at": NOON,
    }  # fmt: skip
    return operations.claim(code, **(known | values))


def state_of(claim_id: int, at: datetime) -> str:
    row = queries.claim(claim_id)
    assert row is not None
    return queries.states([row], at)[claim_id]


def reviewed(panel: Panel, claim_id: int, verdict: str = "confirm", at: datetime = NOON, **values: Any) -> None:
    """Every reviewer who was drawn says the same."""
    known: dict[str, Any] = {"amount": None, "why": None if verdict == "confirm" else WHY}
    for one in panel.drawn(claim_id):
        operations.review(claim_id, verdict=verdict, by=one, at=at, **(known | values))


def confirmed(panel: Panel, code: str = "E07", **values: Any) -> Claim:
    claim = a_claim(panel, code, **values)
    reviewed(panel, claim.id, at=values.get("at", NOON))
    return claim


def on_notice(panel: Panel, code: str = "E07", **values: Any) -> Claim:
    """Confirmed, and put up at its hour on the settlement day."""
    claim = confirmed(panel, code, **values)
    operations.put_up_due(GOES_UP)
    return claim

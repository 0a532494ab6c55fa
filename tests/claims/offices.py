"""A panel with offices that enter deeds for the households: a grid member, a leader, and the reviewers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.claims import operations
from app.claims.models import Claim
from app.kit.words import Words
from app.merits import operations as merits
from app.people.rules import Person
from tests.claims.panel import SPOT, TODAY, Panel, a_panel
from tests.makers import NOON, a_household, a_resident, as_person, give
from tests.merits.documents import cap, line, tariff_document

SORTED = Words(zh="抽查分类全部正确", en="All sorted at the spot check")
SHEET = Words(zh="抽查表第7行，四类都分对了。", en="Row 7 of the sheet: all four kinds sorted.")
CHECKLIST = {"kind": "checklist", "text": {"zh": "抽查表", "en": "spot-check sheet"}}
SIGN_IN = {"kind": "signin", "text": {"zh": "签到", "en": "check-in record"}}


@dataclass
class Offices:
    """A panel with its people, and officers who live in another group; `village_grid` works in the village."""

    panel: Panel
    grid: Person = field(init=False)
    leader: Person = field(init=False)
    village_grid: Person = field(init=False)

    @property
    def home(self) -> int:
        """The household of the first neighbour, with a spouse and a child."""
        found = self.panel.neighbours[0].household_id
        assert found is not None
        return found

    def enters(self, code: str = "E01", **values: Any) -> Claim:
        """The grid member enters it for the household of the first neighbour, today."""
        known: dict[str, Any] = {
            "household_id": self.home, "resident_id": None, "deed_on": TODAY, "title": SORTED, "text": SHEET,
            "spot": SPOT, "by": self.grid, "at": NOON,
        }  # fmt: skip
        return operations.enter(code, **(known | values))


def office_tariff() -> dict[str, Any]:
    """Lines that a grid member, the panel or a leader enters, for households and for persons."""

    def claimed(by: str, evidence: dict[str, Any] = CHECKLIST) -> dict[str, Any]:
        return {"earn": "claim", "entered_by": by, "evidence": evidence}

    return tariff_document() | {
        "lines": [
            line("E01", "environment", 1, 1, cap(1, "count", "week", "household"), per="household") | claimed("grid"),
            line("S01", "safety", 3, 3) | claimed("grid"),
            line("E02", "environment", 3, 3, cap(1, "count", "month", "household"), per="household") | claimed("panel"),
            line("S05", "safety", 30, 30) | claimed("panel"),
            line("F07", "family", 2, 2, per="household") | claimed("leader", SIGN_IN),
            line("E08", "environment", 2, 2) | claimed("resident"),
        ]
    }  # fmt: skip


def offices(*, reviewers: int = 4) -> Offices:
    here = Offices(a_panel(reviewers=reviewers))
    street = here.panel.street
    merits.load_tariff(
        office_tariff(), place_id=street.community.id, effective_from=date(2026, 1, 1), by_id=None, at=NOON
    )
    for name, role, place in (("grid", "grid", street.grid), ("leader", "leader", street.group)):
        one = a_resident(a_household(street.other_group), family_name="孙", family_name_en="Sun")
        give(role, one, place)
        setattr(here, name, as_person(one))
    elsewhere = a_resident(a_household(street.village_group), family_name="周", family_name_en="Zhou")
    give("grid", elsewhere, street.village)
    here.village_grid = as_person(elsewhere)
    return here

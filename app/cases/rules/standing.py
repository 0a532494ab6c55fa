"""Where a case stands, read from what happened to it and from the clock (domain.md 4; points.md, "Calendar")."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.kit import clock, working_days
from app.kit.refusal import N_

LADDER = ("reminder", "notice", "third")
YEAR = timedelta(days=365)  # how long a step counts; setting `deduction_ladder_days` of a place
APPEAL_DAYS = 7  # calendar days after the confirmation (setting `appeal_days`)
DECISION_DAYS = 5  # working days for those who decide
TWO_ABOVE = 5  # a deduction of more than so much honour is looked at again by two people

STATE_WORDS = {
    "reminded": N_("Reminder"),
    "noticed": N_("Written notice"),
    "put_right": N_("Put right, after the day"),
    "proposed": N_("Proposed deduction"),
    "confirmed": N_("Confirmed, not yet in effect"),
    "held": N_("Appeal under review"),
    "posted": N_("Deduction in effect"),
    "cured": N_("Put right in time"),
    "upheld": N_("Appeal upheld"),
    "declined": N_("No deduction"),
    "cancelled": N_("Taken back"),
}
STATE_SIGNS = {
    "reminded": ("waiting", "bell"),
    "noticed": ("waiting", "file-text"),
    "put_right": ("done", "check"),
    "proposed": ("waiting", "clock"),
    "confirmed": ("waiting", "clock"),
    "held": ("know", "users-round"),
    "posted": ("", "circle-minus"),
    "cured": ("done", "circle-check"),
    "upheld": ("done", "circle-check"),
    "declined": ("done", "circle-check"),
    "cancelled": ("", "x"),
}
OPEN = frozenset({"reminded", "noticed", "proposed", "confirmed", "held", "posted"})
# What leaves no trace: it is no step of a ladder, and no star is dark for it.
WITHOUT_TRACE = frozenset({"cured", "upheld", "declined", "cancelled"})

# The heading whose star a case concerns; a line that a community adds itself keeps no star dark.
BLOCKS: Mapping[str, str] = {
    "K01": "environment", "K02": "environment", "K03": "safety", "K04": "environment", "K05": "service",
}  # fmt: skip
ABSENCE, FALSE_CLAIM = "K05", "K06"
ABSENCE_CURE = timedelta(days=14)  # to come to another shift, or to say why it was missed


@dataclass(frozen=True)
class CureSeen:
    """Word that it is put right; `accepted` is None while nobody has looked."""

    id: int
    sent_at: datetime
    accepted: bool | None = None
    looked_by: int | None = None


@dataclass(frozen=True)
class AppealSeen:
    """An appeal, or new evidence; `opinions` are (by, upheld, at), the first one first, `homes` theirs."""

    id: int
    kind: str
    deciders: int
    by_id: int
    due_at: datetime
    opinions: Sequence[tuple[int, bool, datetime]] = ()
    homes: frozenset[int | None] = frozenset()

    @property
    def upheld(self) -> bool | None:
        """None until all have said their word. Where two differ, doubt is the household's."""
        if len(self.opinions) < self.deciders:
            return None
        return any(upheld for _by, upheld, _at in self.opinions)

    @property
    def decided_at(self) -> datetime | None:
        return None if self.upheld is None else max(at for _by, _upheld, at in self.opinions)


@dataclass(frozen=True)
class Facts:
    """What rules ask of a case. `took_part_before`: who did anything in a step before it or looked at what was claimed.

    `filed_home` and `decided_home` are the households of who filed it and of its second person.
    """

    id: int
    step: str
    amount: int
    household_id: int
    place_path: str
    filed_by: int
    cure_by: datetime
    outcome: str | None = None
    decided_by: int | None = None
    appeal_until: datetime | None = None
    cures: Sequence[CureSeen] = ()
    appeals: Sequence[AppealSeen] = ()
    is_posted: bool = False
    award_because: str | None = None
    took_part_before: frozenset[int] = frozenset()
    filed_home: int | None = None
    decided_home: int | None = None

    def appeal(self, kind: str = "appeal") -> AppealSeen | None:
        return next((one for one in self.appeals if one.kind == kind), None)

    @property
    def pending_appeal(self) -> AppealSeen | None:
        return next((one for one in self.appeals if one.upheld is None), None)

    @property
    def pending_cure(self) -> CureSeen | None:
        return next((one for one in self.cures if one.accepted is None), None)

    @property
    def is_cured(self) -> bool:
        """Put right by the day that was given, whenever somebody looked."""
        return any(one.accepted and one.sent_at < self.cure_by for one in self.cures)

    @property
    def is_put_right(self) -> bool:
        return any(one.accepted for one in self.cures)

    @property
    def is_upheld(self) -> bool:
        return any(one.upheld for one in self.appeals)

    @property
    def took_part(self) -> frozenset[int]:
        """Who had a hand in it; they decide on no appeal."""
        known = {self.filed_by, self.decided_by, *(one.looked_by for one in self.cures)}
        known |= {by for one in self.appeals if one.upheld is not None for by, _upheld, _at in one.opinions}
        known |= {one.by_id for one in self.appeals if one.kind == "evidence"}
        return frozenset(one for one in known if one is not None) | self.took_part_before


def takes_effect_at(facts: Facts) -> datetime | None:
    """When a confirmed deduction takes effect: after the last day to appeal, or with an appeal that was not upheld.

    None while an appeal holds it back, when it was upheld, and when it was put right before.
    """
    if facts.outcome != "confirmed" or (facts.is_cured and not facts.is_posted):
        return None
    appeal = facts.appeal()
    if appeal is None:
        return facts.appeal_until
    return None if appeal.upheld else appeal.decided_at


def state(facts: Facts, at: datetime) -> str:
    """A key of `STATE_WORDS`."""
    if facts.outcome in ("cancelled", "declined"):
        return str(facts.outcome)
    if facts.is_upheld:
        return "upheld"
    if facts.is_cured:
        return "cured"
    if facts.outcome == "confirmed":
        effect = takes_effect_at(facts)
        if effect is None:
            return "held"
        return "posted" if effect <= at or facts.is_posted else "confirmed"
    if facts.step in ("third", "proven"):
        return "proposed"
    if facts.is_put_right:
        return "put_right"
    return "reminded" if facts.step == "reminder" else "noticed"


def is_due(facts: Facts, at: datetime) -> bool:
    """Whether the deduction has taken effect and is not written down yet."""
    effect = takes_effect_at(facts)
    return not facts.is_posted and not facts.is_upheld and effect is not None and effect <= at


def is_open(facts: Facts, at: datetime) -> bool:
    """Whether the star of its heading stays dark."""
    return state(facts, at) in OPEN and not facts.is_put_right


def counts(facts: Facts, at: datetime) -> bool:
    """Whether it is a step on the ladder of its line."""
    return state(facts, at) not in WITHOUT_TRACE


def next_step(earlier: int) -> str:
    """The step that comes after so many."""
    return LADDER[min(earlier, len(LADDER) - 1)]


def appeal_ends(confirmed_at: datetime, days: int) -> datetime:
    """The local midnight that ends the last day to appeal; the day of the confirmation is not counted."""
    return clock.day_bounds(clock.local(confirmed_at).date() + timedelta(days=days))[1]


def decision_due(filed_at: datetime) -> datetime:
    return working_days.end_after(filed_at, DECISION_DAYS)


def deciders(amount: int) -> int:
    return 2 if amount > TWO_ABOVE else 1


def deducted(amount: int, *, honour: int, left: Iterable[int]) -> int:
    """What is posted of an amount: no more than the period's `honour` (its start included) and each cap leaves (I9)."""
    return max(0, min([amount, honour, *left]))


def setting(settings: Mapping[str, object], name: str, otherwise: int) -> int:
    """A number of days that a place set."""
    wish = settings.get(name)
    return wish if type(wish) is int and 0 < wish <= otherwise * 10 else otherwise

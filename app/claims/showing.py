"""What the page of a claim shows to one reader at one moment; each part is read when the page draws it, and once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from app.claims import appeal_rules, drawing, entry_rules, queries, rules, sheet
from app.kit import clock
from app.kit.i18n import language, shown
from app.kit.kept import cached_property
from app.kit.refusal import N_, Refusal
from app.kit.words import Words
from app.merits.claiming import choice_left, span_of
from app.merits.rules import OFFICES
from app.notices.queries import Line
from app.people.rules import Anyone

VERDICT_WORDS = {
    "confirm": N_("Confirmed by a reviewer"),
    "not_confirmed": N_("Not confirmed by a reviewer"),
    "returned": N_("Sent back to add something"),
}
END_WORDS = {
    "posted": N_("Posted"),
    "withdrawn": N_("Withdrawn"),
    "upheld": N_("Objection upheld, not posted"),
}


class ClaimPage:
    """One claim as `reader` sees it at `at`."""

    rules = rules

    def __init__(self, row: queries.AnyRow, reader: Anyone, at: datetime) -> None:
        self.row, self.reader, self.at = row, reader, at

    @cached_property
    def state(self) -> str:
        return queries.states([self.row], self.at)[self.row.id]

    @property
    def chip(self) -> tuple[str, str, str]:
        return (_(rules.STATE_WORDS[self.state]), *rules.STATE_SIGNS[self.state])

    @cached_property
    def line(self) -> Line | None:
        """Its line on the notice, once it is there."""
        return queries.lines_of([self.row], self.at).get(self.row.id)

    @property
    def last_day(self) -> date | None:
        """The last day of its notice, as far as is known."""
        ends_at = self.line.ends_at if self.line is not None else None
        return clock.last_day(ends_at) if ends_at is not None else None

    @cached_property
    def terms(self) -> rules.Terms:
        return queries.terms_at(self.row.place_path)

    @property
    def settlement_day(self) -> date:
        """When what is confirmed now goes on notice."""
        today = clock.local(self.at).date()
        month = rules.month_of(today, self.terms)
        before = month.previous
        waits = rules.settles_at(before, self.terms) > self.at  # the settlement day itself, before its hour
        return rules.settlement_day(before if waits else month, self.terms)

    @property
    def earns(self) -> Words:
        """What it would earn, or does."""
        row = self.row
        if row.confirmed:
            return sheet.earned_words(row.granted_honour, row.granted_points)
        if self.span:
            low, high = self.span
            return Words(zh=f"{low}—{high}分，由评议员定", en=f"{low}–{high} points, as the reviewers choose")
        return sheet.earned_words(row.honour, row.points)

    @cached_property
    def span(self) -> tuple[int, int] | None:
        """From what to what the reviewers may choose; None where the amount is fixed."""
        found = span_of(self.row.assets)
        return choice_left(found, max(self.row.honour, self.row.points)) if found else None

    @property
    def amounts(self) -> list[int]:
        """What reviewers who confirmed it chose, the smallest first; none where they chose the same, or nothing."""
        here = {one.amount for one in self.reviews if one.round == self.row.round and one.amount is not None}
        return sorted(here) if self.row.confirmed and len(here) > 1 else []

    @property
    def is_mine(self) -> bool:
        return self.reader.id == self.row.resident_id

    @property
    def office(self) -> Words | None:
        """What the office is called that entered it for the household; None for the claimant's own."""
        return OFFICES[self.row.office].name if self.row.entered_by_id is not None else None

    @property
    def entered_it(self) -> bool:
        return self.row.entered_by_id is not None and self.row.entered_by_id == self.reader.id

    @property
    def at_work(self) -> bool:
        """Whether this reader looks at it as reviewer, staff or whoever entered it, and so sees names."""
        return self.entered_it or self._is_drawn or self.reader.holds(*rules.READERS, at=self.row.place_path)

    @cached_property
    def draws(self) -> Sequence[Any]:
        return queries.draws(self.row.id)

    @property
    def _is_drawn(self) -> bool:
        return any(one.reviewer_id == self.reader.id for one in self._seated)

    @property
    def _seated(self) -> list[Any]:
        return [one for one in self.draws if one.stepped_back is None]

    @property
    def claimant(self) -> str:
        return shown(f"{self.row.family_name}{self.row.given_name}")

    @property
    def _thread(self) -> list[int]:
        """The claim, after the one against which it is the appeal: those who look at it see what was sent for both."""
        return [one for one in (self.row.first_id, self.row.id) if one is not None]

    @cached_property
    def photos(self) -> Sequence[int]:
        return queries.photos(*self._thread)

    @cached_property
    def additions(self) -> Sequence[Any]:
        return queries.additions(*self._thread)

    @cached_property
    def reviews(self) -> Sequence[Any]:
        return queries.reviews(self.row.id)

    @cached_property
    def other_home(self) -> Any:
        return queries.other_home(self.row.other_household_id) if self.row.other_household_id else None

    @cached_property
    def review_refusal(self) -> Refusal | None:
        """Why this reader does not review it now; None when they may."""
        row, said = self.row, queries.verdicts([self.row]).get(self.row.id, {})
        if self.reader.is_or_lives_with(row.resident_id, row.household_id) and not self.is_mine:
            return rules.own_refusal(self.reader, resident_id=row.resident_id, household_id=row.household_id)
        stands = any(one.reviewer_id == self.reader.id for one in drawing.standing(self._seated, said))
        return rules.review_refusal(
            drawn=self._is_drawn, reviewed=self.reader.id in said, now=self.state, stands=stands
        )

    @property
    def may_review(self) -> bool:
        return not self.is_mine and self.review_refusal is None

    @property
    def may_withdraw(self) -> bool:
        return rules.withdraw_refusal(mine=entry_rules.is_to_withdraw(self.row, self.reader), now=self.state) is None

    @property
    def can_be_claimed_anew(self) -> bool:
        """Whether the deed can be claimed once more when this claim is withdrawn."""
        return self.row.first_id is None and all(one.verdict != "not_confirmed" for one in self.reviews)

    @property
    def appeal_refusal(self) -> Refusal | None:
        row = self.row
        return appeal_rules.appeal_refusal(
            self.reader, resident_id=row.resident_id, household_id=row.household_id, until=row.appeal_until,
            again_id=row.again_id, at=self.at,
        )  # fmt: skip

    @property
    def leads_to_appeal(self) -> bool:
        """Whether it was appealed and this reader may see that: those who reviewed it before may not."""
        return self.row.again_id is not None and (
            not self._is_drawn or self.reader.holds(*rules.READERS, at=self.row.place_path)
        )

    @property
    def may_complete(self) -> bool:
        return rules.complete_refusal(mine=entry_rules.is_to_complete(self.row, self.reader), now=self.state) is None

    @property
    def missing(self) -> Words | None:
        """What a reviewer asked for in the running round."""
        asked = [one.why for one in self.reviews if one.round == self.row.round and one.verdict == "returned"]
        return asked[-1] if asked else None

    @property
    def steps(self) -> list[dict[str, Any]]:
        """What happened, the first first: words, at, by, why and state of each step, for `ui.timeline`."""
        row = self.row
        begun = _("Appealed") if row.first_id else self._begun
        found: list[tuple[datetime, dict[str, Any]]] = [(row.claimed_at, {"words": begun})]
        found += [
            (one.at, {"words": _(VERDICT_WORDS[one.verdict]), "by": self._reviewer(one), "why": one.why})
            for one in self.reviews
        ]
        if row.neighbour_at is not None:
            said = _("The neighbour confirmed it") if row.neighbour_yes else _("The neighbour did not confirm it")
            found.append((row.neighbour_at, {"words": said, "why": row.neighbour_why}))
        added = [one for one in self.additions if one.claim_id == row.id]
        found += [(one.at, {"words": _("Something was added"), "why": None}) for one in added]
        if row.batch_id is not None and self.line is not None:
            found += self._on_notice()
        if row.ended is not None:
            found.append((row.ended_at, {"words": _(END_WORDS[row.ended])}))
        if row.appealed_at is not None:
            found.append((row.appealed_at, {"words": _("Appealed")}))
        ordered = sorted(found, key=lambda one: one[0])
        return [{"by": "", "why": None, "state": "done", **step, "at": at} for at, step in ordered]

    @property
    def _begun(self) -> str:
        return _("Entered by %(office)s", office=self.office.into(language())) if self.office else _("Claimed")

    def _on_notice(self) -> list[tuple[datetime, dict[str, Any]]]:
        assert self.line is not None
        steps: list[tuple[datetime, dict[str, Any]]] = []
        for said in self.line.objections:
            steps.append((said.filed_at, {"words": _("A resident objected")}))
            if said.ended_at is not None:
                steps.append((said.ended_at, {"words": _("The objection was answered or taken back")}))
        return steps

    def _reviewer(self, one: Any) -> str:
        """Who reviewed is told to staff and reviewers; the claimant reads what was said."""
        return shown(f"{one.family_name}{one.given_name}") if self.at_work and not self.is_mine else ""

"""What the page of a case shows to one reader at one moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from app.cases import queries, rules
from app.kit import clock, say
from app.kit.kept import cached_property
from app.kit.refusal import N_, Refusal
from app.kit.words import Words
from app.people.rules import Anyone

STEP_WORDS = {
    "reminder": N_("A reminder"),
    "notice": N_("A written notice, the second time"),
    "third": N_("The third time: a deduction is proposed"),
    "proven": N_("A false claim: a deduction is proposed"),
}
NEXT_WORDS = {
    "reminded": N_("Please put it right by the end of %(cure)s. Send a photo when it is done and the reminder goes "
                   "away. Nothing is deducted this time."),
    "noticed": N_("This is the second time within a year. Please put it right by the end of %(cure)s; then it counts "
                  "no more. Nothing is deducted this time either."),
    "put_right": N_("It is put right. As the day had passed, it stays on file for a year; nothing is deducted."),
    "proposed": N_("%(amount)s honour may be deducted. A second person looks at it first, and you are told what was "
                   "decided; then there is time to appeal."),
    "confirmed": N_("%(amount)s honour will be deducted after %(appeal)s, unless your household appeals by then."),
    "held": N_("The appeal holds the deduction back. People who took no part decide by %(due)s."),
    "posted": N_("%(amount)s honour was deducted, for this quarter only. Points to spend are never touched."),
    "cured": N_("It was put right in time, so nothing is left of it."),
    "upheld": N_("The appeal was upheld: nothing stays deducted."),
    "declined": N_("The second person declined it: nothing is deducted, and it counts no more."),
    "cancelled": N_("It was a mistake and counts no more."),
}  # fmt: skip


# The same of a shift that somebody of the household missed.
ABSENCE_WORDS = NEXT_WORDS | {
    "reminded": N_("Come to another shift by the end of %(cure)s, or tell us the reason below: then the reminder goes "
                   "away. Nothing is deducted this time."),
    "noticed": N_("This is the second time within a year. Come to another shift by the end of %(cure)s, or tell us the "
                  "reason below; then it counts no more. Nothing is deducted this time either."),
}  # fmt: skip

# The same for those who work on it, where it reads otherwise.
AT_WORK_WORDS = NEXT_WORDS | {
    "reminded": N_("The household has until the end of %(cure)s to put it right. Nothing is deducted this time."),
    "noticed": N_("It is the second time within a year. The household has until the end of %(cure)s to put it right."),
    "proposed": N_("%(amount)s honour may be deducted. A second person looks at it first; then the household is told, "
                   "and has time to appeal."),
    "confirmed": N_("%(amount)s honour will be deducted after %(appeal)s, unless the household appeals by then."),
}  # fmt: skip


@dataclass(frozen=True)
class Happened:
    """One line of the history of a case; `state` as the timeline draws it."""

    words: str
    at: datetime
    why: Words | None = None
    upload_id: int | None = None
    state: str = "done"


class CasePage:
    """One case as `reader` sees it at `at`."""

    signs = rules.STATE_SIGNS

    def __init__(self, row: queries.AnyRow, reader: Anyone, at: datetime) -> None:
        self.case, self.reader, self.at = row, reader, at
        self.facts = queries.facts(row.id)
        self.state = rules.state(self.facts, at)

    @property
    def is_mine(self) -> bool:
        return bool(self.reader.is_verified and self.reader.household_id == self.case.household_id)

    @property
    def is_absence(self) -> bool:
        return self.case.absence is not None

    @property
    def words(self) -> str:
        return _(rules.STATE_WORDS[self.state])

    @property
    def step(self) -> str:
        return _(STEP_WORDS[self.case.step])

    @property
    def next_words(self) -> str:
        """What comes next, and until when."""
        appeal = self.facts.pending_appeal
        until = self.facts.appeal_until
        posted = self.case.posted if self.case.posted is not None else self.facts.amount
        mine = ABSENCE_WORDS if self.is_absence else NEXT_WORDS
        return _(
            (mine if self.is_mine else AT_WORK_WORDS)[self.state],
            cure=say.day(clock.last_day(self.facts.cure_by)),
            amount=say.number(posted if self.state == "posted" else self.facts.amount),
            appeal=say.day(clock.last_day(until)) if until else "",
            due=say.day(clock.last_day(appeal.due_at)) if appeal else "",
        )

    # What the household may do

    @property
    def may_cure(self) -> bool:
        return rules.cure_refusal(self.facts, self.reader, self.at) is None

    @property
    def cure_waits(self) -> bool:
        return self.is_mine and self.facts.pending_cure is not None and self.state in rules.OPEN

    @property
    def appeal_refusal(self) -> Refusal | None:
        """Why not to appeal, for those of the household, once there is something to appeal."""
        return rules.appeal_refusal(self.facts, self.reader, self.at)

    @property
    def shows_appeal(self) -> bool:
        return self.is_mine and self.facts.outcome == "confirmed" and not self.facts.is_cured

    # What those may do who work on cases

    @property
    def cure_to_look_at(self) -> Any:
        cure = self.facts.pending_cure
        return cure if cure and rules.look_refusal(self.facts, cure, self.reader, self.at) is None else None

    @property
    def may_note_cured(self) -> bool:
        nobody_sent = self.facts.pending_cure is None
        return nobody_sent and rules.look_refusal(self.facts, None, self.reader, self.at) is None

    @property
    def may_decide(self) -> bool:
        return rules.decide_refusal(self.facts, self.reader, self.at) is None

    @property
    def may_cancel(self) -> bool:
        return rules.cancel_refusal(self.facts, self.reader, self.at) is None

    @property
    def may_hand_in(self) -> bool:
        return rules.evidence_refusal(self.facts, self.reader, self.at) is None

    @property
    def appeal_to_decide(self) -> Any:
        appeal = self.facts.pending_appeal
        return appeal if appeal and rules.opinion_refusal(self.facts, appeal, self.reader) is None else None

    @property
    def works_on_it(self) -> bool:
        return bool(
            self.cure_to_look_at or self.may_note_cured or self.may_decide or self.may_cancel or self.may_hand_in
            or self.appeal_to_decide
        )  # fmt: skip

    # What happened

    @cached_property
    def history(self) -> Sequence[Happened]:
        """Everything that happened, the first thing first."""
        found = [Happened(self.step, self.case.filed_at), *self._cures(), *self._appeals()]
        if self.case.outcome is not None:
            words = {
                "confirmed": _("A second person confirmed the deduction"),
                "declined": _("A second person declined the deduction"),
                "cancelled": _("Taken back as a mistake"),
            }[self.case.outcome]
            found.append(Happened(words, self.case.decided_at, self.case.decided_why))
        effect = rules.takes_effect_at(self.facts)
        if effect is not None and effect <= self.at and self.state in ("posted", "cured", "upheld"):
            found.append(Happened(_("The deduction took effect"), effect))
        return sorted(found, key=lambda one: one.at)

    def _cures(self) -> list[Happened]:
        found = []
        for row in queries.cures_of(self.case.id):
            found.append(Happened(_("Said to be put right"), row.sent_at, row.text, row.upload_id))
            if row.accepted is not None:
                words = _("Looked at: it is put right") if row.accepted else _("Looked at: not yet put right")
                found.append(Happened(words, row.at, row.why))
        return found

    def _appeals(self) -> list[Happened]:
        appeals = {row.id: row for row in queries.appeals_of(self.case.id)}
        found = [
            Happened(
                _("The household appealed") if row.kind == "appeal" else _("New evidence was handed in"),
                row.filed_at, row.text, row.upload_id,
            )
            for row in appeals.values()
        ]  # fmt: skip
        for row in queries.opinions_of(self.case.id) if appeals else ():
            words = _("Decided: the appeal is right") if row.upheld else _("Decided: the deduction stands")
            found.append(Happened(words, row.at, row.text))
        return found

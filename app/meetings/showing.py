"""What a page shows of a meeting to one reader; each part is read when the page draws it, and once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.kit import clock, say
from app.kit.kept import cached_property
from app.kit.refusal import Refusal
from app.kit.words import Words
from app.meetings import queries, rules
from app.people.rules import Anyone


def seats_words(row: Any, *, over: bool = False) -> str:
    """12 of 30 seats taken; all 30 seats taken; 12 have signed up, where none count or it is `over`."""
    if row.capacity is None or over:
        return str(ngettext("%(num)d has signed up", "%(num)d have signed up", row.taken))
    if row.taken >= row.capacity:
        return _("all %(capacity)s seats taken", capacity=row.capacity)
    return _("%(taken)s of %(capacity)s seats taken", taken=row.taken, capacity=row.capacity)


@dataclass(frozen=True)
class Sitting:
    """One meeting in a line on the page of what it is about."""

    row: queries.AnyRow
    state: str
    conclusions: Sequence[Words]

    rules = rules
    seats_words = staticmethod(seats_words)


def sittings_of(subject: str, at: datetime) -> list[Sitting]:
    """Meetings about this ("topic:12"), the next or latest first, with what they agreed on; two statements."""
    rows = queries.meetings_of(subject)
    agreed = queries.conclusions([row.id for row in rows if row.minutes])
    return [Sitting(row, queries.state_of(row, at), agreed.get(row.id, [])) for row in rows]


class MeetingPage:
    """One meeting as `reader` sees it at `at`."""

    rules = rules
    seats_words = staticmethod(seats_words)

    def __init__(self, row: queries.AnyRow, reader: Anyone, at: datetime) -> None:
        self.row, self.reader, self.at = row, reader, at

    @cached_property
    def state(self) -> str:
        return queries.state_of(self.row, self.at)

    @property
    def held_on(self) -> date:
        return clock.local(self.row.starts_at).date()

    @property
    def kind(self) -> str:
        return _(rules.KINDS[self.row.kind])

    @property
    def is_sitting(self) -> bool:
        return bool(self.row.kind == "sitting")

    @property
    def cancelled(self) -> bool:
        return self.row.cancelled_at is not None

    @cached_property
    def is_staff(self) -> bool:
        """Whether this reader keeps the meetings of this place."""
        return rules.staff_refusal(self.reader, self.row.place_path) is None

    # What stands on it -------------------------------------------------------------------------------------------

    @cached_property
    def agenda(self) -> list[Words]:
        return queries.agenda(self.row.id)

    @cached_property
    def moves(self) -> Sequence[queries.AnyRow]:
        return queries.moves(self.row.id) if self.row.moved else []

    @cached_property
    def texts(self) -> Sequence[queries.AnyRow]:
        """The minutes, the text that counts first."""
        return queries.minutes(self.row.id) if self.row.minutes else []

    @cached_property
    def agreed(self) -> dict[int, list[Words]]:
        """The conclusions of each text of the minutes, by its id."""
        return queries.agreed(self.row.id) if self.texts else {}

    @property
    def conclusions(self) -> list[Words]:
        """Those that count."""
        return self.agreed.get(self.texts[0].id, []) if self.texts else []

    @cached_property
    def parts(self) -> dict[str, int]:
        """How many were there, by the part they came in, in the order of the rules."""
        if self.at < self.row.starts_at - rules.DOORS_OPEN:
            return {}
        found = queries.present_parts(self.row.id)
        return {part: found[part] for part in rules.PARTS if part in found}

    @property
    def present(self) -> int:
        return sum(self.parts.values())

    @property
    def minutes_due(self) -> datetime:
        return rules.minutes_due(self.row.ends_at)

    @property
    def timeline(self) -> list[dict[str, Any]]:
        """When it was called, put off, called off, minuted, and what comes."""
        steps: list[dict[str, Any]] = [{"words": _("Called"), "at": self.row.called_at, "state": "done"}]
        steps += [
            {"words": _("Put off to %(time)s", time=say.moment(move.to_starts_at)), "at": move.at, "why": move.why,
             "state": "late"}
            for move in self.moves
        ]  # fmt: skip
        if self.cancelled:
            steps.append({"words": _("Called off"), "at": self.row.cancelled_at, "state": "late"})
        else:
            begun = "done" if self.at >= self.row.starts_at else ""
            steps.append({"words": _("Held"), "at": self.row.starts_at, "state": begun})
        for text in reversed(self.texts):
            words = _("Minutes published") if text.number == 1 else _("Minutes corrected")
            steps.append({"words": words, "at": text.published_at, "why": text.corrects, "state": "done"})
        if not self.cancelled and not self.texts:
            late = "late" if self.state == "late" else ""
            steps.append({"words": _("Minutes due"), "at": clock.last_moment(self.minutes_due), "state": late})
        return steps

    # What this reader may do -------------------------------------------------------------------------------------

    @cached_property
    def signed_up(self) -> bool:
        mine = queries.sign_up_of(self.row.id, self.reader.id)
        return mine is not None and mine.withdrawn_at is None

    @property
    def sign_up_refusal(self) -> Refusal | None:
        row = self.row
        no = rules.sign_up_refusal(
            self.reader, place_path=row.place_path, starts_at=row.starts_at, cancelled=self.cancelled, at=self.at
        )
        return no or (rules.full_refusal() if rules.seats_left(row.capacity, row.taken) == 0 else None)

    @property
    def takes_sign_ups(self) -> bool:
        return self.state in rules.UPCOMING

    @property
    def may_change(self) -> bool:
        row = self.row
        return self.is_staff and not rules.change_refusal(starts_at=row.starts_at, cancelled=self.cancelled, at=self.at)

    @property
    def may_move(self) -> bool:
        return self.is_staff and not rules.move_refusal(
            cancelled=self.cancelled, minutes=self.row.minutes, present=bool(self.present)
        )

    @property
    def mark_refusal(self) -> Refusal | None:
        return rules.mark_refusal(starts_at=self.row.starts_at, cancelled=self.cancelled, at=self.at)

    def strike_refusal(self, marked_at: datetime | None = None) -> Refusal | None:
        """Why whoever was noted then is not struck off; without a moment, why somebody is not."""
        counted = any(marked_at is None or one.published_at >= marked_at for one in self.texts)
        row = self.row
        return rules.strike_refusal(starts_at=row.starts_at, cancelled=self.cancelled, counted=counted, at=self.at)

    @property
    def may_write(self) -> bool:
        return self.is_staff and not rules.minutes_refusal(
            starts_at=self.row.starts_at, cancelled=self.cancelled, at=self.at
        )

    @property
    def crumbs(self) -> list[tuple[str | None, Any]]:
        """The way to this page, for the pages below it."""
        up = ("/sittings", _("Sittings")) if self.is_sitting else ("/open-days", _("Open Days"))
        return [("/", _("Home")), up]

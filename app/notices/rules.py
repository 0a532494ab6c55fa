"""When a notice is over, where each of its lines stands, who may object and who answers (domain.md 2 and 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.kit import clock, working_days
from app.kit.refusal import N_, Refusal, refusal
from app.people.rules import Anyone, taking_part_refusal

STAFF = ("staff", "street")
ANSWER_DAYS = 3  # working days in which an objection is looked into (points.md, "Calendar")

LINE_WORDS = {
    "on_notice": N_("On notice"),
    "held": N_("Held by an objection"),
    "clear": N_("Stands"),
    "upheld": N_("Objection upheld"),
    "taken_back": N_("Withdrawn"),
}
# Tone and drawing of the chip.
LINE_SIGNS = {
    "on_notice": ("know", "clock"),
    "held": ("waiting", "octagon-alert"),
    "clear": ("done", "circle-check"),
    "upheld": ("", "circle-minus"),
    "taken_back": ("", "circle-minus"),
}
STATE_WORDS = {
    "coming": N_("To come"),
    "running": N_("On notice"),
    "held": N_("Objection open"),
    "over": N_("Notice ended"),
}
STATE_SIGNS = {
    "coming": ("know", "clock"),
    "running": ("know", "clock"),
    "held": ("waiting", "octagon-alert"),
    "over": ("done", "circle-check"),
}


@dataclass(frozen=True)
class Heard:
    """One objection as the rules see it: filed when, and how and when it ended; both None while it waits."""

    filed_at: datetime
    outcome: str | None = None
    ended_at: datetime | None = None

    def outcome_at(self, at: datetime) -> str | None:
        return self.outcome if self.ended_at is not None and self.ended_at <= at else None


@dataclass(frozen=True)
class Part:
    """Somebody who has a part in a line: a resident with the household they live in, or a household as a whole."""

    resident_id: int | None = None
    household_id: int | None = None


def period_end(starts_at: datetime, days: int, *, working: bool) -> datetime:
    """The local midnight that ends the last day of a period of so many calendar or `working` days.

    The day on which it begins is left out (Civil Code of the PRC, article 201).
    """
    if working:
        return working_days.end_after(starts_at, days)
    return clock.day_bounds(clock.local(starts_at).date() + timedelta(days=days))[1]


def line_state(ends_at: datetime, objections: Iterable[Heard], at: datetime) -> str:
    """`upheld` once an objection to it was upheld, `held` while one waits, `on_notice` until the end, then `clear`."""
    outcomes = [one.outcome_at(at) for one in objections if one.filed_at <= at]
    if "upheld" in outcomes:
        return "upheld"
    if None in outcomes:
        return "held"
    return "on_notice" if at < ends_at else "clear"


def line_ends_at(ends_at: datetime, objections: Iterable[Heard], at: datetime) -> datetime | None:
    """When a line that goes on with the time it had left ends its period; None while it is held or once one is upheld.

    That is the end of the notice and as much later as objections held the line, each moment once (I27).
    """
    heard = sorted((one for one in objections if one.filed_at <= at), key=lambda one: one.filed_at)
    if {one.outcome_at(at) for one in heard} & {None, "upheld"}:
        return None
    held, until = timedelta(0), None
    for one in heard:
        assert one.ended_at is not None
        begins = one.filed_at if until is None else max(one.filed_at, until)
        held += max(one.ended_at - begins, timedelta(0))
        until = one.ended_at if until is None else max(until, one.ended_at)
    return ends_at + held


def notice_state(starts_at: datetime, ends_at: datetime, lines: Iterable[str], at: datetime) -> str:
    """`coming`, `running`, then `held` while an objection waits for its answer, else `over`.

    After its end a notice runs on while a line that was held has time left.
    """
    if at < starts_at:
        return "coming"
    states = set(lines)
    if at < ends_at or "on_notice" in states:
        return "running"
    return "held" if "held" in states else "over"


def answer_due(filed_at: datetime) -> datetime:
    """By when an objection is to be answered."""
    return working_days.end_after(filed_at, ANSWER_DAYS)


def is_late(filed_at: datetime, at: datetime) -> bool:
    return answer_due(filed_at) <= at


def object_refusal(
    person: Anyone, *, place_path: str, starts_at: datetime, ends_at: datetime, at: datetime
) -> Refusal | None:
    """Why somebody may not object now: verified residents of the place may, from the start up to the end."""
    if at < starts_at:
        return refusal(N_("This notice begins %(start)s. You can object from then on."), start=starts_at)
    if at >= ends_at:
        return refusal(
            N_("This notice was up until %(day)s, so it takes no more objections. If there is something new, tell the "
               "committee's office, or propose a topic."),
            day=clock.last_day(ends_at),
        )  # fmt: skip
    if no := taking_part_refusal(person):
        return no
    if not person.lives_in(place_path):
        return refusal(
            N_("Only residents of the place it concerns can object. If it touches you all the same, tell the "
               "committee's office."),
            status=403,
        )  # fmt: skip
    return None


def twice_refusal() -> Refusal:
    """The same household objects to the same line again."""
    return refusal(
        N_("You or somebody of your household has objected to this line already. The answer to it stands here for "
           "everybody to read; what is new you can tell the committee's office.")
    )  # fmt: skip


def line_refusal(key: str, known: Mapping[str, datetime | None]) -> Refusal | None:
    """Why this line cannot be objected to: the notice has none of that key, or it was taken back; `known` says when."""
    if key not in known:
        return refusal(N_("Please choose the line that you object to."), status=422)
    if known[key] is None:
        return None
    return refusal(
        N_("This point was taken back on %(day)s. Nothing comes of it, so you need not object."), day=known[key]
    )


def answer_refusal(
    person: Anyone, *, place_path: str, filed_by: int, filed_by_household: int | None, has_part: bool, ended: bool
) -> Refusal | None:
    """Why somebody may not answer: staff of the place do, once, and never what they or their household filed.

    Nor do those who have a part in the line (`has_part`). `ended`: answered, taken back, or its line was.
    """
    if not person.holds(*STAFF, at=place_path):
        return refusal(
            N_("Objections are answered by the committee of that place. The committee's office can help."), status=403
        )
    if person.is_or_lives_with(filed_by, filed_by_household):
        return refusal(
            N_("You or your household filed this objection, so a colleague answers it. Please ask one."), status=403
        )
    if has_part:
        return refusal(
            N_("You or your household have a part in this line, so it is answered by a colleague of the committee or "
               "the street who has none. It stands on their work list; you need not do anything."),
            status=403,
        )  # fmt: skip
    return _ended() if ended else None


def withdraw_refusal(person: Anyone, *, filed_by: int, ended: bool) -> Refusal | None:
    """Why an objection is not taken back: whoever filed it may, until it is answered."""
    if person.id != filed_by:
        return refusal(
            N_("Only the person who filed an objection takes it back. The committee's office can answer it."),
            status=403,
        )
    return _ended() if ended else None


def _ended() -> Refusal:
    return refusal(
        N_("This objection has been answered or taken back already. Please look at the page again; "
           "questions go to the committee's office.")
    )  # fmt: skip

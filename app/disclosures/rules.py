"""Who may write, countersign, ask and answer; what may be published; and how things stand at a moment (domain.md 7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from app.disclosures import personal
from app.disclosures.rhythm import Rhythm
from app.kit import clock
from app.kit.periods import Period
from app.kit.refusal import N_, Refusal, refusal
from app.kit.words import Words
from app.kit.working_days import end_after
from app.people.rules import OFFICE, Anyone, taking_part_refusal

STAFF = ("staff", "street")
SUPERVISOR = "supervisor"
SUBJECTS = {"party": N_("Party affairs"), "village": N_("Village affairs"), "finance": N_("Finances")}
RHYTHMS = {
    "monthly": N_("Every month"),
    "quarterly": N_("Every quarter"),
    "half_yearly": N_("Every half-year"),
    "yearly": N_("Every year"),
    "on_occasion": N_("On occasion"),
}
DUTY_WORDS = {
    "due": N_("Due"),
    "on_time": N_("Published on time"),
    "late": N_("Published late"),
    "missing": N_("Not published"),
}
DUTY_SIGNS = {
    "due": ("know", "clock"),
    "on_time": ("done", "circle-check"),
    "late": ("waiting", "triangle-alert"),
    "missing": ("alert", "octagon-alert"),
}
QUESTION_WORDS = {
    "asked": N_("Awaiting an answer"),
    "answered": N_("Answered"),
    "overdue": N_("Overdue, not answered"),
}
QUESTION_SIGNS = {
    "asked": ("waiting", "clock"), "answered": ("done", "stamp"), "overdue": ("alert", "octagon-alert"),
}  # fmt: skip
DRAFT_WORDS = {"draft": N_("Draft"), "awaiting": N_("Awaiting countersignature")}
DRAFT_SIGNS = {"draft": ("", "pencil"), "awaiting": ("waiting", "stamp")}

USUAL_ANSWER_DAYS, MOST_ANSWER_DAYS = 5, 30  # working days (domain.md 7)
NEAR = 10  # days before its last day from which a duty stands on the work list


# How things stand ----------------------------------------------------------------------------------------------


def duty_state(due_on: date, published_at: datetime | None, at: datetime) -> str:
    """`due` through the whole of the last day, then `missing`; once published `on_time` or `late`."""
    ends = clock.day_bounds(due_on)[1]
    if published_at is not None:
        return "on_time" if published_at < ends else "late"
    return "due" if at < ends else "missing"


def event_due_on(event_on: date, rhythm: Rhythm) -> date:
    """The last working day within the term that the event sets."""
    return clock.last_day(end_after(clock.at_local(event_on), rhythm.working_days or 0))


def question_state(due_at: datetime, answered_at: datetime | None, at: datetime) -> str:
    """`overdue` from the instant at which the term ends, as long as there is no answer."""
    if answered_at is not None:
        return "answered"
    return "asked" if at < due_at else "overdue"


def answer_days(settings: Mapping[str, Any]) -> int:
    """Within how many working days a question is answered, as the place has set it; five unless it says otherwise."""
    wish = settings.get("answer_working_days")
    return wish if isinstance(wish, int) and 0 < wish <= MOST_ANSWER_DAYS else USUAL_ANSWER_DAYS


def answer_due(settings: Mapping[str, Any], at: datetime) -> datetime:
    """The end of the last working day for an answer."""
    return end_after(at, answer_days(settings))


def needs_countersignature(settings: Mapping[str, Any]) -> bool:
    """Whether a supervisor signs before anything is published: yes, unless the place has switched it off."""
    return settings.get("disclosure_countersign") is not False


def month_words(year: int, month: int) -> Words:
    """2026年10月, October 2026."""
    return Period("month", year, month).words


# Who may -------------------------------------------------------------------------------------------------------


def write_refusal(person: Anyone, place_path: str) -> Refusal | None:
    """Why somebody may not write for this place: only its committee's staff may."""
    if person.holds(*STAFF, at=place_path):
        return None
    return refusal(N_("Disclosures are written by the staff of that place. %(contact)s can help."), status=403,
                   contact=OFFICE)  # fmt: skip


def change_refusal(person: Anyone, *, place_path: str, state: str) -> Refusal | None:
    """Why a draft may not be changed now."""
    if state == "awaiting":
        return refusal(
            N_("This draft waits for the countersignature, so it is not changed meanwhile. The supervisor can send it "
               "back; then you can go on writing.")
        )  # fmt: skip
    return write_refusal(person, place_path)


def countersign_refusal(person: Anyone, *, place_path: str, state: str, wrote: bool) -> Refusal | None:
    """Why somebody may not countersign, or send back: a supervisor of the place, never one who `wrote` on it."""
    if state != "awaiting":
        return refusal(N_("This draft does not wait for a countersignature. Its author goes on writing it."))
    if not person.holds(SUPERVISOR, at=place_path):
        return refusal(
            N_("Only a supervisor of that place countersigns. %(contact)s can tell you who that is."), status=403,
            contact=OFFICE,
        )  # fmt: skip
    if wrote:
        return refusal(
            N_("You wrote this yourself, so another supervisor countersigns it: two people answer for what is "
               "published."),
            status=403,
        )  # fmt: skip
    return None


def ask_refusal(person: Anyone, *, place_path: str) -> Refusal | None:
    """Why somebody may not ask: verified residents of the same street may."""
    if no := taking_part_refusal(person):
        return no
    if f"/{person.street_id}/" not in place_path:
        return refusal(
            N_("Questions come from residents of this street. Your own street has its own disclosures."), status=403
        )
    return None


def ask_again_refusal(
    person: Anyone, *, asker_id: int, answered: bool, is_second: bool, followed: bool
) -> Refusal | None:
    """Why somebody may not ask once more after an answer."""
    if person.id != asker_id:
        return refusal(
            N_("Whoever asked may ask once more. You can ask a question of your own about this item."), status=403
        )
    if not answered:
        return refusal(N_("Your question waits for its answer. Once it is there you can ask once more."))
    if is_second or followed:
        return refusal(
            N_("You have asked once more already. If something is still open, ask a new question, or speak to the "
               "supervisor.")
        )  # fmt: skip
    return None


def answer_refusal(person: Anyone, *, place_path: str, answered: bool) -> Refusal | None:
    """Why somebody may not answer for the committee."""
    if answered:
        return refusal(N_("This question has its answer. Whoever asked can ask once more if something is unclear."))
    return write_refusal(person, place_path)


# What may be published -----------------------------------------------------------------------------------------


def complete_refusal(
    *, kind: str, has_text: bool, has_cells: bool, is_correction: bool, has_reason: bool
) -> Refusal | None:
    """What is still missing before this can be published."""
    if kind == "item" and not has_text and not has_cells:
        return refusal(N_("There is nothing to read yet. Write a text or a table first."), status=422)
    if is_correction and not has_reason:
        return refusal(
            N_("A correction needs its reason: it stands beside the new revision for everybody to read."), status=422
        )
    return None


def personal_refusal(parts: Iterable[tuple[Words, str]]) -> Refusal | None:
    """Why this cannot be published: a personal number stands in it. `parts` are (where, text)."""
    for where, text in parts:
        found = next(personal.find(text), None)
        if found is not None:
            return refusal(
                N_("%(where)s holds %(what)s (%(hidden)s). Personal numbers are not published: take it out or cover "
                   "it, then try again. If you are not sure, ask the supervisor."),
                status=422, where=where, what=personal.KINDS[found.kind], hidden=found.hidden,
            )  # fmt: skip
    return None


def taken_refusal(period: Words) -> Refusal:
    """The finances of this period are there already."""
    return refusal(
        N_("The finances of %(period)s are published already. To change them, open them and write a correction."),
        period=period,
    )


def gap_refusal(period: Words) -> Refusal:
    """The period before is not published yet, so that nobody could check the opening balances."""
    return refusal(
        N_("The finances of %(period)s are not published yet. Publish them first, so that one month goes on from the "
           "other."),
        period=period,
    )  # fmt: skip


def gone() -> Refusal:
    """Somebody was faster with this draft."""
    return refusal(N_("This draft was published or discarded meanwhile. The list shows what is there now."))

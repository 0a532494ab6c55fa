"""Where a meeting stands, who may come, call, mark and write, and by when minutes are owed (domain.md 2 and 7)."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.kit import working_days
from app.kit.refusal import N_, Refusal, refusal
from app.people.rules import Anyone, taking_part_refusal

STAFF = ("staff", "street")
KINDS = {"sitting": N_("Council sitting"), "open_day": N_("Open Day"), "on_site": N_("On-site Meeting")}
OPEN_DAYS = ("open_day", "on_site")
PARTS = {
    "resident": N_("resident"),
    "representative": N_("residents' representative"),
    "cadre": N_("community staff"),
    "property": N_("property company"),
    "congress": N_("people's congress or CPPCC member"),
    "expert": N_("expert"),
    "other": N_("other guest"),
}
MINUTES_DAYS = 5  # working days: as long as a question may wait for its answer (domain.md 7)
DOORS_OPEN = timedelta(hours=1)  # before the beginning: from then on people can be marked as present
LONGEST = timedelta(hours=12)
FURTHEST = timedelta(days=366)
MOST_SEATS, MOST_POINTS = 999, 20

STATE_WORDS = {
    "called": N_("Called"),
    "put_off": N_("Put off"),
    "in_session": N_("In session"),
    "owing": N_("Minutes to come"),
    "late": N_("Minutes overdue"),
    "minutes": N_("Minutes out"),
    "cancelled": N_("Called off"),
}
# Tone and drawing of the chip.
STATE_SIGNS = {
    "called": ("know", "clock"),
    "put_off": ("waiting", "calendar-plus"),
    "in_session": ("waiting", "users-round"),
    "owing": ("", "clock"),
    "late": ("alert", "octagon-alert"),
    "minutes": ("done", "circle-check"),
    "cancelled": ("", "circle-minus"),
}
UPCOMING = ("called", "put_off")


def state_at(
    starts_at: datetime, ends_at: datetime, at: datetime, *, cancelled: bool, moved: bool, minutes: bool
) -> str:
    """Where a meeting stands at that moment; `moved`: it was put off; `minutes`: they were published."""
    if cancelled:
        return "cancelled"
    if minutes:
        return "minutes"
    if at < starts_at:
        return "put_off" if moved else "called"
    if at < ends_at:
        return "in_session"
    return "owing" if at < minutes_due(ends_at) else "late"


def minutes_due(ends_at: datetime) -> datetime:
    """By when the minutes of a meeting are to be published: the end of the fifth working day after it."""
    return working_days.end_after(ends_at, MINUTES_DAYS)


def seats_left(capacity: int | None, taken: int) -> int | None:
    """How many may still sign up; None where as many as want may come."""
    return None if capacity is None else capacity - taken


def staff_refusal(person: Anyone, place_path: str) -> Refusal | None:
    """Why somebody may not call meetings of this place, change them, mark who came, or write the minutes."""
    if person.holds(*STAFF, at=place_path):
        return None
    return refusal(
        N_("Meetings are called and kept by the committee of that place. If you would like one, propose a topic or "
           "ask the committee's office."),
        status=403,
    )  # fmt: skip


def time_refusal(starts_at: datetime, ends_at: datetime, at: datetime) -> Refusal | None:
    """Why a meeting cannot be held at that time."""
    if starts_at <= at:
        return refusal(N_("That time is past. Please choose a later one."), status=422)
    if ends_at <= starts_at or ends_at - starts_at > LONGEST:
        return refusal(
            N_("The end comes after the beginning, on the same day. Please look at the two times."), status=422
        )
    if starts_at > at + FURTHEST:
        return refusal(N_("That is more than a year ahead. Please choose an earlier day."), status=422)
    return None


def seats_refusal(capacity: int | None, taken: int) -> Refusal | None:
    """Why there cannot be so few seats: more people have signed up already."""
    if capacity is None or capacity >= taken:
        return None
    return refusal(
        N_("%(taken)s people have signed up already. Please leave at least as many seats, or find a larger room."),
        status=422, taken=taken,
    )  # fmt: skip


def sign_up_refusal(
    person: Anyone, *, place_path: str, starts_at: datetime, cancelled: bool, at: datetime
) -> Refusal | None:
    """Why somebody may not sign up, whatever the seats: residents of the place may, until it begins."""
    if cancelled:
        return _cancelled()
    if at >= starts_at:
        return refusal(
            N_("This meeting began at %(start)s, so sign-up has ended. Whoever is there is noted at the door; "
               "afterwards the minutes stand here."),
            start=starts_at,
        )  # fmt: skip
    if no := taking_part_refusal(person):
        return no
    if not person.lives_in(place_path):
        return refusal(
            N_("Seats are for residents of the place it concerns. The minutes stand here for everybody; if it "
               "touches you all the same, tell the committee's office."),
            status=403,
        )  # fmt: skip
    return None


def already_refusal() -> Refusal:
    """The same person signs up again."""
    return refusal(N_("You are signed up already. Nothing more to do; until it begins you can withdraw."))


def full_refusal() -> Refusal:
    """All seats are taken."""
    return refusal(
        N_("All seats are taken. Look again later, somebody may withdraw; the minutes will stand here for everybody, "
           "and the committee's office takes your question along.")
    )  # fmt: skip


def withdraw_refusal(*, signed_up: bool, starts_at: datetime, at: datetime) -> Refusal | None:
    """Why a sign-up is not taken back."""
    if not signed_up:
        return refusal(N_("You are not signed up for this meeting, so there is nothing to withdraw."))
    if at >= starts_at:
        return refusal(
            N_("This meeting began at %(start)s, so there is no seat to give back any more. Nothing is counted "
               "against you."),
            start=starts_at,
        )  # fmt: skip
    return None


def change_refusal(*, starts_at: datetime, cancelled: bool, at: datetime) -> Refusal | None:
    """Why agenda, room and seats are not changed any more: that ends when the meeting begins."""
    if cancelled:
        return _cancelled()
    if at >= starts_at:
        return refusal(
            N_("This meeting began at %(start)s, so its agenda stands. What was spoken about besides belongs in "
               "the minutes."),
            start=starts_at,
        )  # fmt: skip
    return None


def move_refusal(*, cancelled: bool, minutes: bool, present: bool) -> Refusal | None:
    """Why a meeting is neither put off nor called off: it was, or it has taken place.

    Its time alone does not say so: one that nobody came to is put off afterwards.
    """
    if cancelled:
        return _cancelled()
    if minutes or present:
        return refusal(
            N_("People are noted as present, so this meeting took place. If something is left to talk about, call "
               "another one.")
        )  # fmt: skip
    return None


def mark_refusal(*, starts_at: datetime, cancelled: bool, at: datetime) -> Refusal | None:
    """Why nobody can be marked as present now: it is done from an hour before the beginning.

    Who was forgotten can be added when the minutes are out; it earns with the text that corrects them.
    """
    if cancelled:
        return _cancelled()
    if at < starts_at - DOORS_OPEN:
        return refusal(
            N_("Who is present can be noted from an hour before the beginning, %(start)s. Please come back then."),
            start=starts_at,
        )  # fmt: skip
    return None


def strike_refusal(*, starts_at: datetime, cancelled: bool, counted: bool, at: datetime) -> Refusal | None:
    """Why somebody is not struck off the list: what being there earned was posted with minutes that came after."""
    if no := mark_refusal(starts_at=starts_at, cancelled=cancelled, at=at):
        return no
    if not counted:
        return None
    return refusal(
        N_("The minutes are published, and with them the list of those present. Somebody who was forgotten can be "
           "added, and counts once the minutes are corrected; nobody is struck off.")
    )  # fmt: skip


def own_refusal(person: Anyone, *, resident_id: int, household_id: int | None) -> Refusal | None:
    """Why somebody does not mark this resident: being there earns points, so it is never one's own household."""
    if person.is_or_lives_with(resident_id, household_id):
        return refusal(
            N_("This is you or your household, and being there earns points, so a colleague notes it. Please ask "
               "one."),
            status=403,
        )  # fmt: skip
    return None


def nobody_refusal() -> Refusal:
    """No resident goes by what was typed."""
    return refusal(
        N_("No resident of this place goes by that telephone or full name. Look at the spelling, or note a guest."),
        status=422,
    )


def twice_refusal() -> Refusal:
    """Somebody is marked who was marked before."""
    return refusal(N_("This person is noted as present already. Nothing more to do."))


def struck_refusal() -> Refusal:
    """A line of the list is struck off that is not there any more."""
    return refusal(N_("This person is no longer on the list. Nothing more to do."))


def minutes_refusal(*, starts_at: datetime, cancelled: bool, at: datetime) -> Refusal | None:
    """Why no minutes can be published: nothing was held yet, or nothing will be."""
    if cancelled:
        return _cancelled()
    if at < starts_at:
        return refusal(
            N_("This meeting begins at %(start)s. Its minutes can be written from then on."), start=starts_at
        )
    return None


def correction_refusal(published: int, *, corrects: bool) -> Refusal | None:
    """Why minutes cannot be kept like this: the first text corrects nothing, every later one says what it corrects."""
    if published and not corrects:
        return refusal(
            N_("The minutes are published already. Please say what this text corrects: both stay readable."), status=422
        )
    if corrects and not published:
        return refusal(N_("There are no minutes yet that could be corrected."), status=422)
    return None


def agenda_refusal(points: int) -> Refusal | None:
    """Why a meeting cannot be called with such an agenda."""
    if 1 <= points <= MOST_POINTS:
        return None
    return refusal(N_("An agenda has one to %(most)s points, each on a line of its own."), status=422, most=MOST_POINTS)


def _cancelled() -> Refusal:
    return refusal(
        N_("This meeting was called off, so nothing more happens with it. The page says why; the next one stands in "
           "the list.")
    )  # fmt: skip

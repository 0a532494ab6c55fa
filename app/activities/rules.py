"""What may be done with activities: their life, who may take a place, when a check-in counts, and how long it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.activities.life import LIFE, OWNER, PUBLIC_STATES, STAFF
from app.activities.spans import Span, takes_check_ins
from app.kit import clock
from app.kit.refusal import N_, Refusal, refusal
from app.kit.words import Words
from app.people.rules import Anyone, Person, age

KINDS = {
    "environment": N_("Environment"),
    "elderly": N_("For the old"),
    "children": N_("For the young"),
    "culture": N_("Culture"),
    "safety": N_("Keeping safe"),
    "council": N_("Council work"),
    "training": N_("Training"),
    "community": N_("Neighbours"),
    "service": N_("Public service"),
}
MARKS = {"night": N_("at night"), "holiday": N_("on a holiday"), "foul_weather": N_("in foul weather")}

STAFF_ROLES = ("staff", "street")
PUBLISHER_ROLES = ("organiser", *STAFF_ROLES)

FREE_TRIES = 8  # wrong codes of one person before they have to wait
HOURS_AHEAD = 12  # what a volunteer who cannot come is asked for
OLDEST = 120


@dataclass(frozen=True)
class Frame:
    """What rules need to know of an activity: where it is, whose it is, how it stands. Paths as in `places`."""

    state: str
    place_path: str
    community_id: int | None
    organiser_id: int | None
    age_from: int | None = None

    @property
    def reach(self) -> str:
        """Who may join lives below this: the community of the activity, or the street when it is everybody's."""
        mark = f"/{self.community_id}/"
        if self.community_id is None or mark not in self.place_path:
            return self.place_path
        return self.place_path[: self.place_path.index(mark) + len(mark)]


def capacities(person: Anyone, frame: Frame) -> frozenset[str]:
    """What somebody is to this activity: its `owner`, `staff` of its place, both, or nothing.

    Whoever planned it owns it for as long as they may plan there: with the role goes what it opened.
    """
    is_owner = person.id == frame.organiser_id and person.holds(*PUBLISHER_ROLES, at=frame.place_path)
    is_staff = person.holds(*STAFF_ROLES, at=frame.place_path)
    return (OWNER if is_owner else frozenset()) | (STAFF if is_staff else frozenset())


def may_see(person: Anyone, frame: Frame) -> bool:
    """Drafts and what awaits approval are seen by those who work on them; the rest is public."""
    return frame.state in PUBLIC_STATES or bool(capacities(person, frame))


def publish_refusal(person: Anyone, place_path: str) -> Refusal | None:
    if person.holds(*PUBLISHER_ROLES, at=place_path):
        return None
    return refusal(
        N_("Activities at this place are planned by its organisers and the committee. Ask the committee's office."),
        status=403,
    )


def shifts_refusal(plans: Sequence[tuple[datetime, datetime, int, int]], *, at: datetime | None) -> Refusal | None:
    """Why these shifts will not do: (starts, ends, capacity, minimum). With `at`, none may already be over."""
    if not plans:
        return refusal(N_("An activity needs a day and a time. Add a shift."))
    for starts_at, ends_at, capacity, minimum in plans:
        if ends_at <= starts_at:
            return refusal(N_("A shift cannot end before it begins. Check the times."))
        if not 1 <= minimum <= capacity:
            return refusal(
                N_("A shift needs at least one place, and no more people than it has places. Check both numbers.")
            )
        if at is not None and ends_at <= at:
            return refusal(N_("That time is already over. Choose a day that is still to come."))
    return None


def run_refusal(person: Anyone, frame: Frame) -> Refusal | None:
    """Why somebody may not stand at the organiser's screen, tick people in or confirm hours."""
    if not capacities(person, frame):
        return refusal(
            N_("This is done by the organiser or the committee's staff. Ask the person in charge."), status=403
        )
    return None


def step_refusal(person: Anyone, frame: Frame, action: str, shifts: Sequence[Span], *, at: datetime) -> Refusal | None:
    """Why this step in the life of an activity may not be taken by this person now."""
    no = LIFE.refusal(frame.state, action, capacities(person, frame))
    if no is not None:
        return no
    over = all(shift.ends_at <= at for shift in shifts)
    if action == "report" and not over:
        return refusal(N_("The report comes after the last shift. Come back when it has ended."))
    if action in ("call_off", "approve", "hand_in") and over:
        return refusal(N_("This activity is over, so this step is no longer possible. You can still report on it."))
    return None


def sign_up_refusal(person: Anyone, frame: Frame, shift: Span, *, at: datetime) -> Refusal | None:
    """Why this person may not take a place here at all; a place or an overlap is looked at under the lock."""
    if frame.state != "open":
        return refusal(
            N_(
                "This activity takes no sign-ups at the moment. Look at the menu for others, or ask the "
                "committee's office."
            )
        )
    if shift.ends_at <= at:
        return refusal(N_("This shift is over. Look at the activity menu for the next one."))
    if not person.is_verified:
        return refusal(
            N_(
                "Signing up is for verified residents. Enter your household's invitation code first, or ask "
                "your grid member to confirm your address."
            )
        )
    if not person.lives_in(frame.reach):
        return refusal(
            N_("This activity is for the neighbours of another community. Look at the menu for those near you.")
        )
    if frame.age_from and not _is_old_enough(person, frame.age_from, shift.starts_at):
        return refusal(
            N_(
                "This activity is for people of %(age)s and older, for their safety. The menu shows others; "
                "questions go to the organiser."
            ),
            age=frame.age_from,
        )
    return None


def _is_old_enough(person: Anyone, age_from: int, starts_at: datetime) -> bool:
    """Full years on the local day of the shift."""
    return (
        isinstance(person, Person)
        and person.born_on is not None
        and age(person.born_on, clock.local(starts_at).date()) >= age_from
    )


def already_refusal(state: str | None) -> Refusal | None:
    """Why a person whose sign-up for this shift stands at `state` may not sign up again."""
    if state == "confirmed":
        return refusal(N_("You are signed up for this shift already. There is nothing more to do."))
    if state == "no-show":
        return refusal(N_("This shift has been noted as missed. If that is wrong, ask the person in charge."))
    return None


def overlap_refusal(title: Words, starts_at: datetime) -> Refusal:
    return refusal(
        N_("You are signed up for %(title)s at that time (%(time)s). Give up that place first, or take another shift."),
        title=title, time=starts_at,
    )  # fmt: skip


def full_refusal() -> Refusal:
    return refusal(
        N_(
            "This shift is full. Choose another shift, or look again later: a place that somebody gives up is "
            "free at once. Questions go to the organiser."
        )
    )


def give_up_refusal(state: str | None, shift: Span, *, checked_in: bool, at: datetime) -> Refusal | None:
    if state != "confirmed":
        return refusal(N_("You have no place on this shift, so there is none to give up."))
    if checked_in:
        return refusal(N_("You have checked in already. When you leave, please check out."))
    if shift.last_call <= at:
        return refusal(
            N_("The shift has begun, so the place can no longer be given up here. Tell the person in charge.")
        )
    return None


def change_refusal(person: Anyone, frame: Frame) -> Refusal | None:
    """Why somebody may not change the words, shifts or places of an activity."""
    if (no := run_refusal(person, frame)) is not None:
        return no
    if frame.state not in ("draft", "review", "open"):
        return refusal(N_("This activity is closed, so it stays as it is. Plan a new one instead."))
    return None


def capacity_refusal(capacity: int, taken: int, minimum: int) -> Refusal:
    if capacity < taken:
        return refusal(
            N_(
                "%(taken)s places are taken, so there cannot be only %(capacity)s. "
                "Ask somebody first whether they give theirs up."
            ),
            taken=taken,
            capacity=capacity,
        )
    return refusal(N_("This shift needs at least %(minimum)s people, so it needs as many places."), minimum=minimum)


def code_refusal() -> Refusal:
    """One sentence for every failure, so that a guess teaches nothing (security A2; words.md 15, sentence 8)."""
    return refusal(
        N_(
            "That code has expired. Use the new one on the screen, or ask the person in charge to tick you off "
            "the list."
        )
    )


def again_refusal(checked_in_at: datetime) -> Refusal:
    return refusal(N_("You checked in at %(time)s. There is nothing more to do."), time=checked_in_at)


def tick_refusal(state: str | None, frame: Frame, shift: Span, *, at: datetime) -> Refusal | None:
    """Why somebody on the roster cannot be ticked off now."""
    if frame.state != "open":
        return refusal(N_("This activity is not open, so nobody can be checked in."))
    if state != "confirmed":
        return refusal(N_("This person has no place on this shift. Ask them to sign up first."))
    if not takes_check_ins(shift, at=at):
        return refusal(
            N_(
                "Check-in is open from 30 minutes before the shift until its end. Ask the committee's office "
                "if somebody was left out."
            )
        )
    return None


def out_refusal(checked_out_at: datetime | None, *, known: bool) -> Refusal | None:
    if not known:
        return refusal(
            N_("You have not checked in to this activity. Use the code on the screen, or ask the person in charge.")
        )
    if checked_out_at is not None:
        return refusal(N_("You checked out at %(time)s. There is nothing more to do."), time=checked_out_at)
    return None


def hours_refusal(person: Anyone, frame: Frame) -> Refusal | None:
    """Why this person confirms no hours of this activity at all."""
    if frame.state not in ("open", "reported"):
        return refusal(N_("This activity was cancelled, so there are no hours to confirm."))
    return run_refusal(person, frame)


def confirm_refusal(
    person: Anyone, resident_id: int, household_id: int | None, checked_out_at: datetime | None
) -> Refusal | None:
    """Why not these hours: what they earn is the household's, so nobody confirms those of the own (security L8)."""
    if person.id == resident_id or (household_id is not None and person.household_id == household_id):
        return refusal(
            N_(
                "Nobody confirms their own hours or those of their household. "
                "Another organiser or the committee's staff will do it."
            )
        )
    if checked_out_at is None:
        return refusal(N_("The hours stand once this person has checked out. Check them out first."))
    return None


def absence_refusal(state: str | None, shift: Span, *, came: bool, at: datetime) -> Refusal | None:
    if state != "confirmed" or came:
        return refusal(N_("This person is not missing from this shift. Look at the roster again."))
    if shift.ends_at > at:
        return refusal(N_("Whether somebody stayed away is known when the shift has ended. Come back then."))
    return None

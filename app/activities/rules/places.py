"""Who may take a place, and who may give it up."""

from __future__ import annotations

from datetime import datetime

from app.activities.rules.standing import Frame
from app.activities.spans import Span
from app.kit import clock
from app.kit.refusal import N_, Refusal, refusal
from app.kit.words import Words
from app.people.rules import Anyone, Person, age


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

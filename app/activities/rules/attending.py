"""When a check-in counts, and whose hours may be confirmed."""

from __future__ import annotations

from datetime import datetime

from app.activities.life import PUBLIC_STATES
from app.activities.rules.standing import Frame, run_refusal
from app.activities.spans import Span, takes_check_ins
from app.kit.refusal import N_, Refusal, refusal
from app.people.rules import Anyone


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


def hours_refusal(person: Anyone, frame: Frame, shift: Span) -> Refusal | None:
    """Why this person confirms no hours of this shift at all. What had ended before a cancellation still counts."""
    if frame.state not in PUBLIC_STATES or frame.called_off(shift.ends_at):
        return refusal(
            N_(
                "This activity was cancelled before the shift had ended, so there are no hours to confirm. "
                "Questions go to the committee's office."
            )
        )
    return run_refusal(person, frame)


def confirm_refusal(person: Anyone, resident_id: int, household_id: int | None, minutes: int | None) -> Refusal | None:
    """Why not these hours: what they earn is the household's, so nobody confirms those of the own (security L8)."""
    if person.is_or_lives_with(resident_id, household_id):
        return refusal(
            N_(
                "Nobody confirms their own hours or those of their household. "
                "Another organiser or the committee's staff will do it."
            )
        )
    if minutes is None:
        return refusal(N_("The hours stand once this person has checked out. Check them out first."))
    return None


def absence_refusal(state: str | None, frame: Frame, shift: Span, *, came: bool, at: datetime) -> Refusal | None:
    if frame.called_off(shift.ends_at):
        return refusal(N_("This shift was cancelled, so nobody is missing from it."))
    if state != "confirmed" or came:
        return refusal(N_("This person is not missing from this shift. Look at the roster again."))
    if shift.ends_at > at:
        return refusal(N_("Whether somebody stayed away is known when the shift has ended. Come back then."))
    return None

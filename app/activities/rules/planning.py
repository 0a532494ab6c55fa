"""Who plans an activity, what a shift must be like, and the steps of its life."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.activities.life import LIFE, STAFF
from app.activities.rules.standing import PUBLISHER_ROLES, Frame, capacities, run_refusal
from app.activities.spans import Span
from app.kit.refusal import N_, Refusal, refusal
from app.people.rules import Anyone


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


def change_refusal(person: Anyone, frame: Frame) -> Refusal | None:
    """Why somebody may not change the words, shifts or places of an activity."""
    if (no := run_refusal(person, frame)) is not None:
        return no
    if frame.state not in ("draft", "review", "open"):
        return refusal(N_("This activity is closed, so it stays as it is. Plan a new one instead."))
    return None


def growth_refusal(person: Anyone, frame: Frame) -> Refusal | None:
    """Why somebody may not add shifts or places: once neighbours sign up, the committee's staff see to it first."""
    no = change_refusal(person, frame)
    if no is None and frame.state == "open" and not capacities(person, frame) >= STAFF:
        return refusal(
            N_(
                "Once an activity is open for sign-up, more shifts and places are added by the committee's staff. "
                "Ask them: they can do it on this page."
            ),
            status=403,
        )
    return no


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

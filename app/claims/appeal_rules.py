"""Why a claim is not appealed, and why what was withdrawn is not claimed anew (points.md "Calendar", I26)."""

from __future__ import annotations

from datetime import datetime

from app.kit import clock
from app.kit.refusal import N_, Refusal, refusal
from app.people.rules import Anyone, taking_part_refusal

NEEDS = 2  # reviewers of an appeal, however much the claim earns


def appeal_refusal(
    by: Anyone, *, resident_id: int, household_id: int, until: datetime | None, again_id: int | None, at: datetime
) -> Refusal | None:
    """Why somebody does not appeal: whoever made the claim may, once, and before the stored end.

    `until` is None where nothing was decided against it, and for an appeal, which is final.
    """
    if by.id != resident_id:
        return refusal(N_("Only whoever made a claim appeals."), status=403)
    if no := taking_part_refusal(by):
        return no
    if by.household_id != household_id:
        return refusal(N_("The claim was made for the household you have left. Please ask the committee's office."))
    if again_id is not None:
        return refusal(N_("You have appealed already. What comes of it stands on the page of the appeal."))
    if until is None:
        return refusal(N_("Nothing was decided here that can be appealed. If something is wrong, tell the committee's "
                          "office."))  # fmt: skip
    if at >= until:
        return refusal(
            N_("The last day to appeal was %(day)s. If you have new evidence, please ask the committee's office."),
            day=clock.last_day(until),
        )
    return None


def withdrawn_refusal(*, not_confirmed: bool) -> Refusal | None:
    """Why a deed that was withdrawn is not claimed anew: a reviewer had not confirmed it, and others are not tried."""
    if not not_confirmed:
        return None
    return refusal(
        N_("You withdrew this claim after a reviewer had not confirmed it, so nobody else is asked. If something was "
           "overlooked, please tell the committee's office.")
    )  # fmt: skip

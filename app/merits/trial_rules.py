"""Who may have a draft of the tariff tried, and when."""

from __future__ import annotations

from app.kit.refusal import N_, Refusal, refusal
from app.people.rules import OFFICE, Anyone


def simulate_refusal(person: Anyone, *, place_path: str) -> Refusal | None:
    """Why somebody may not have a draft tried for a place: it takes the machine a while, so staff ask for it."""
    if person.holds("staff", "street", at=place_path):
        return None
    return refusal(
        N_("The staff of that place have drafts of the tariff tried. %(contact)s can do it for you."), status=403,
        contact=OFFICE,
    )  # fmt: skip


def running_refusal(running: bool) -> Refusal | None:
    """Why no other trial begins now."""
    if not running:
        return None
    return refusal(
        N_("Another draft is being tried for this place. Wait until it is done, mostly a minute, then ask again.")
    )

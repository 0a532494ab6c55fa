"""Volunteer opportunities become activities: one offer that stands from its first day to its last."""

from __future__ import annotations

from collections.abc import Sequence

from app.activities.operations import bring_in
from app.activities.repeating import whole_days
from app.cli.formats.nyc import Opportunity
from app.cli.intake.batches import Count
from app.kit import clock
from app.kit.words import Words
from app.places.models import Place

SOURCE = "NYC Service"
_KINDS = {
    "Education": "children",
    "Health": "service",
    "Environment": "environment",
    "Emergency Preparedness": "safety",
}


class Opportunities:
    """Keeps opportunities as activities of one place; nobody here organises them."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def keep(self, batch: Sequence[Opportunity], count: Count) -> None:
        for one in batch:
            if not one.is_approved:
                count.skip(one.line, "it was not approved where it was offered")
                continue
            activity = bring_in(
                source=SOURCE, source_id=str(one.number), place=self.place, kind=_KINDS.get(one.category, "community"),
                title=Words(en=one.title), description=Words(en=_description(one)), organisation=one.organisation,
                shifts=[whole_days(one.starts_on, one.ends_on, capacity=one.capacity)],
                at=clock.at_local(one.published_on),
            )  # fmt: skip
            count.new += activity is not None
            count.there += activity is None


def _description(one: Opportunity) -> str:
    """The summary, and what has no field of its own here."""
    where = ", ".join(part.strip() for part in one.where.splitlines() if part.strip())
    facts = [f"Where: {where}" if where else "", one.category, "ongoing" if one.is_ongoing else "one time"]
    return "\n\n".join(part for part in (one.summary, " · ".join(fact for fact in facts if fact)) if part)

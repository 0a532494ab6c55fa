"""What an activity is, and what somebody is to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.activities.life import OWNER, PUBLIC_STATES, STAFF
from app.kit.refusal import N_, Refusal, refusal
from app.people.rules import Anyone

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
    cancelled_at: datetime | None = None

    def called_off(self, ends_at: datetime) -> bool:
        """Whether a shift that ends then does not count: it had not ended when the activity was cancelled."""
        return self.state == "cancelled" and (self.cancelled_at is None or ends_at > self.cancelled_at)

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


def run_refusal(person: Anyone, frame: Frame) -> Refusal | None:
    """Why somebody may not stand at the organiser's screen, tick people in or confirm hours."""
    if not capacities(person, frame):
        return refusal(
            N_("This is done by the organiser or the committee's staff. Ask the person in charge."), status=403
        )
    return None

"""The life of a request (domain.md 8), its deadlines, and who may do what with it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.grid.escalation import OPEN
from app.grid.models import LEVELS
from app.kit.refusal import N_, Refusal, refusal
from app.kit.states import LifeCycle, Step
from app.people.rules import Anyone, Person, taking_part_refusal

STATE_WORDS = {
    "received": N_("Received"),
    "assigned": N_("Assigned"),
    "handling": N_("Being handled"),
    "resolved": N_("Resolved, please rate"),
    "rated": N_("Rated"),
    "closed": N_("Closed and filed"),
    "reopened": N_("Reopened"),
    "linked": N_("Linked to another"),
}
STATE_SIGNS = {
    "received": ("know", "bell"),
    "assigned": ("waiting", "user-round"),
    "handling": ("waiting", "wrench"),
    "resolved": ("know", "circle-check"),
    "rated": ("done", "star"),
    "closed": ("done", "circle-check"),
    "reopened": ("alert", "reply"),
    "linked": ("", "arrow-up"),
}
LEVEL_WORDS = {"grid": N_("Grid"), "community": N_("Community"), "street": N_("Street")}
INTAKE_WORDS = {
    "resident": N_("A resident reports it"),
    "visit": N_("Heard on a visit"),
    "collected": N_("Collected elsewhere"),
}
OUTCOME_WORDS = {
    "solved": N_("Solved"),
    "partly": N_("Partly solved"),
    "not_solved": N_("Not solved"),
    "explained": N_("Explained"),
}
# Categories and the working days that each level has for them; a place may set its own (setting `request_days`).
CATEGORIES = {
    "lamp": (N_("Street and stair lamps"), 3),
    "drain": (N_("Standing water and drains"), 3),
    "road": (N_("Roads and steps"), 7),
    "waste": (N_("Rubbish and cleaning"), 2),
    "noise": (N_("Noise"), 3),
    "parking": (N_("Parking and blocked ways"), 3),
    "fire": (N_("Fire safety and e-bikes"), 1),
    "water_power": (N_("Water, power, gas"), 1),
    "lift": (N_("Lifts and shared facilities"), 3),
    "green": (N_("Trees and green"), 10),
    "pets": (N_("Pets and strays"), 5),
    "neighbour": (N_("Between neighbours"), 10),
    "elder": (N_("The old and the disabled"), 3),
    "smell": (N_("Fumes and smells"), 5),
    "building": (N_("Buildings and extensions"), 15),
    "property": (N_("Property service"), 7),
    "farm": (N_("Fields and ditches"), 7),
    "safety": (N_("Security and fraud"), 1),
    "papers": (N_("Papers and questions"), 2),
    "frontage": (N_("Shop frontage"), 3),
    "booking": (N_("Booking of shared rooms"), 1),
    "other": (N_("Other matters"), 7),
}
RATING_DAYS = 7  # how long a resolved request waits for its rating (setting `rating_days`)
REOPEN_DAYS = 30  # how long after the answer its reporter may still open it again

# Who handles at each level; whoever holds one of these sees the private requests of the place, a supervisor too.
LEVEL_ROLES = {"grid": "grid", "community": "staff", "street": "street"}
HANDLERS = tuple(LEVEL_ROLES.values())
READERS = (*HANDLERS, "supervisor")

_DESK, _MINE, _REPORTER = frozenset({"desk"}), frozenset({"in_charge"}), frozenset({"reporter"})
_HOUSE, _GIVES = frozenset({"house"}), frozenset({"desk", "above"})
_OVERSEES = frozenset({"supervisor", "above", "desk"})

# desk: holds the role of the level where it is; above: of a higher one; in_charge: the handler; house: by itself.
LIFE = LifeCycle(
    {
        ("received", "take"): Step("assigned", _DESK),
        ("received", "assign"): Step("assigned", _GIVES),
        ("received", "pass_up"): Step("received", _DESK, reason_needed=True),
        ("received", "send_down"): Step("received", _DESK, reason_needed=True),
        ("received", "link"): Step("linked", _GIVES, reason_needed=True),
        ("received", "rise"): Step("received", _HOUSE),
        ("assigned", "start"): Step("handling", _MINE),
        ("assigned", "assign"): Step("assigned", _GIVES),
        ("assigned", "pass_up"): Step("received", _DESK, reason_needed=True),
        ("assigned", "send_down"): Step("received", _DESK, reason_needed=True),
        ("assigned", "link"): Step("linked", _GIVES, reason_needed=True),
        ("assigned", "rise"): Step("received", _HOUSE),
        ("handling", "resolve"): Step("resolved", _MINE, reason_needed=True),
        ("handling", "note"): Step("handling", _MINE, reason_needed=True),
        ("handling", "call_in"): Step("handling", _MINE, reason_needed=True),
        ("handling", "reply"): Step("handling", _MINE, reason_needed=True),
        ("handling", "assign"): Step("assigned", _GIVES),
        ("handling", "pass_up"): Step("received", _DESK, reason_needed=True),
        ("handling", "send_down"): Step("received", _DESK, reason_needed=True),
        ("handling", "link"): Step("linked", _GIVES, reason_needed=True),
        ("handling", "rise"): Step("received", _HOUSE),
        ("reopened", "take"): Step("assigned", _DESK),
        ("reopened", "assign"): Step("assigned", _GIVES),
        ("reopened", "pass_up"): Step("reopened", _DESK, reason_needed=True),
        ("reopened", "send_down"): Step("reopened", _DESK, reason_needed=True),
        ("reopened", "rise"): Step("reopened", _HOUSE),
        ("resolved", "rate"): Step("rated", _REPORTER),
        ("resolved", "reopen"): Step("reopened", _REPORTER, reason_needed=True),
        ("resolved", "close"): Step("closed", _HOUSE),
        ("rated", "reopen"): Step("reopened", _REPORTER, reason_needed=True),
        ("rated", "assess"): Step("closed", _OVERSEES, reason_needed=True),
        ("rated", "close"): Step("closed", _HOUSE),
        ("closed", "reopen"): Step("reopened", _REPORTER, reason_needed=True),
        **{(state, "add"): Step(state, _REPORTER, reason_needed=True) for state in (*OPEN, "resolved")},
    }
)
ADDED_TO = (*OPEN, "resolved")


@dataclass(frozen=True)
class Facts:
    """What rules ask of a request as it stands now. `lowest`: the level at which its place begins."""

    state: str
    level: str
    lowest: str
    place_path: str
    reporter_id: int | None
    reporter_household: int | None
    handler_id: int | None
    resolved_by: int | None
    department_waits: bool = False


def days_for(category: str, settings: object) -> int:
    """Working days of each level for that category, as the place has set them."""
    wish = settings.get("request_days", {}).get(category) if isinstance(settings, dict) else None
    return wish if isinstance(wish, int) and wish > 0 else CATEGORIES[category][1]


def rating_days(settings: object) -> int:
    wish = settings.get("rating_days") if isinstance(settings, dict) else None
    return wish if isinstance(wish, int) and wish > 0 else RATING_DAYS


def first_level(place_kind: str) -> str:
    """The lowest level that reaches the place: what concerns more than one grid begins at the community."""
    return {"grid": "grid", "group": "grid", "street": "street"}.get(place_kind, "community")


def who_is(person: Anyone, facts: Facts) -> frozenset[str]:
    """What somebody is to a request now: reporter, desk, above, in_charge, supervisor, in any mixture."""
    number = LEVELS.index(facts.level)
    desk = person.holds(LEVEL_ROLES[facts.level], at=facts.place_path)
    parts = {
        "reporter": person.id is not None and person.id == facts.reporter_id,
        "desk": desk,
        "above": any(person.holds(LEVEL_ROLES[one], at=facts.place_path) for one in LEVELS[number + 1 :]),
        "in_charge": desk and person.id == facts.handler_id,
        "supervisor": person.holds("supervisor", at=facts.place_path),
    }
    return frozenset(name for name, true in parts.items() if true)


def sees_reporter(person: Anyone, facts: Facts, *, held_back: bool) -> bool:
    """Whether somebody is shown who reported: the handler in charge alone, unless the reporter held it back (P5)."""
    return not held_back and "in_charge" in who_is(person, facts)


def step_refusal(facts: Facts, action: str, by: Anyone, *, reasoned: bool) -> Refusal | None:
    """Why this step may not be taken now by this person."""
    who = who_is(by, facts)
    no = LIFE.refusal(facts.state, action, who) or _own_matter_refusal(facts, action, by)
    if no is not None:
        return no
    if action == "pass_up" and facts.level == "street":
        return refusal(N_("The street is the highest level. Call in the department that can help."))
    if action == "send_down" and facts.level == facts.lowest:
        return refusal(N_("No level below this one covers the place. It is handled here or passed up with a reason."))
    if action == "call_in" and facts.level == "grid":
        return refusal(N_("Departments are called in by the committee or the street. Pass it up with a reason first."))
    if action == "reply" and not facts.department_waits:
        return refusal(N_("No department has been called in that still owes an answer."))
    if LIFE.steps[facts.state, action].reason_needed and not reasoned:
        return refusal(
            N_("Please write a few words: they stand on the request for everybody who can read it."), status=422
        )
    return None


def _own_matter_refusal(facts: Facts, action: str, by: Anyone) -> Refusal | None:
    """Nobody decides on what they or their household reported, or assesses what they handled (P6)."""
    if action == "add":
        return None
    if action in ("rate", "reopen"):
        if by.id in (facts.handler_id, facts.resolved_by):
            return refusal(N_("Whoever handled a request does not rate it. Please ask a colleague."), status=403)
        return None
    if by.is_or_lives_with(facts.reporter_id, facts.reporter_household):
        return refusal(
            N_("You or your household reported this, so a colleague handles it. It goes up by itself if nobody does."),
            status=403,
        )
    if action == "assess" and by.id in (facts.handler_id, facts.resolved_by):
        return refusal(
            N_("Whoever handled a request does not close it. The supervisor or the next level does."), status=403
        )
    return None


def reopen_refusal(resolved_at: datetime | None, at: datetime) -> Refusal | None:
    """Why an answered request is not opened again: too long ago; a new one takes its place."""
    if resolved_at is None or at >= resolved_at + timedelta(days=REOPEN_DAYS):
        return refusal(
            N_("This was answered more than %(days)s days ago. Please report it again; the two are then linked."),
            days=REOPEN_DAYS,
        )
    return None


def too_slow() -> Refusal:
    """Somebody else took a step since this page was drawn."""
    return refusal(
        N_("Somebody was faster: this request has moved on since you opened the page. Please look at it again.")
    )


def report_refusal(person: Anyone, *, street_id: int, place_path: str) -> Refusal | None:
    """Why somebody may not report something there: verified residents of the street may, and whoever handles there."""
    if person.holds(*HANDLERS, at=place_path) or any(path.startswith(place_path) for path in person.reaches(*HANDLERS)):
        return None
    if no := taking_part_refusal(person):
        return no
    if person.street_id != street_id:
        return refusal(N_("You can report what concerns your own street. Elsewhere, ask that street."), status=403)
    return None


def follow_refusal(person: Anyone, *, state: str, is_public: bool, street_id: int, mine: bool) -> Refusal | None:
    """Why somebody may not say that a matter concerns them too."""
    if mine or not is_public or state not in ADDED_TO:
        return refusal(N_("This can be followed only by other neighbours, and only while it is open to all."))
    if not person.is_verified or person.street_id != street_id:
        return refusal(N_("Only verified residents of this street can say that it concerns them too."), status=403)
    return None


def assignee_refusal(level: str, chosen: Person | None, facts: Facts) -> Refusal | None:
    """Why the request may not be given to that person: they do not handle at this level, or it is their own."""
    if chosen is None or not chosen.holds(LEVEL_ROLES[level], at=facts.place_path):
        return refusal(N_("Choose somebody who handles requests at this level."), status=422)
    if chosen.is_or_lives_with(facts.reporter_id, facts.reporter_household):
        return refusal(N_("They or their household reported this. Please choose a colleague."), status=422)
    return None


def department_refusal() -> Refusal:
    """Nobody was chosen, or a department of another street."""
    return refusal(N_("Choose one of the departments of your street."), status=422)


def link_refusal(*, same: bool, state: str | None) -> Refusal | None:
    """Why a request may not go on in that one; `state` is None when there is no such request in reach."""
    if same or state is None or state not in ADDED_TO:
        return refusal(N_("Choose another request of the same street that is still open, by its number."), status=422)
    return None


def suppressed(numbers: Collection[tuple[str, int]], *, least: int = 5) -> frozenset[str]:
    """Which rows of a table stay unsaid: those under five, and one more where a single one could be subtracted (P10).

    `numbers` are (key, how many).
    """
    hidden = {key for key, number in numbers if number < least}
    rest = sorted((number, key) for key, number in numbers if key not in hidden)
    if hidden and sum(number for key, number in numbers if key in hidden) < least and rest:
        hidden.add(rest[0][1])
    return frozenset(hidden)

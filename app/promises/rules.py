"""The life of a promise, when it is overdue, and who may say what about it (domain.md 2, Implementation)."""

from __future__ import annotations

from datetime import date, datetime

from app.kit import clock
from app.kit.refusal import N_, Refusal, refusal
from app.kit.states import LifeCycle, Step
from app.people.rules import Anyone

STAFF = ("staff", "street")
NEAR = 7  # days before the term from which a promise stands on the work list
_EITHER = frozenset({"staff", "owner"})

LIFE = LifeCycle(
    {
        ("open", "report"): Step("under_way", _EITHER),
        ("under_way", "report"): Step("under_way", _EITHER),
        ("open", "finish"): Step("done", _EITHER),
        ("under_way", "finish"): Step("done", _EITHER),
        ("open", "drop"): Step("dropped", frozenset({"staff"}), reason_needed=True),
        ("under_way", "drop"): Step("dropped", frozenset({"staff"}), reason_needed=True),
    }
)
RUNNING, ENDED = ("open", "under_way"), ("done", "dropped")

STATE_WORDS = {
    "open": N_("To be started"),
    "under_way": N_("Now under way"),
    "overdue": N_("Overdue"),
    "done": N_("Done"),
    "dropped": N_("Dropped"),
}
# Tone and drawing of the chip.
STATE_SIGNS = {
    "open": ("", "clock"),
    "under_way": ("waiting", "wrench"),
    "overdue": ("alert", "octagon-alert"),
    "done": ("done", "circle-check"),
    "dropped": ("", "circle-minus"),
}


def shown_state(state: str, due_on: date, at: datetime) -> str:
    """`overdue` from the local midnight after the day by which it was promised, as long as it has not ended."""
    return "overdue" if state in RUNNING and clock.local(at).date() > due_on else state


def due_at(due_on: date) -> datetime:
    """The midnight that ends the day by which it was promised."""
    return clock.day_bounds(due_on)[1]


def who_is(person: Anyone, *, place_path: str, owner_id: int | None) -> frozenset[str]:
    """What somebody is to a promise: `owner`, `staff`, both or neither."""
    owner = person.id is not None and person.id == owner_id
    return frozenset(name for name, true in (("owner", owner), ("staff", person.holds(*STAFF, at=place_path))) if true)


def step_refusal(state: str, act: str, who: frozenset[str], *, reasoned: bool = True) -> Refusal | None:
    """Why this may not be said of the promise now by somebody who is all of `who`."""
    if state in ENDED:
        return refusal(
            N_("This promise has ended, so nothing more is added to it. If something is left to do, the committee "
               "makes a new one.")
        )  # fmt: skip
    no = LIFE.refusal(state, act, who)
    if no is None and LIFE.steps[state, act].reason_needed and not reasoned:
        return refusal(N_("Please give a reason: it stands on the promise for everybody to read."), status=422)
    return no


def percent_refusal(percent: int) -> Refusal | None:
    """Why progress cannot be that far: what is complete is reported as done, with a word of its own."""
    if 0 <= percent < 100:
        return None
    return refusal(N_("Progress is 0 to 99 per cent. What is complete is reported as done."), status=422)


def term_refusal(due_on: date, at: datetime) -> Refusal | None:
    """Why nothing can be promised for that day: it is past."""
    if due_on >= clock.local(at).date():
        return None
    return refusal(N_("That day is past. Please choose today or a later day."), status=422)

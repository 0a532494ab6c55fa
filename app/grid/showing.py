"""What the page of a request shows to one reader at one moment; each part is read when the page draws it, and once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.grid import directory, figures, queries, rules
from app.grid.escalation import OPEN, due_steps
from app.grid.models import LEVELS
from app.kit import clock
from app.kit.i18n import language
from app.kit.kept import cached_property
from app.kit.refusal import N_, Refusal
from app.people.rules import Anyone, masked

# What the history says of each step.
ACTION_WORDS = {
    "submit": N_("Sent in"),
    "receive": N_("Matter reported"),
    "take": N_("Taken on"),
    "assign": N_("Given to a handler"),
    "analyse": N_("Looked into"),
    "start": N_("Handling begins"),
    "note": N_("How it is getting on"),
    "pass_up": N_("Passed up"),
    "rise": N_("Went up by itself at its deadline"),
    "send_down": N_("Sent back down"),
    "call_in": N_("Department called in"),
    "reply": N_("The department answered"),
    "link": N_("Linked to another request"),
    "resolve": N_("Reported back"),
    "add": N_("The reporter adds"),
    "rate": N_("Rated by the reporter"),
    "reopen": N_("Not solved, opened again"),
    "assess": N_("Assessed and closed"),
    "close": N_("Closed and filed"),
}
# The button of each step, what will happen, and what to write.
STEP_WORDS = {
    "take": (N_("Take this request on"), N_("You are in charge of it from now on."), ""),
    "assign": (N_("Give it to a handler"), N_("They are in charge of it from now on."), ""),
    "start": (N_("Begin handling it"), N_("The reporter sees that it is being handled."), ""),
    "note": (N_("Say how it is getting on"), N_("It stands in the history."), N_("How it is getting on")),
    "resolve": (
        N_("Report back"), N_("The reporter reads your answer and rates it."), N_("The answer to the reporter"),
    ),
    "call_in": (N_("Call the department"), N_("The department owes an answer by that day."), N_("What it is to do")),
    "reply": (N_("Write down its answer"), N_("It stands in the history."), N_("What the department answered")),
    "pass_up": (
        N_("Pass it up, with a reason"), N_("The next level has it then, with a time of its own."), N_("The reason"),
    ),
    "send_down": (N_("Send it back down"), N_("The level below has it then, with a new time."), N_("The reason")),
    "link": (
        N_("Link it to another request"), N_("It goes on in the other one; the reporter follows that one."),
        N_("The reason"),
    ),
    "assess": (N_("Assess and close it"), N_("It is closed with your assessment."), N_("The assessment")),
}  # fmt: skip
CAPACITY_WORDS = {
    "reporter": N_("Reporter"),
    "grid": N_("Grid member"),
    "community": N_("Community staff"),
    "street": N_("Street staff"),
    "supervisor": N_("Supervisor"),
}
FIRST_CONTACT = {
    "grid": N_("your grid member"), "community": N_("the committee's office"), "street": N_("the street's office"),
}  # fmt: skip
FIVE_STEPS = (N_("Look into it"), N_("Handle it"), N_("Report back"), N_("You rate it"), N_("Assess it"))
_STEP_OF = {"received": 0, "assigned": 0, "reopened": 0, "handling": 1, "resolved": 3, "rated": 4, "closed": 5}
MEDIAN_DAYS = 365


def span_words(minutes: float) -> str:
    """3 hours, 2.5 days: how long something took."""
    if minutes < 60:
        return ngettext("%(num)d minute", "%(num)d minutes", max(1, round(minutes)))
    if minutes < 24 * 60:
        return ngettext("%(num)d hour", "%(num)d hours", round(minutes / 60))
    days = round(minutes / 60 / 24, 1)
    return _("%(days)s days", days=f"{days:g}") if days != 1 else _("1 day")


class RequestPage:
    """One request as `reader` sees it at `at`."""

    step_words = STEP_WORDS

    def __init__(self, request: queries.AnyRow, reader: Anyone, at: datetime) -> None:
        self.request, self.reader, self.at = request, reader, at
        self.now = queries.standing(request, at)
        self.facts = queries.facts(request, at)
        self.who = rules.who_is(reader, self.facts)

    @property
    def state(self) -> str:
        return self.now.state

    @property
    def is_overdue(self) -> bool:
        return self.state in OPEN and self.request.promised_at <= self.at

    @property
    def chip(self) -> tuple[str, str, str]:
        """Words, tone and drawing: the state, and for how long it still may be open."""
        words = _(rules.STATE_WORDS[self.state])
        tone, sign = rules.STATE_SIGNS[self.state]
        if self.is_overdue:
            return _("%(state)s, overdue", state=words), "alert", "octagon-alert"
        return words, tone, sign

    @property
    def promised_on(self) -> Any:
        return clock.last_day(self.request.promised_at)

    @property
    def rises_after(self) -> Any:
        """The last day before it goes up by itself."""
        return clock.last_day(self.rises_at) if self.rises_at else None

    @property
    def rated_by(self) -> Any:
        """The last day on which it can be rated."""
        return clock.last_day(self.request.closes_at) if self.request.closes_at else None

    @cached_property
    def rises_at(self) -> datetime | None:
        """When it goes up by itself; None at the street and once it is answered."""
        return self.now.due_at if self.state in OPEN and self.now.level != "street" else None

    @property
    def five_steps(self) -> list[tuple[str, str]]:
        """(words, done, now or "") for the drawing."""
        here = _STEP_OF.get(self.state, 0)
        states = ["done" if number < here else "now" if number == here else "" for number in range(5)]
        return [(_(words), state) for words, state in zip(FIVE_STEPS, states, strict=True)]

    @cached_property
    def steps(self) -> list[str]:
        """The steps of the people of a level that this reader may take now; their own matters are left to others."""
        if not self.reader.is_authenticated:
            return []
        open_to = dict.fromkeys(rules.LIFE.open_to(self.state, self.who))
        return [
            step
            for step in open_to
            if step in STEP_WORDS and rules.step_refusal(self.facts, step, self.reader, reasoned=True) is None
        ]

    @property
    def own_matter(self) -> Refusal | None:
        """Why a handler finds no button: they or their household reported it."""
        if not self.reader.is_authenticated or not self.who & {"desk", "above"} or self.steps:
            return None
        for step in rules.LIFE.open_to(self.state, self.who):
            if step in STEP_WORDS:
                return rules.step_refusal(self.facts, step, self.reader, reasoned=True)
        return None

    @property
    def is_mine(self) -> bool:
        return "reporter" in self.who

    @property
    def may_rate(self) -> bool:
        return self.is_mine and self.state == "resolved"

    @property
    def may_reopen(self) -> bool:
        late = rules.reopen_refusal(self.request.resolved_at, self.at)
        return self.is_mine and self.state in ("rated", "closed") and late is None

    @property
    def may_add(self) -> bool:
        return self.is_mine and self.state in rules.ADDED_TO

    @property
    def follow_refusal(self) -> Refusal | None:
        request = self.request
        return rules.follow_refusal(
            self.reader, state=self.state, is_public=request.is_public, street_id=request.street_id, mine=self.is_mine
        )

    @property
    def reporter(self) -> str | None:
        """Name and way to reach, for the handler in charge alone; None for everybody else."""
        request = self.request
        if not rules.sees_reporter(self.reader, self.facts, held_back=request.on_behalf or request.name_kept):
            return None
        return f"{request.reporter_family_name or ''}{request.reporter_given_name or ''}" or None

    @property
    def contact(self) -> str | None:
        """How to reach whom it concerns; for the handler in charge alone."""
        return self.request.contact if self.request.contact and "in_charge" in self.who else None

    @property
    def handler(self) -> str | None:
        """Grid member 袁*: who is in charge, as everybody sees it."""
        if self.facts.handler_id is None or self.request.handler_family_name is None:
            return None
        name = masked(self.request.handler_family_name, self.request.handler_family_name_en, language())
        return f"{_(CAPACITY_WORDS[self.now.level])} {name}"

    @property
    def handler_initial(self) -> str:
        """The first sign of their family name as the reader writes it."""
        return masked(self.request.handler_family_name, self.request.handler_family_name_en, language())[:1]

    @cached_property
    def first_contact(self) -> Any:
        return directory.first_contact(self.request.grid_id) if self.request.grid_id else None

    @cached_property
    def handlers(self) -> Sequence[Any]:
        """Whom it may be given to; not those who reported it."""
        people = queries.handlers(self.now.level, self.request.place_path)
        household = self.facts.reporter_household
        return [
            one for one in people
            if one.id != self.facts.reporter_id and (household is None or one.household_id != household)
        ]  # fmt: skip

    @cached_property
    def departments(self) -> Sequence[Any]:
        return queries.departments(self.request.street_id)

    @cached_property
    def photos(self) -> Sequence[Any]:
        return queries.photos(self.request.id)

    @cached_property
    def changes(self) -> list[dict[str, Any]]:
        """The history with what came by itself and is not written down yet."""
        lines = [self._line(row) for row in queries.history(self.request.id)]
        lines += [
            {
                "action": step.action, "at": step.at, "level": step.after.level, "by": None, "why": None,
                "words": _(ACTION_WORDS[step.action]), "department": None,
            }
            for step in due_steps(queries.kept_standing(self.request), self.at)
        ]  # fmt: skip
        for line in lines:
            line["state"] = "late" if line["action"] in ("rise", "reopen") else "done"
        if lines and self.state not in ("closed", "linked"):
            lines[-1]["state"] = "now"
        return lines

    def _line(self, row: queries.AnyRow) -> dict[str, Any]:
        by = _(CAPACITY_WORDS[row.capacity]) if row.capacity in CAPACITY_WORDS else None
        if by is not None and row.capacity != "reporter" and row.family_name is not None:
            by = f"{by} {masked(row.family_name, row.family_name_en, language())}"
        return {
            "action": row.action, "at": row.at, "level": row.to_level, "by": by, "why": row.why,
            "words": _(ACTION_WORDS[row.action]), "department": row.department,
        }  # fmt: skip

    @cached_property
    def time_at_levels(self) -> list[tuple[str, str]]:
        """How long it was at each level, up to the answer or until now: (level, how long)."""
        minutes = dict.fromkeys(LEVELS, 0.0)
        ends = self.request.resolved_at or self.at
        lines = self.changes
        for line, following in zip(lines, [*lines[1:], None], strict=True):
            until = min(following["at"], ends) if following else ends
            minutes[line["level"]] += max((until - line["at"]).total_seconds() / 60, 0)
        return [(level, span_words(minutes[level])) for level in LEVELS if minutes[level] >= 1]

    @cached_property
    def medians(self) -> list[figures.Figures]:
        """How long each grid of the community took for this kind of matter in the last year."""
        if self.request.community_id is None:
            return []
        mark = f"/{self.request.community_id}/"
        path = self.request.place_path.partition(mark)[0] + mark
        since = self.at - timedelta(days=MEDIAN_DAYS)
        found = figures.by_grid(path=path, since=since, category=self.request.category)
        return [one for one in found if one.median_minutes is not None]

    @property
    def taken(self) -> str | None:
        return span_words(self.request.minutes_taken) if self.request.minutes_taken is not None else None

"""Requests of the file: who reported, who handled them at which level, and what came by itself at its deadline.

The file says in which order things happened and how many working days it took; the instants follow from the deadlines
of the room, so that a past request stands exactly where the room's own rules would have brought it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from app.grid.bringing_in import PastRequest, PastStep, already_there, bring_in, link_past
from app.grid.escalation import OPEN, Standing, deadlines, due_steps, waits_anew
from app.grid.models import LEVELS, RequestPhoto
from app.grid.rules import CATEGORIES, LEVEL_ROLES, RATING_DAYS
from app.kit import clock, working_days
from app.kit.db import db
from app.kit.words import Words
from app.sample.content import Content
from app.sample.doors import buildings_in
from app.sample.homes import Someone
from app.sample.photos import keep_drawing
from app.sample.reported_before import requests_before
from app.sample.street_people import Street
from app.sample.talking import awake

FILED = {
    True: Words(zh="按期办结，归档。", en="Answered in time; closed."),
    False: Words(zh="超过了办结时限，已向经办层级说明，归档。", en="Answered late; the level was told. Closed."),
}
# Of what still goes on, some is reported by an account for trying things out: so that it has something to rate.
_REPORTERS = {"Q0050": "b-resident", "Q0067": "neighbour", "Q0068": "resident"}


# Drawings in photos/ that came with a request.
_PHOTOS = {"Q0066": "dark-lamps", "Q0067": "drain-cover"}


def load_requests(street: Street, content: Content, departments: dict[str, int]) -> None:
    """All requests, each with its history."""
    told = [*content["requests"], *requests_before(street, content)]
    past = [_Request(street, content, one, departments).past() for one in told]
    bring_in(street.source, past)
    ids = already_there(street.source, [one["number"] for one in content["requests"]])
    for one in past:
        if one.source_id in _PHOTOS:
            _photograph(ids[one.source_id], _PHOTOS[one.source_id], by_id=one.values["reporter_id"], at=one.received_at)
    for one in content["requests"]:
        if "linked_to" in one:
            link_past(ids[one["number"]], goal_id=ids[one["linked_to"]])


def _photograph(request_id: int, name: str, *, by_id: int, at: datetime) -> None:
    upload_id = keep_drawing(name, by_id=by_id, at=at)
    db.session.execute(insert(RequestPhoto), [{"request_id": request_id, "upload_id": upload_id, "at": at}])


class _Request:
    """One request on its way into the room: where it stands, step by step."""

    def __init__(self, street: Street, content: Content, request: Content, departments: dict[str, int]) -> None:
        self.street, self.content, self.request, self.departments = street, content, request, departments
        self.days = CATEGORIES[request["category"]][1]
        self.grid = self._grid()
        self.goes_on = request["state"] not in ("closed", "resolved")
        self.received_at = self._received_at()
        self.promised_at = working_days.end_after(self.received_at, self.days)
        self.steps: list[PastStep] = []
        self.state, self.level = "received", "grid"
        self.due: dict[str, datetime | None] = {**deadlines("grid", self.received_at, self.days)}
        self.closes_at: datetime | None = None
        self.handler: Someone | None = None
        self.reporter = self._reporter()
        self.values: dict[str, Any] = {}

    def past(self) -> PastRequest:
        self._write("receive", self.received_at, "received", capacity="reporter", by=self.reporter)
        for at, step in self._timed():
            self._come_by_itself(at)
            getattr(self, f"_{step['step']}")(step, at)
        self._come_by_itself(self.street.at)
        return PastRequest(
            source_id=self.request["number"], place=self.street.places[self.grid], category=self.request["category"],
            title=Words.of(self.request["title"]), text=Words.of(self.request["text"]), received_at=self.received_at,
            promised_at=self.promised_at, steps=self.steps, values=self._columns(),
        )  # fmt: skip

    def _columns(self) -> dict[str, Any]:
        open_now = self.state in ("assigned", "handling", "resolved", "rated", "closed")
        return {
            "intake": self.request["intake"], "is_public": self.request["public"], "reporter_id": self.reporter.id,
            "days": self.days, "handler_id": self.handler.id if self.handler and open_now else None,
            "due_grid_at": self.due.get("grid"), "due_community_at": self.due.get("community"),
            "due_street_at": self.due.get("street"), "closes_at": self.closes_at, **self.values,
        }  # fmt: skip

    # Where, when, who ------------------------------------------------------------------------------------------------

    def _grid(self) -> str:
        """The grid whose buildings the text names, or one of the place; what goes on lies where accounts live."""
        place = self.request["place"]
        path = self.street.places[place].path
        grids = [one for one in self.content["grids"] if self.street.places[one["code"]].path.startswith(path)]
        named = re.search(r"(\d+)号楼", self.request["title"]["zh"] + self.request["text"]["zh"])
        if named:
            covering = [one for one in grids if int(named[1]) in buildings_in(one["covers"]["en"])]
            grids = covering or grids
        chosen = grids[0] if self.request["state"] != "closed" else self.street.rng.choice(grids)
        return str(chosen["code"])

    def _received_at(self) -> datetime:
        """On that day, between seven and half past seven in the evening."""
        day = clock.local(self.street.at).date() - timedelta(days=self.request["received_days_ago"])
        return awake(clock.at_local(day) + timedelta(minutes=self.street.rng.randrange(1200)))

    def _reporter(self) -> Someone:
        """A resident of the compound; a grid member where it was heard on a visit or collected elsewhere."""
        number = self.request["number"]
        if number in _REPORTERS:
            return self.street.account(_REPORTERS[number])
        if self.request["intake"] != "resident":
            return self.street.village.holders("grid", self.grid)[-1]
        homes = [home for home in self.street.village.homes if self.grid in home.places]
        return self.street.rng.choice([one for home in homes for one in home.adults if one.account is None])

    def _handler(self) -> Someone:
        """Who takes it on at the present level; accounts have what goes on now."""
        where = {"grid": self.grid, "community": self.grid[0].lower(), "street": "s"}[self.level]
        home = self.street.village.home_of
        holders = [
            one for one in self.street.village.holders(LEVEL_ROLES[self.level], where)
            if one is not self.reporter and home[one] is not home[self.reporter]
        ]  # fmt: skip
        return holders[0] if self.goes_on else self.street.rng.choice(holders[:3])

    def _timed(self) -> Iterator[tuple[datetime, Content]]:
        """Each step with its instant: up to the answer spread over the working days taken, then a day each."""
        steps = self.request["steps"]
        before = [one for one in steps if one["step"] not in ("report_back", "comment", "assess")]
        ends = self._answered_at()
        first = min(self.received_at + timedelta(minutes=self.street.rng.randrange(15, 200)), ends)
        each = (ends - first) / max(len(before), 1)
        # Whatever falls close to the loading keeps its order.
        for number, one in enumerate(before):
            yield min(awake(first + each * number), self.street.at - timedelta(minutes=30 - number)), one
        for number, one in enumerate(one for one in steps if one not in before):
            yield min(awake(ends + timedelta(hours=22 * number)), self.street.at - timedelta(minutes=9 - number)), one

    def _answered_at(self) -> datetime:
        if "working_days_taken" not in self.request:
            return self.street.at - timedelta(hours=1)
        midnight = working_days.end_after(self.received_at, self.request["working_days_taken"])
        return min(
            midnight - timedelta(minutes=self.street.rng.randrange(390, 900)), self.street.at - timedelta(hours=1)
        )

    # Steps -----------------------------------------------------------------------------------------------------------

    def _write(
        self, action: str, at: datetime, state: str, *, capacity: str, by: Someone | None = None,
        why: Words | None = None, department_id: int | None = None,
    ) -> None:  # fmt: skip
        self.state = state
        by_id = by.id if by else None
        self.steps.append(PastStep(action, at, state, self.level, capacity, by_id, why, department_id))

    def _come_by_itself(self, at: datetime) -> None:
        for step in due_steps(Standing(self.state, self.level, self.due, self.closes_at), at):
            self.level, self.handler = step.after.level, None if step.action == "rise" else self.handler
            self._write(step.action, step.at, step.after.state, capacity="house")

    def _in_hand(self, at: datetime, *, handling: bool = True, why: Words | None = None) -> Someone:
        """Somebody of the level is in charge, and handles it."""
        if self.handler is None:
            self.handler = self._handler()
            self._write("take", at, "assigned", capacity=self.level, by=self.handler, why=why)
        if handling and self.state == "assigned":
            self._write("start", at, "handling", capacity=self.level, by=self.handler)
        return self.handler

    def _analyse(self, step: Content, at: datetime) -> None:
        self._in_hand(at, handling=False, why=Words.of(step["text"]))

    def _pass_up(self, step: Content, at: datetime) -> None:
        if LEVELS.index(self.level) >= LEVELS.index(step["to"]):
            return  # its deadline was faster
        by, before = self._in_hand(at, handling=False), self.level
        self.level, self.handler = step["to"], None
        self.due |= deadlines(self.level, at, self.days)
        self._write("pass_up", at, waits_anew(self.state), capacity=before, by=by, why=Words.of(step["reason"]))

    def _street_calls(self, step: Content, at: datetime) -> None:
        by, department_id = self._in_hand(at), self.departments[step["department"]]
        due_at = working_days.end_after(at, step["reply_working_days"])
        self.values |= {"department_id": department_id}
        if self.goes_on and due_at > self.street.at:
            self.values |= {"reply_due_at": due_at}
        self._write("call_in", at, "handling", capacity=self.level, by=by, department_id=department_id)

    def _handle(self, step: Content, at: datetime) -> None:
        """What was done: told with the answer, or at once where it still goes on."""
        self.done = Words.of(step["text"])
        by = self._in_hand(at, handling=self.request["state"] != "assigned")
        if self.state == "handling" and self.goes_on and self.request["state"] != "reopened":
            self._write("note", at, "handling", capacity=self.level, by=by, why=self.done)

    def _report_back(self, step: Content, at: datetime) -> None:
        by, told = self._in_hand(at), Words.of(step["text"])
        answer = Words(zh=self.done.zh + told.zh, en=f"{self.done.en} {told.en}")
        last = clock.local(at).date() + timedelta(days=RATING_DAYS)
        self.closes_at = clock.day_bounds(last)[1]
        self.values |= {
            "outcome": self.request["outcome"], "answer": answer, "resolved_at": at, "resolved_by": by.id,
            "minutes_taken": int((at - self.received_at).total_seconds() // 60), "reply_due_at": None,
        }  # fmt: skip
        self._write("resolve", at, "resolved", capacity=self.level, by=by, why=answer)

    def _comment(self, step: Content, at: datetime) -> None:
        outcome, stars = self.request["outcome"], self.request["rating"]
        verdict = outcome if outcome != "explained" else "solved" if stars >= 4 else "partly"
        why = Words.of(step["text"]) if "text" in step else None
        self.values |= {"verdict": verdict, "stars": stars, "comment": why}
        if verdict != "not_solved":
            self.closes_at = clock.day_bounds(clock.local(at).date() + timedelta(days=RATING_DAYS))[1]
            self._write("rate", at, "rated", capacity="reporter", by=self.reporter, why=why)
            return
        self._write("reopen", at, "reopened", capacity="reporter", by=self.reporter, why=why)
        self.handler = self.closes_at = None
        self.due |= deadlines(self.level, at, self.days)
        self.promised_at = working_days.end_after(at, self.days)
        self.values |= {
            "reopened": 1, "outcome": None, "answer": None, "resolved_at": None, "minutes_taken": None,
        }  # fmt: skip

    def _assess(self, step: Content, at: datetime) -> None:
        if self.state in OPEN:
            return  # opened again: there is nothing to assess yet
        supervisor = self.street.village.holders("supervisor", self.grid[0].lower())[0]
        why = FILED[step["within_deadline"]]
        self._write("assess", at, "closed", capacity="supervisor", by=supervisor, why=why)

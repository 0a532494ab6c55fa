"""What the people of a level do with requests, and the list of what waits for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash
from flask_babel import gettext as _
from flask_login import current_user

from app.grid import operations, queries, rules
from app.grid.forms import StepForm
from app.grid.models import Request
from app.grid.views.blueprint import bp
from app.grid.views.request import request_page, show
from app.kit import access, audit, clock
from app.kit.pages import found, page, to_page
from app.kit.refusal import N_

audit.describe("grid.take", N_("took a request on"))
audit.describe("grid.assign", N_("gave a request to a handler"))
audit.describe("grid.start", N_("began handling a request"))
audit.describe("grid.note", N_("said how a request is getting on"))
audit.describe("grid.resolve", N_("reported back on a request"))
audit.describe("grid.call_in", N_("called a department in"))
audit.describe("grid.reply", N_("wrote down a department's answer"))
audit.describe("grid.pass_up", N_("passed a request up"))
audit.describe("grid.send_down", N_("sent a request back down"))
audit.describe("grid.link", N_("linked a request to another"))
audit.describe("grid.assess", N_("assessed a request"))
audit.describe("grid.report", N_("entered a request"))
audit.describe("grid.report_for", N_("reported for somebody else"))
audit.describe("request", N_("request no."), "/requests/")

# Tasks by kind, with their heading.
HEADINGS = {
    "request_assign": N_("Waiting to be taken on"),
    "request_handle": N_("In my hands"),
    "request_assess": N_("Rated, to be assessed"),
}


@bp.get("/requests/desk")
@access.role("grid", "staff", "street", "supervisor")
def desk() -> Response:
    """What waits for this person, most urgent first."""
    at = clock.now()
    waiting = queries.waiting_for(current_user, at)
    groups = [(words, [row for row in waiting if row.kind == kind]) for kind, words in HEADINGS.items()]
    return page("grid/desk.html", groups=groups, number=len(waiting), at=at, rules=rules)


@bp.post("/requests/<int:request_id>/steps/<step>")
@access.role("grid", "staff", "street", "supervisor")
def take_step(request_id: int, step: str) -> Response:
    """One step of the request's life; who may take which is in the table of the life cycle."""
    act = found(_ACTS.get(step))
    form = StepForm().for_request(request_page(request_id).request)
    if form.validate_on_submit() and form.carries_out(lambda: act(request_id, form)):
        flash(_(_SAID[step]))
        return to_page(".one_request", request_id=request_id)
    return show(request_page(request_id), status=form.status, forms={"step_form": form}, step=step)


def _plain(operation: Callable[..., Request]) -> Callable[[int, StepForm], Request]:
    return lambda request_id, form: operation(request_id, seen=form.version, by=current_user, at=clock.now())


def _with(operation: Callable[..., Request], name: str) -> Callable[[int, StepForm], Request]:
    """A step whose words go by that name."""
    return lambda request_id, form: operation(
        request_id, **{name: form.reason()}, seen=form.version, by=current_user, at=clock.now()
    )


def _assign(request_id: int, form: StepForm) -> Request:
    return operations.assign(
        request_id, handler_id=form.handler.data or 0, seen=form.version, by=current_user, at=clock.now()
    )


def _call_in(request_id: int, form: StepForm) -> Request:
    return operations.call_in(
        request_id, department_id=form.department.data or 0, days=form.days.data or 3, why=form.reason(),
        seen=form.version, by=current_user, at=clock.now(),
    )  # fmt: skip


def _resolve(request_id: int, form: StepForm) -> Request:
    return operations.resolve(
        request_id, outcome=form.outcome.data, answer=form.reason(), seen=form.version, by=current_user,
        at=clock.now(),
    )  # fmt: skip


def _link(request_id: int, form: StepForm) -> Request:
    here: Any = request_page(request_id).request
    goal_id = queries.request_by_number(form.goal.data or "", here.street_id)
    return operations.link(
        request_id, goal_id=goal_id, why=form.reason(), seen=form.version, by=current_user, at=clock.now()
    )


_ACTS: dict[str, Callable[[int, StepForm], Request]] = {
    "take": _plain(operations.take),
    "start": _plain(operations.start),
    "assign": _assign,
    "call_in": _call_in,
    "resolve": _resolve,
    "link": _link,
    "note": _with(operations.write_note, "text"),
    "reply": _with(operations.reply, "text"),
    "pass_up": _with(operations.pass_up, "why"),
    "send_down": _with(operations.send_down, "why"),
    "assess": _with(operations.assess, "why"),
}

# What has changed, and what comes next.
_SAID = {
    "take": N_("You are in charge of it now. Begin handling it; what is beyond you goes up, with a reason."),
    "assign": N_("It is in the hands of the handler now."),
    "start": N_("The reporter sees that it is being handled. Report back when it is done."),
    "note": N_("It stands in the history, where the reporter reads it."),
    "resolve": N_("You have reported back. Now the reporter rates it."),
    "call_in": N_("The department is called in. Write its answer down here when it comes."),
    "reply": N_("The department's answer stands in the history."),
    "pass_up": N_("It is passed up; the next level takes it on."),
    "send_down": N_("It is sent back; the level below takes it on."),
    "link": N_("It is linked, and goes on in the other request."),
    "assess": N_("It is assessed and closed."),
}

"""The page of the voting desk: find an elector, what waits for a second person, proxies, contested votes, the urn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response, flash
from flask_babel import gettext as _
from flask_login import current_user

from app.ballots import channel_queries, channels, operations
from app.ballots.desk.doors import bp, the_desk, while_voting_runs
from app.ballots.desk.forms import CountForm
from app.ballots.desk.showing import Desk
from app.kit import access, clock
from app.kit.fields import Form
from app.kit.pages import found, page, to_page, wants_fragment
from app.kit.refusal import refuse_if
from app.kit.sending import send_upload


@bp.get("/votes/<int:question_id>/desk")
@access.role(*channels.STAFF)
def desk(question_id: int) -> Response:
    """For staff of the place that is asked (`the_desk`); with `q`, electors of that name or door."""
    return show(the_desk(question_id), fragment="found")


def show(
    here: Desk, *, fragment: str | None = None, status: int = 200, refused: Any = None, done: str = ""
) -> Response:
    """The desk, or the part of it that changed; `done` and `refused` say what came of a step."""
    if here.box.secret and here.count is None:
        here.count = CountForm(formdata=None)
        here.count.offer(here.box)
    answer = page("ballots/desk.html", fragment=fragment, status=status, here=here, refused=refused, done=done)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/votes/<int:question_id>/desk/<int:entry_id>/take-back")
@access.role(*channels.STAFF)
@while_voting_runs
@access.takes(Form)
def take_back(question_id: int, entry_id: int) -> Response:
    """Forget a paper that was typed once."""
    return _step(
        question_id, lambda: operations.take_paper_back(question_id, entry_id, by=current_user, at=clock.now()),
        _("The paper is taken back. It can be typed anew by two."),
    )  # fmt: skip


@bp.post("/votes/<int:question_id>/desk/proxies/<int:proxy_id>/end")
@access.role(*channels.STAFF)
@while_voting_runs
@access.takes(Form)
def end_proxy(question_id: int, proxy_id: int) -> Response:
    """End a written proxy."""
    found(channel_queries.paper_of_proxy(question_id, proxy_id))
    return _step(
        question_id,
        lambda: operations.in_time(
            question_id, lambda at: operations.end_proxy(proxy_id, by=current_user, at=at), now=clock.now
        ),
        _("The proxy is ended. A vote that was cast by it stays until the elector contests it."),
        way="proxy",
    )  # fmt: skip


@bp.post("/votes/<int:question_id>/desk/urn/take-back")
@access.role(*channels.STAFF)
@while_voting_runs
@access.takes(Form)
def take_count_back(question_id: int) -> Response:
    """Forget the first count of the urn."""
    return _step(
        question_id, lambda: operations.take_count_back(question_id, by=current_user, at=clock.now()),
        _("The first count is taken back. Please count together, then both type it anew."),
    )  # fmt: skip


def _step(question_id: int, act: Callable[[], Any], words: str, *, way: str = "") -> Response:
    """One press of a button, and the desk again."""
    here, form = the_desk(question_id, way=way), Form()
    if not form.validate_on_submit() or not form.carries_out(act):
        return show(here, status=form.status, refused=form.refusal)
    flash(words)
    return to_page(".desk", question_id=question_id, way=here.way)


@bp.post("/votes/<int:question_id>/desk/urn/add")
@access.role(*channels.STAFF)
@while_voting_runs
@access.takes(CountForm)
def add_papers(question_id: int) -> Response:
    """Put one more kind of paper onto the list of a count; nothing is kept but on the page."""
    here, form = _counting(question_id)
    return show(here, fragment="urn_box", status=200 if form.validate_on_submit() else form.status)


@bp.post("/votes/<int:question_id>/desk/urn/count")
@access.role(*channels.STAFF)
@while_voting_runs
@access.takes(CountForm)
def count(question_id: int) -> Response:
    """Type what was counted in the urn; once a second person has typed the same it counts."""
    here, form = _counting(question_id)
    counted: list[bool] = []

    def act(at: datetime) -> None:
        counted.append(operations.count_urn(question_id, form.tally.data, by=current_user, at=at))

    def in_time() -> None:
        operations.in_time(question_id, act, now=clock.now)

    if not form.validate_on_submit() or not form.carries_out(in_time):
        return show(here, fragment="urn_box", status=form.status)
    words = _count_words(counted)
    if wants_fragment():
        return show(the_desk(question_id), fragment="urn_box", done=words)
    flash(words)
    return to_page(".desk", question_id=question_id)


def _counting(question_id: int) -> tuple[Desk, CountForm]:
    here, form = the_desk(question_id), CountForm()
    refuse_if(channels.kind_refusal(secret=here.box.secret, wanted=True))
    form.offer(here.box)
    here.count = form
    return here, form


def _count_words(counted: list[bool]) -> str:
    if any(counted):
        return _("Both counts are the same: the papers are in the urn of the ballot and count.")
    return _("Your count is noted. Now a second person opens and counts the same papers without seeing your numbers.")


@bp.get("/votes/<int:question_id>/proxies/<int:proxy_id>/<int:upload_id>")
@access.signed_in
def paper_of_proxy(question_id: int, proxy_id: int, upload_id: int) -> Response:
    """The photo of a signed proxy, for staff of the place and for who gave it; 404 for everybody else."""
    proxy = found(channel_queries.paper_of_proxy(question_id, proxy_id))
    mine = proxy.granted_by == current_user.id or not channels.staff_refusal(current_user, place_path=proxy.place_path)
    return send_upload(found(upload_id if mine and upload_id == proxy.upload_id else None), attachment=False)

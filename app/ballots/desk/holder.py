"""The paper of an elector who gave a written proxy, for whoever holds it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, flash
from flask_babel import gettext as _
from flask_login import current_user

from app.ballots import channel_queries, channels, operations, queries
from app.ballots.booth import Booth
from app.ballots.desk.doors import bp
from app.ballots.desk.forms import ProxyVoteForm
from app.ballots.operations import Cast
from app.kit import access, clock
from app.kit.pages import found, page, to_page
from app.kit.refusal import refuse_if


@bp.get("/votes/<int:question_id>/proxy/<int:entry_id>")
@access.signed_in
def proxy(question_id: int, entry_id: int) -> Response:
    """For whoever holds a proxy that stands for this elector, while the ballot is open; others are refused alike,
    whether there is such an elector or not (`channels.no_proxy`).
    """
    at = clock.now()
    booth = _booth(question_id, at)
    form = ProxyVoteForm(formdata=None)
    form.choice.offer(booth.box)
    return _show(booth, _held(question_id, entry_id, at), form)


@bp.post("/votes/<int:question_id>/proxy/<int:entry_id>/vote")
@access.signed_in
@access.takes(ProxyVoteForm)
def vote_by_proxy(question_id: int, entry_id: int) -> Response:
    """Vote for the elector whose proxy I hold, or change that vote."""
    at = clock.now()
    booth, held, form = _booth(question_id, at), _held(question_id, entry_id, at), ProxyVoteForm()
    form.choice.offer(booth.box)
    cast: list[Cast] = []

    def act(at: datetime) -> Cast:
        cast.append(operations.vote_by_proxy(question_id, entry_id, choice=form.choice.data, by=current_user, at=at))
        return cast[0]

    def in_time() -> Cast:
        return operations.in_time(question_id, act, now=clock.now)

    if not form.validate_on_submit() or not form.carries_out(in_time):
        return _show(booth, held, form, status=form.status)
    flash(_("You have voted for them, and they are told. You can change it until the ballot closes."))
    for one in cast:
        flash(_("Receipt %(receipt)s: please give it to the elector.", receipt=one.receipt))
    return to_page("ballots.vote", question_id=question_id)


def _booth(question_id: int, at: datetime) -> Booth:
    return Booth(found(queries.vote_box(question_id, current_user, at)))


def _held(question_id: int, entry_id: int, at: datetime) -> Any:
    """The proxy for this elector that the person asking holds. Raises `Refused` for all others."""
    rows = channel_queries.proxies_held(current_user, at, question_id=question_id)
    mine = next((one for one in rows if one.roll_entry_id == entry_id), None)
    refuse_if(channels.no_proxy() if mine is None else None)
    return mine


def _show(booth: Booth, held: Any, form: ProxyVoteForm, *, status: int = 200) -> Response:
    granter = channel_queries.names_of([held.granted_by])[held.granted_by]
    own_vote = held.stands not in (None, "proxy")
    answer = page(
        "ballots/proxy.html", status=status, booth=booth, held=held, form=form, granter=granter, own_vote=own_vote
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer

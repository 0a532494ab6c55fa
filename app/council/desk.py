"""Routes of what a proposer and the staff do to a topic: steps of its life, the ballot, comments that need care."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash
from flask_babel import gettext as _
from flask_login import current_user

from app.ballots import queries as ballots
from app.ballots.watching import extends, fixed
from app.council import operations, queries, rules
from app.council.forms import BallotForm, ExtendForm, PlainForm, ReasonForm
from app.council.views import show, show_comment, topic_page
from app.discussion import queries as discussion
from app.discussion.forms import HideForm
from app.kit import access, audit, causes, clock
from app.kit.i18n import language
from app.kit.pages import found, page, to_page, to_path
from app.kit.refusal import N_, refuse_if
from app.kit.words import Words

bp = Blueprint("council_desk", __name__)

audit.describe("council.accept", N_("took a topic up"))
audit.describe("council.decline", N_("did not take a topic up"))
audit.describe("council.merge", N_("merged a topic into another"))
audit.describe("council.open_ballot", N_("put a topic to the vote"))
audit.describe("council.extend", N_("extended the voting on a topic"))
audit.describe("council.record", N_("recorded the result of a vote"))
audit.describe("council.carry_out", N_("began carrying a topic out"))
audit.describe("council.close", N_("closed a topic"))
audit.describe("council.reopen", N_("took a topic up again"))
audit.describe("council.answer", N_("answered officially"))
audit.describe("topic", N_("topic no."), "/topics/")
for _kind in ("topic", "topic-taken-up"):
    causes.shown_at(_kind, lambda ids: f"/topics/{ids[0]}")
for _kind in ("suggestion", "suggestion-carried-out"):
    causes.shown_at(_kind, lambda ids: queries.path_of_comment(ids[0]))
audit.describe("try_propose", N_("to propose the topic"))
audit.describe("try_accept", N_("to take the topic up"))
audit.describe("try_decline", N_("to turn the topic down"))
audit.describe("try_withdraw", N_("to withdraw the topic"))
audit.describe("try_merge", N_("to merge the topic into another"))
audit.describe("try_carry_out", N_("to begin carrying it out"))
audit.describe("try_close", N_("to close the topic"))
audit.describe("try_reopen", N_("to take the topic up again"))
audit.describe("try_record", N_("to record a result before voting closed"))
STEPS = ("propose", "accept", "decline", "withdraw", "carry_out", "close", "reopen", "merge", "record")


def _question(address: Mapping[str, Any]) -> int | None:
    return queries.question_of(address["topic_id"])


@bp.post("/topics/<int:topic_id>/steps/<step>")
@access.signed_in
@fixed(_question, "try_{step}", phase="open")
def take_step(topic_id: int, step: str) -> Response:
    """One step of the topic's life; who may take which is in the table of the life cycle."""
    found(step if step in STEPS else None)
    here = topic_page(topic_id)
    form = ReasonForm()
    if form.validate_on_submit() and form.carries_out(lambda: _step(here.topic, step, form)):
        flash(_("The step is taken and stands on the timeline for everybody."))
        return to_page("council.topic", topic_id=topic_id)
    return show(topic_page(topic_id), status=form.status, step_form=form, step=step)


def _step(topic: queries.AnyRow, step: str, form: ReasonForm) -> Any:
    by, at = current_user, clock.now()
    if step == "record":
        return operations.record_result(topic.id, by=by, at=at)
    if step == "merge":
        goal = queries.topic_by_number(form.into.data or "", topic.street_id)
        return operations.merge(topic.id, into_id=goal or topic.id, why=form.reason(), by=by, at=at)
    return operations.take_step(topic.id, step, by=by, at=at, why=form.reason())


@bp.get("/topics/<int:topic_id>/ballot")
@access.role("staff", "street")
def new_ballot(topic_id: int) -> Response:
    here = topic_page(topic_id)
    refuse_if(rules.step_refusal(here.topic.state, "open_ballot", here.who, reasoned=False))
    form = BallotForm.about(here.topic.place_id)
    if not form.wording.data:
        form.wording.data = here.topic.title.into(language())
    return page("council/ballot.html", here=here, form=form)


@bp.post("/topics/<int:topic_id>/ballot")
@access.role("staff", "street")
@fixed(_question, "try_ballot")
def open_ballot(topic_id: int) -> Response:
    """Put the topic to the vote: everything about the question is fixed from now on."""
    here = topic_page(topic_id)
    form = BallotForm.about(here.topic.place_id)
    if form.validate_on_submit() and form.carries_out(lambda: _put(here.topic.id, form)):
        flash(_("Voting is open. The roll is fixed, and nobody sees the count before it closes."))
        return to_page("council.topic", topic_id=topic_id)
    return page("council/ballot.html", here=here, form=form, status=form.status)


def _put(topic_id: int, form: BallotForm) -> Any:
    at = clock.now()
    return operations.put_to_vote(topic_id, form.asked(at), by=current_user, at=at, points=form.chosen_points())


@bp.post("/topics/<int:topic_id>/ballot/extend")
@access.role("staff", "street")
@extends(_question)
def extend(topic_id: int) -> Response:
    """Let voting run longer, publicly."""
    here = topic_page(topic_id)
    box = found(here.box)
    form = ExtendForm()
    if form.validate_on_submit() and form.carries_out(lambda: _extend(topic_id, box, form)):
        flash(_("Voting runs longer now; the reason stands beside the ballot."))
        return to_page("council.topic", topic_id=topic_id)
    return show(topic_page(topic_id), status=form.status, step_form=form, step="extend")


def _extend(topic_id: int, box: ballots.VoteBox, form: ExtendForm) -> Any:
    later = box.closes_at + timedelta(days=form.days.data)
    return operations.extend_vote(topic_id, closes_at=later, why=form.reason(), by=current_user, at=clock.now())


@bp.post("/topics/<int:topic_id>/comments/<int:comment_id>/adopt")
@access.role("staff", "street")
def adopt(topic_id: int, comment_id: int) -> Response:
    form = PlainForm()
    return _care(
        topic_id, comment_id, form, _("The suggestion is marked as adopted."),
        lambda topic: operations.adopt(topic, comment_id, by=current_user, at=clock.now()),
    )  # fmt: skip


@bp.post("/topics/<int:topic_id>/comments/<int:comment_id>/hide")
@access.role("staff", "street")
def hide(topic_id: int, comment_id: int) -> Response:
    form = HideForm()
    return _care(
        topic_id, comment_id, form, _("The comment is hidden; the reason stands in its place."),
        lambda topic: operations.hide(
            topic, comment_id, because=Words.typed(form.because.data, language()), by=current_user, at=clock.now()
        ),
    )  # fmt: skip


def _care(
    topic_id: int, comment_id: int, form: PlainForm | HideForm, told: str, act: Callable[[queries.AnyRow], Any]
) -> Response:
    """An act of staff on one comment: back to where it stands, or the page of the comment with what was typed."""
    here = topic_page(topic_id)
    row = found(discussion.comment(comment_id, here.topic.thread_id, current_user))
    if form.validate_on_submit() and form.carries_out(lambda: act(here.topic)):
        flash(told)
        return to_path(here.comment_href(row))
    typed = {"hide": form} if isinstance(form, HideForm) else {"form": form}
    return show_comment(here, comment_id, status=form.status, **typed)

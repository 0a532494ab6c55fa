"""Routes of the council that neighbours use; what staff do to a topic is in `desk`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _
from flask_login import current_user

from app.ballots import views as booths
from app.ballots.forms import ReceiptForm, SecretVoteForm, VoteForm
from app.council import operations, queries, rules, twins
from app.council.forms import PlainForm, TopicForm
from app.council.showing import TopicPage
from app.council.text import text_of
from app.discussion import queries as discussion
from app.discussion.forms import CommentForm
from app.kit import access, clock
from app.kit.i18n import language
from app.kit.pages import found, page, to_page, to_path, wants_fragment
from app.kit.sending import to_read
from app.kit.words import Words
from app.places import queries as places
from app.places.choosing import chosen_place

bp = Blueprint("council", __name__)


@bp.get("/topics.json")
@bp.get("/topics")
@access.anyone
def topics() -> Response:
    """The list, by place and state, the newest first."""
    at, tab = clock.now(), request.args.get("state")
    tab = tab if tab in (*queries.TABS, "draft") else None
    communities, chosen = chosen_place(own=False)
    rows = queries.topics(
        path=chosen.path if chosen else "", tab=tab, reader=current_user, at=at, after=request.args.get("after")
    )
    return page(
        "council/topics.html", twin=lambda: twins.topic_list(rows, at), rows=rows, tab=tab, tabs=queries.TABS,
        communities=communities, chosen=chosen, at=at, rules=rules,
        may_propose=current_user.is_verified or bool(current_user.reaches(*rules.STAFF)),
    )  # fmt: skip


@bp.get("/topics/new")
@access.signed_in
def new_topic() -> Response:
    form = TopicForm()
    form.offer(queries.places_to_propose_for(current_user))
    form.place.data = current_user.community_id
    return page("council/new.html", form=form, needed=rules.USUAL_SUPPORT)


@bp.post("/topics/new")
@access.signed_in
def propose() -> Response:
    """Propose a topic, or keep it as a draft that only its author sees."""
    form = TopicForm()
    form.offer(queries.places_to_propose_for(current_user))
    as_draft = "as_draft" in request.form
    if form.validate_on_submit() and form.carries_out(lambda: _propose(form, as_draft=as_draft)):
        flash(
            _("Your draft is kept; only you can see it.")
            if as_draft
            else _("Your topic stands here for everybody now. Tell your neighbours, so that they can support it.")
        )
        return to_page(".topic", topic_id=form.result_id)
    return page("council/new.html", form=form, needed=rules.USUAL_SUPPORT, status=form.status)


def _propose(form: TopicForm, *, as_draft: bool) -> Any:
    return operations.propose(
        place=found(places.place(form.place.data)), kind=form.kind.data, as_draft=as_draft,
        title=Words.typed(form.title.data, language()), body=Words.typed(form.body.data, language()),
        by=current_user, at=clock.now(),
    )  # fmt: skip


@bp.get("/topics/<int:topic_id>.json")
@bp.get("/topics/<int:topic_id>")
@access.anyone
def topic(topic_id: int) -> Response:
    # htmx asks for a part by naming the element it replaces.
    part = {"talk": "talk", "say": "say"}.get(request.headers.get("HX-Target", ""))
    return show(topic_page(topic_id), fragment=part)


def topic_page(topic_id: int) -> TopicPage:
    """The topic as the person asking sees it; 404 for what is not theirs to see."""
    row = found(queries.topic_visible_to(current_user, topic_id))
    return TopicPage(row, current_user, clock.now(), request.args)


def show(
    here: TopicPage,
    *,
    fragment: str | None = None,
    status: int = 200,
    forms: Mapping[str, Any] | None = None,
    **more: Any,
) -> Response:
    """The page of a topic, or one block of it. `forms` are those that were sent and stay as they were typed."""
    known = {"say_form": None, "support_form": None, "objection_form": None}
    return page(
        "council/topic.html", fragment=fragment, status=status, twin=lambda: twins.topic(here), here=here, rules=rules,
        make_say=CommentForm.blank,
        **known | dict(forms or {}) | more,
    )  # fmt: skip


@bp.post("/topics/<int:topic_id>/support")
@access.signed_in
def support(topic_id: int) -> Response:
    return _support(
        topic_id,
        lambda: operations.support(topic_id, by=current_user, at=clock.now()),
        _("Your support counts. Thank you."),
    )


@bp.post("/topics/<int:topic_id>/support/withdraw")
@access.signed_in
def withdraw_support(topic_id: int) -> Response:
    return _support(
        topic_id, lambda: operations.withdraw_support(topic_id, by=current_user), _("Your support is taken back.")
    )


def _support(topic_id: int, act: Any, told: str) -> Response:
    before = topic_page(topic_id)
    form = PlainForm()
    if form.validate_on_submit() and form.carries_out(act):
        after = topic_page(topic_id)
        if after.topic.state != before.topic.state:
            flash(_("Enough neighbours support this topic: it is under discussion now."))
            return to_page(".topic", topic_id=topic_id)
        if wants_fragment():
            return show(after, fragment="support_box", told=told)
        flash(told)
        return to_page(".topic", topic_id=topic_id)
    return show(topic_page(topic_id), fragment="support_box", status=form.status, forms={"support_form": form})


@bp.post("/topics/<int:topic_id>/comments")
@access.signed_in
def comment(topic_id: int) -> Response:
    """Say something, or answer somebody."""
    here = topic_page(topic_id)
    form = CommentForm()
    parent = _answered(form, here)
    if form.validate_on_submit() and form.carries_out(lambda: _say(form, here, parent)):
        said = found(discussion.comment(form.result_id or 0, here.topic.thread_id, current_user))
        told = _("Your comment stands in the talk for everybody now.")
        if wants_fragment():
            return show(topic_page(topic_id), fragment="say", told=told, said=said)
        flash(told)
        return to_path(topic_page(topic_id).comment_href(said))
    return show(here, fragment="say", status=form.status, forms={"say_form": form})


def _answered(form: CommentForm, here: TopicPage) -> int | None:
    """The comment that is answered; one of another topic looks like one that is not there."""
    if not form.parent.data:
        return None
    here.reply_to = str(form.parent.data)
    return int(found(here.answered).id)


def _say(form: CommentForm, here: TopicPage, parent_id: int | None) -> Any:
    return operations.comment(
        here.topic, text=Words.typed(form.text.data, language()), stance=form.stance.data, parent_id=parent_id,
        official=bool(form.official.data), by=current_user, at=clock.now(),
    )  # fmt: skip


@bp.post("/topics/<int:topic_id>/vote")
@access.signed_in
@access.takes(VoteForm, SecretVoteForm)
def vote(topic_id: int) -> Response:
    return booths.cast_on(_question(topic_id))


@bp.post("/topics/<int:topic_id>/receipt")
@access.anyone
@access.takes(ReceiptForm)
def check_receipt(topic_id: int) -> Response:
    return booths.receipt_of(_question(topic_id))


@bp.get("/topics/<int:topic_id>/ballots.json")
@access.anyone
def ballots_list(topic_id: int) -> Response:
    return booths.bundle_of(_question(topic_id))


@bp.get("/topics/<int:topic_id>/text.txt")
@access.anyone
def text_voted_on(topic_id: int) -> Response:
    """The file whose check sum stands with the vote. Not there before the topic is put to the vote."""
    topic = found(queries.topic_visible_to(current_user, topic_id))
    found(topic.question_id)
    return to_read(text_of(topic), "text.txt")


def _question(topic_id: int) -> int:
    """What is voted on here; 404 where nothing is."""
    return int(found(found(queries.topic_visible_to(current_user, topic_id)).question_id))


@bp.get("/topics/<int:topic_id>/comments/<int:comment_id>")
@access.anyone
def one_comment(topic_id: int, comment_id: int) -> Response:
    return show_comment(topic_page(topic_id), comment_id)


def show_comment(here: TopicPage, comment_id: int, *, status: int = 200, **more: Any) -> Response:
    """One comment by itself, with what this reader may do about it; htmx gets its line of acts."""
    row = found(discussion.comment(comment_id, here.topic.thread_id, current_user))
    return page(
        "discussion/comment.html",
        fragment="acts",
        status=status,
        here=here,
        row=row,
        **{"form": None, "hide": None} | more,
    )


@bp.post("/topics/<int:topic_id>/comments/<int:comment_id>/support")
@access.signed_in
def agree(topic_id: int, comment_id: int) -> Response:
    return _agree(topic_id, comment_id, withdraw=False)


@bp.post("/topics/<int:topic_id>/comments/<int:comment_id>/support/withdraw")
@access.signed_in
def disagree(topic_id: int, comment_id: int) -> Response:
    return _agree(topic_id, comment_id, withdraw=True)


def _agree(topic_id: int, comment_id: int, *, withdraw: bool) -> Response:
    here = topic_page(topic_id)
    row = found(discussion.comment(comment_id, here.topic.thread_id, current_user))
    form = PlainForm()
    if form.validate_on_submit() and form.carries_out(
        lambda: operations.agree(here.topic, comment_id, by=current_user, at=clock.now(), withdraw=withdraw)
    ):
        return show_comment(here, comment_id) if wants_fragment() else to_path(here.comment_href(row))
    return show_comment(here, comment_id, status=form.status, form=form)

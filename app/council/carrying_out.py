"""Routes of what follows from a decision: objecting to the resolution, and writing down who does what by when."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash
from flask_babel import gettext as _
from flask_login import current_user

from app.council import following
from app.council.forms import PromiseForm
from app.council.showing import TopicPage
from app.council.views import show, topic_page
from app.kit import access, clock
from app.kit.i18n import language
from app.kit.pages import found, page, to_page
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.notices.forms import ObjectionForm
from app.notices.showing import filed_words
from app.people.rules import ROLES

bp = Blueprint("council_carrying_out", __name__)


@bp.post("/topics/<int:topic_id>/objections")
@access.signed_in
@access.takes(ObjectionForm)
def object_to(topic_id: int) -> Response:
    """Object to one point of the resolution."""
    here = topic_page(topic_id)
    form = found(here.notice).objection_form()
    if form.validate_on_submit() and form.carries_out(
        lambda: following.object_to(
            topic_id, form.line.data, text=Words.typed(form.text.data, language()), by=current_user, at=clock.now()
        )
    ):
        flash(filed_words())
        return to_page("council.topic", topic_id=topic_id, _anchor="resolution")
    return show(topic_page(topic_id), fragment="resolution_box", status=form.status, forms={"objection_form": form})


@bp.get("/topics/<int:topic_id>/promises/new")
@access.role("staff", "street")
def new_promise(topic_id: int) -> Response:
    here = topic_page(topic_id)
    refuse_if(here.promise_refusal)
    return _promise_page(here, _form(here))


@bp.post("/topics/<int:topic_id>/promises")
@access.role("staff", "street")
@access.takes(PromiseForm)
def promise(topic_id: int) -> Response:
    """Write down who does what by when."""
    here = topic_page(topic_id)
    form = _form(here)
    if form.validate_on_submit() and form.carries_out(lambda: _promise(topic_id, form)):
        flash(_("It stands on the topic now, with its owner and its day. Everybody can see how far it has come."))
        return to_page("council.topic", topic_id=topic_id, _anchor="next")
    return _promise_page(topic_page(topic_id), form)


def _form(here: TopicPage) -> PromiseForm:
    form = PromiseForm()
    people = following.helpers(here.topic.place_path)
    form.offer([(one.id, f"{one.family_name}{one.given_name} · {_(ROLES[one.role])}") for one in people])
    return form


def _promise(topic_id: int, form: PromiseForm) -> Any:
    return following.promise(
        topic_id, what=Words.typed(form.what.data, language()), owner=Words.typed(form.owner.data, language()),
        due_on=form.due_on.data, owner_id=form.owner_id.data or None, by=current_user, at=clock.now(),
    )  # fmt: skip


def _promise_page(here: TopicPage, form: PromiseForm) -> Response:
    return page("council/promise.html", here=here, form=form, status=form.status)

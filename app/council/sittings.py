"""Sittings on a topic: staff call one, and the topic shows when it is, and what was agreed."""

from __future__ import annotations

from flask import Blueprint, Response, flash
from flask_login import current_user

from app.council import calling
from app.council.showing import TopicPage
from app.council.views import topic_page
from app.kit import access, clock
from app.kit.i18n import language
from app.kit.pages import page, to_page
from app.kit.refusal import refuse_if
from app.meetings.desk import called_words, what_of
from app.meetings.forms import SittingForm, typed

bp = Blueprint("council_sittings", __name__)


@bp.get("/topics/<int:topic_id>/sittings/new")
@access.role("staff", "street")
def new_sitting(topic_id: int) -> Response:
    here = topic_page(topic_id)
    refuse_if(here.sitting_refusal)
    form = SittingForm()
    form.title.data = here.topic.title.into(language())
    return _sitting_page(here, form)


@bp.post("/topics/<int:topic_id>/sittings")
@access.role("staff", "street")
@access.takes(SittingForm)
def call(topic_id: int) -> Response:
    """Call a sitting on this topic."""
    here, form = topic_page(topic_id), SittingForm()
    if form.validate_on_submit() and form.carries_out(
        lambda: calling.call_sitting(
            topic_id, title=typed(form.title.data), by=current_user, at=clock.now(), **what_of(form)
        )
    ):
        flash(called_words())
        return to_page("council.topic", topic_id=topic_id, _anchor="sittings")
    return _sitting_page(here, form)


def _sitting_page(here: TopicPage, form: SittingForm) -> Response:
    return page("council/sitting.html", here=here, form=form, status=form.status)

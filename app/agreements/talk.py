"""Routes of the talk under a version that is out for comment."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash
from flask_babel import gettext as _
from flask_login import current_user

from app.agreements import operations
from app.agreements.forms import PlainForm
from app.agreements.showing import VersionPage
from app.agreements.views import show, version_page
from app.discussion import queries as discussion
from app.discussion.forms import CommentForm, HideForm
from app.kit import access, clock
from app.kit.i18n import language
from app.kit.pages import found, page, to_path, wants_fragment
from app.kit.words import Words

bp = Blueprint("agreements_talk", __name__)

TALK = "/agreements/<int:agreement_id>/versions/<int:number>/comments"


@bp.post(TALK)
@access.signed_in
def comment(agreement_id: int, number: int) -> Response:
    """Say something, or answer somebody."""
    here = version_page(agreement_id, number)
    form = CommentForm()
    parent_id = _answered(form, here)
    if form.validate_on_submit() and form.carries_out(lambda: _say(form, here, parent_id)):
        said = found(discussion.comment(form.result_id or 0, here.thread_id, current_user))
        told = _("Your comment stands in the talk for everybody now.")
        here = version_page(agreement_id, number)
        if wants_fragment():
            return show(here, fragment="say", told=told, said=said)
        flash(told)
        return to_path(here.comment_href(said))
    return show(here, fragment="say", status=form.status, forms={"say_form": form})


def _answered(form: CommentForm, here: VersionPage) -> int | None:
    """The comment that is answered; one of another version looks like one that is not there."""
    if not form.parent.data:
        return None
    here.reply_to = str(form.parent.data)
    return int(found(here.answered).id)


def _say(form: CommentForm, here: VersionPage, parent_id: int | None) -> Any:
    return operations.comment(
        here.agreement, here.version, text=Words.typed(form.text.data, language()), stance=form.stance.data,
        parent_id=parent_id, official=bool(form.official.data), by=current_user, at=clock.now(),
    )  # fmt: skip


@bp.get(f"{TALK}/<int:comment_id>")
@access.anyone
def one_comment(agreement_id: int, number: int, comment_id: int) -> Response:
    return _show_comment(version_page(agreement_id, number), comment_id)


def _show_comment(here: VersionPage, comment_id: int, *, status: int = 200, **more: Any) -> Response:
    """One comment by itself, with what this reader may do about it; htmx gets its line of acts."""
    row = found(discussion.comment(comment_id, here.thread_id, current_user))
    known: dict[str, Any] = {"form": None, "hide": None}
    return page("discussion/comment.html", fragment="acts", status=status, here=here, row=row, **known | more)


@bp.post(f"{TALK}/<int:comment_id>/support")
@access.signed_in
def agree(agreement_id: int, number: int, comment_id: int) -> Response:
    return _agree(version_page(agreement_id, number), comment_id, withdraw=False)


@bp.post(f"{TALK}/<int:comment_id>/support/withdraw")
@access.signed_in
def disagree(agreement_id: int, number: int, comment_id: int) -> Response:
    return _agree(version_page(agreement_id, number), comment_id, withdraw=True)


def _agree(here: VersionPage, comment_id: int, *, withdraw: bool) -> Response:
    row = found(discussion.comment(comment_id, here.thread_id, current_user))
    form = PlainForm()
    if form.validate_on_submit() and form.carries_out(
        lambda: operations.agree(
            here.agreement, here.version, comment_id, by=current_user, at=clock.now(), withdraw=withdraw
        )
    ):
        return _show_comment(here, comment_id) if wants_fragment() else to_path(here.comment_href(row))
    return _show_comment(here, comment_id, status=form.status, form=form)


@bp.post(f"{TALK}/<int:comment_id>/hide")
@access.role("staff", "street")
def hide(agreement_id: int, number: int, comment_id: int) -> Response:
    """Hide a comment, with a reason that stands in its place."""
    here = version_page(agreement_id, number)
    row = found(discussion.comment(comment_id, here.thread_id, current_user))
    form = HideForm()
    if form.validate_on_submit() and form.carries_out(lambda: _hide(form, here, comment_id)):
        flash(_("The comment is hidden; the reason stands in its place."))
        return to_path(here.comment_href(row))
    return _show_comment(here, comment_id, status=form.status, hide=form)


def _hide(form: HideForm, here: VersionPage, comment_id: int) -> Any:
    because = Words.typed(form.because.data, language())
    return operations.hide(here.agreement, comment_id, because=because, by=current_user, at=clock.now())

"""Asking about an item, asking once more, answering."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response, flash
from flask_babel import gettext as _
from flask_login import current_user

from app.disclosures import operations, queries
from app.disclosures.forms import AgainForm, AnswerForm, QuestionForm
from app.disclosures.views.blueprint import bp, item_page, show
from app.kit import access, clock
from app.kit.fields import OnceForm
from app.kit.i18n import language
from app.kit.pages import found, to_path, wants_fragment
from app.kit.words import Words


@bp.post("/disclosures/<int:disclosure_id>/questions")
@access.signed_in
@access.takes(QuestionForm)
def ask(disclosure_id: int) -> Response:
    """Ask about the item, or about one of its rows."""
    form = item_page(disclosure_id).question_form(blank=False)
    told = _("Your question stands here for everybody. Its term has begun; what is overdue is marked.")
    return _carry_out(
        disclosure_id, form, "question_form", told,
        lambda at: operations.ask(
            disclosure_id, text=_words(form.text.data), line=form.line.data or None, by=current_user, at=at
        ),
    )  # fmt: skip


@bp.post("/disclosures/<int:disclosure_id>/questions/<int:question_id>/again")
@access.signed_in
@access.takes(AgainForm)
def ask_again(disclosure_id: int, question_id: int) -> Response:
    """Ask once more after the answer."""
    _belongs(disclosure_id, question_id)
    form = AgainForm()
    return _carry_out(
        disclosure_id, form, "again_form", _("Your second question stands below the answer. It has a term of its own."),
        lambda at: operations.ask_again(question_id, text=_words(form.again.data), by=current_user, at=at),
        about=question_id,
    )  # fmt: skip


@bp.post("/disclosures/<int:disclosure_id>/questions/<int:question_id>/answer")
@access.role("staff", "street")
@access.takes(AnswerForm)
def answer(disclosure_id: int, question_id: int) -> Response:
    """Answer for the committee, for everybody to read."""
    _belongs(disclosure_id, question_id)
    form = AnswerForm()
    return _carry_out(
        disclosure_id, form, "answer_form", _("The answer stands below the question for everybody to read."),
        lambda at: _answered(question_id, form, at), about=question_id,
    )  # fmt: skip


def _answered(question_id: int, form: AnswerForm, at: datetime) -> Any:
    operations.answer(question_id, text=_words(form.answer.data), by=current_user, at=at)
    return queries.question(question_id)


def _words(text: str) -> Words:
    return Words.typed(text, language())


def _belongs(disclosure_id: int, question_id: int) -> None:
    """404 for a question about another item."""
    row = queries.question(question_id)
    found(row if row is not None and row.disclosure_id == disclosure_id else None)


def _carry_out(
    disclosure_id: int, form: OnceForm, name: str, told: str, act: Callable[[datetime], Any], about: int | None = None
) -> Response:
    """Do it, then the block of questions for htmx, or the place on the page where it now stands."""
    found(queries.disclosure(disclosure_id, clock.now()))
    if form.validate_on_submit() and form.carries_out(lambda: act(clock.now())):
        here = item_page(disclosure_id)
        if wants_fragment():
            return show(here, fragment="questions", told=told)
        flash(told)
        return to_path(here.href(_anchor=f"question-{form.result_id}"))
    here = item_page(disclosure_id)
    return show(here, fragment="questions", status=form.status, about=about, **{name: form})

"""Routes of those who hold the pen: write the articles of a version, and the points rules that they carry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _
from flask_login import current_user

from app.agreements import operations, queries
from app.agreements.forms import ArticleForm, NewArticleForm, NoteForm, PlainForm, RuleForm
from app.agreements.showing import VersionPage
from app.agreements.views import question_of, version_page
from app.ballots.watching import fixed
from app.kit import access, audit, clock
from app.kit.i18n import language
from app.kit.pages import found, page, to_path
from app.kit.refusal import N_
from app.merits import queries as merits

bp = Blueprint("agreements_pen", __name__)
audit.describe("try_text", N_("to change the text that is voted on"))

VERSION = "/agreements/<int:agreement_id>/versions/<int:number>"
_text_is_fixed = fixed(question_of, "try_text")


def _pen_page(agreement_id: int, number: int) -> VersionPage:
    """A version that the person asking may write on; 404 for everybody else, and once its text is fixed."""
    here = version_page(agreement_id, number)
    return found(here if here.may_write else None)


@bp.get(f"{VERSION}/edit")
@access.signed_in
def edit(agreement_id: int, number: int) -> Response:
    """The text to be written: its articles, what is new, and a further one."""
    return _show_edit(_pen_page(agreement_id, number))


def _show_edit(here: VersionPage, *, status: int = 200, **forms: Any) -> Response:
    note = NoteForm(formdata=None)
    note.note.data = here.version.note.into(language()) if here.version.note else ""
    known = {"note_form": note, "article_form": NewArticleForm(formdata=None)}
    return page("agreements/edit.html", here=here, status=status, **known | forms)


@bp.post(f"{VERSION}/note")
@access.signed_in
@_text_is_fixed
def say_what_is_new(agreement_id: int, number: int) -> Response:
    here = version_page(agreement_id, number)
    form = NoteForm()
    return _write(
        here, form, "note_form",
        lambda: operations.say_what_is_new(here.version.id, note=form.words(), by=current_user),
    )  # fmt: skip


@bp.post(f"{VERSION}/articles")
@access.signed_in
@_text_is_fixed
def write_article(agreement_id: int, number: int) -> Response:
    here = version_page(agreement_id, number)
    form = NewArticleForm()
    return _write(
        here, form, "article_form",
        lambda: operations.write_article(here.version.id, text=form.words(), after=form.after.data, by=current_user),
    )  # fmt: skip


def _write(here: VersionPage, form: Any, name: str, act: Callable[[], Any]) -> Response:
    if form.validate_on_submit() and form.carries_out(act):
        flash(_("Written down."))
        return to_path(here.door("edit"))
    return _show_edit(here, status=form.status, **{name: form})


@bp.get(f"{VERSION}/articles/<int:article_id>")
@access.signed_in
def article(agreement_id: int, number: int, article_id: int) -> Response:
    """One article: its text and its points rules."""
    return _show_article(_pen_page(agreement_id, number), article_id)


def _row_of(here: VersionPage, article_id: int) -> queries.AnyRow:
    return found(next((one for one in here.articles if one.id == article_id), None))


def _show_article(here: VersionPage, article_id: int, *, status: int = 200, **forms: Any) -> Response:
    row = _row_of(here, article_id)
    text = ArticleForm(formdata=None)
    other = "en" if language() == "zh" else "zh"
    text.text.data = row.text.into(language())
    text.other.data = getattr(row.text, other) if getattr(row.text, language()) else ""
    known = {"text_form": text, "rule_form": _rule_form(here, formdata=None)}
    return page("agreements/article.html", here=here, row=row, status=status, **known | forms)


def _rule_form(here: VersionPage, **options: Any) -> RuleForm:
    """The lines of the tariff in force where the agreement holds are offered."""
    form = RuleForm(**options)
    form.offer(merits.tariff_in_force(here.agreement.place_path, clock.local(here.at).date()))
    return form


@bp.post(f"{VERSION}/articles/<int:article_id>")
@access.signed_in
@_text_is_fixed
def change_article(agreement_id: int, number: int, article_id: int) -> Response:
    here, form = version_page(agreement_id, number), ArticleForm()
    return _write_on(
        here, article_id, form, "text_form", _("Written down."), here.door("edit"),
        lambda: operations.change_article(article_id, text=form.words(), by=current_user),
    )  # fmt: skip


@bp.post(f"{VERSION}/articles/<int:article_id>/remove")
@access.signed_in
@_text_is_fixed
def remove_article(agreement_id: int, number: int, article_id: int) -> Response:
    here = version_page(agreement_id, number)
    told = _("The article is taken out; those behind it have moved up.")
    return _write_on(
        here, article_id, PlainForm(), "refused", told, here.door("edit"),
        lambda: operations.remove_article(article_id, by=current_user),
    )  # fmt: skip


@bp.post(f"{VERSION}/articles/<int:article_id>/rules")
@access.signed_in
@_text_is_fixed
def add_rule(agreement_id: int, number: int, article_id: int) -> Response:
    """Let the article name a line of the tariff, or set it itself."""
    here = version_page(agreement_id, number)
    form, told = _rule_form(here), _("The article carries this points rule now.")
    return _write_on(
        here, article_id, form, "rule_form", told, here.door("article", article_id=article_id),
        lambda: operations.add_rule(
            article_id, code=form.code.data, own=form.own(), by=current_user, at=clock.now()
        ),
    )  # fmt: skip


@bp.post(f"{VERSION}/articles/<int:article_id>/rules/remove")
@access.signed_in
@_text_is_fixed
def remove_rule(agreement_id: int, number: int, article_id: int) -> Response:
    here, code = version_page(agreement_id, number), request.form.get("code", "")[:16]
    told = _("The article carries this points rule no longer.")
    return _write_on(
        here, article_id, PlainForm(), "refused", told, here.door("article", article_id=article_id),
        lambda: operations.remove_rule(article_id, code=code, by=current_user),
    )  # fmt: skip


def _write_on(
    here: VersionPage, article_id: int, form: Any, name: str, told: str, back: str, act: Callable[[], Any]
) -> Response:
    """Carry this out on one article of the version and go `back`; the page again, with what was typed, when not."""
    _row_of(here, article_id)
    if form.validate_on_submit() and form.carries_out(act):
        flash(told)
        return to_path(back)
    return _show_article(here, article_id, status=form.status, **{name: form})

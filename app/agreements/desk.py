"""Routes of a version's life: begin it, put it out for comment and to the vote, write down the result."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _
from flask_login import current_user

from app.agreements import operations, queries
from app.agreements.forms import (
    AdoptionForm,
    AgreementForm,
    ConsultForm,
    ExtendForm,
    PlainForm,
    ReasonForm,
)
from app.agreements.showing import VersionPage
from app.agreements.views import question_of, show, version_page
from app.ballots.rules import closing
from app.ballots.watching import extends, fixed
from app.kit import access, audit, causes, clock
from app.kit.i18n import language
from app.kit.pages import found, page, to_page, to_path
from app.kit.refusal import N_
from app.kit.words import Words
from app.merits import simulating
from app.places import queries as places

bp = Blueprint("agreements_desk", __name__)

audit.describe("agreements.begin", N_("began a version of an agreement"))
audit.describe("agreements.consult", N_("put an agreement out for comment"))
audit.describe("agreements.revise", N_("took a version back to be written anew"))
audit.describe("agreements.drop", N_("dropped a version of an agreement"))
audit.describe("agreements.put_up", N_("put a version of an agreement to the vote"))
audit.describe("agreements.extend", N_("extended the voting on an agreement"))
audit.describe("agreements.carry", N_("recorded that an agreement was adopted"))
audit.describe("agreements.fail", N_("recorded that an agreement was not adopted"))
audit.describe("agreements.answer", N_("answered officially"))
audit.describe("agreement", N_("agreement no."), "/agreements/")
causes.shown_at("agreement-version", lambda ids: queries.path_of_version(ids[0]))
causes.shown_at("signature", lambda ids: queries.path_of_signature(ids[0]))

audit.describe("try_consult", N_("to put the text out for comment"))
audit.describe("try_revise", N_("to take the text back to be written anew"))
audit.describe("try_drop", N_("to drop the version"))

VERSION = "/agreements/<int:agreement_id>/versions/<int:number>"
STEPS = ("revise", "drop", "record")
LIKELY_DAYS = 14  # from now to the day of effect that the form proposes


@bp.get("/agreements/new")
@access.role("staff", "street")
def new_agreement() -> Response:
    form = AgreementForm()
    form.offer(queries.places_to_begin_for(current_user))
    return page("agreements/new.html", form=form)


@bp.post("/agreements/new")
@access.role("staff", "street")
def begin_agreement() -> Response:
    """Begin an agreement; its first version is written next."""
    form = AgreementForm()
    form.offer(queries.places_to_begin_for(current_user))
    if form.validate_on_submit() and form.carries_out(lambda: _begin(form)):
        flash(_("The agreement is begun. Only those who hold the pen see it until it is put out for comment."))
        return to_page("agreements_pen.edit", agreement_id=form.result_id, number=1)
    return page("agreements/new.html", form=form, status=form.status)


def _begin(form: AgreementForm) -> Any:
    return operations.begin_agreement(
        place=found(places.place(form.place.data)), title=Words.typed(form.title.data, language()),
        preamble=Words.typed(form.preamble.data, language()), by=current_user, at=clock.now(),
    )  # fmt: skip


@bp.post("/agreements/<int:agreement_id>/versions")
@access.signed_in
def begin_version(agreement_id: int) -> Response:
    """Begin the next version from the text adopted last, or one that repeals the agreement."""
    here = version_page(agreement_id)
    form = PlainForm()
    repeals = "repeals" in request.form
    if form.validate_on_submit() and form.carries_out(
        lambda: operations.begin_version(agreement_id, repeals=repeals, by=current_user, at=clock.now())
    ):
        flash(_("The next version is begun. Only those who hold the pen see it until it is put out for comment."))
        number = here.all_versions[-1].number + 1
        return to_page(
            "agreements.version" if repeals else "agreements_pen.edit", agreement_id=agreement_id, number=number
        )
    return show(version_page(agreement_id), status=form.status, step_form=form)


@bp.post(f"{VERSION}/consult")
@access.signed_in
@fixed(question_of, "try_consult")
def consult(agreement_id: int, number: int) -> Response:
    """Put the version out for comment."""
    here = version_page(agreement_id, number)
    form = ConsultForm()
    if form.validate_on_submit() and form.carries_out(lambda: _consult(here, form)):
        flash(_("The version is out for comment. Everybody can read it now and say something."))
        return to_path(here.href())
    return show(version_page(agreement_id, number), status=form.status, step_form=form, step="consult")


def _consult(here: VersionPage, form: ConsultForm) -> Any:
    at = clock.now()
    return operations.consult(here.version.id, until=closing(at, form.days.data), by=current_user, at=at)


@bp.post(f"{VERSION}/steps/<step>")
@access.signed_in
@fixed(question_of, "try_{step}", phase="open")
def take_step(agreement_id: int, number: int, step: str) -> Response:
    """One step of the version's life; who may take which is in the table of the life cycle."""
    found(step if step in STEPS else None)
    here = version_page(agreement_id, number)
    form = ReasonForm()
    if form.validate_on_submit() and form.carries_out(lambda: _step(here.version.id, step, form)):
        flash(_("The step is taken and stands on the timeline for everybody."))
        return to_path(here.href())
    return show(version_page(agreement_id, number), status=form.status, step_form=form, step=step)


def _step(version_id: int, step: str, form: ReasonForm) -> Any:
    by, at = current_user, clock.now()
    if step == "record":
        return operations.record_result(version_id, by=by, at=at)
    return operations.take_step(version_id, step, why=form.reason(), by=by, at=at)


@bp.post(f"{VERSION}/simulation")
@access.role("staff", "street")
def try_lines(agreement_id: int, number: int) -> Response:
    """Try what the articles of this version set on last quarter, beside the tariff in force."""
    here = version_page(agreement_id, number)
    form = PlainForm()
    if form.validate_on_submit() and form.carries_out(
        lambda: operations.try_lines(here.version.id, by=current_user, at=clock.now())
    ):
        simulating.start(form.result_id or 0)
        return to_page("merits.simulation", simulation_id=form.result_id)
    return show(here, status=form.status, step_form=form)


@bp.get(f"{VERSION}/ballot")
@access.role("staff", "street")
def new_ballot(agreement_id: int, number: int) -> Response:
    here = version_page(agreement_id, number)
    form = AdoptionForm(formdata=None)
    form.wording.data = _question(here)
    form.effective_from.data = clock.local(here.at).date() + timedelta(days=LIKELY_DAYS)
    return page("agreements/ballot.html", here=here, form=form)


def _question(here: VersionPage) -> str:
    known = {"title": here.agreement.title.into(language()), "number": here.version.number}
    if here.version.repeals:
        return _('Shall "%(title)s" be repealed?', title=known["title"])
    return _('Shall version %(number)s of "%(title)s" be adopted?', **known)


@bp.post(f"{VERSION}/ballot")
@access.role("staff", "street")
@fixed(question_of, "try_ballot")
def open_ballot(agreement_id: int, number: int) -> Response:
    """Put the version to the vote: text, rules, day of effect and everything about the question are fixed from now."""
    here = version_page(agreement_id, number)
    form = AdoptionForm()
    if form.validate_on_submit() and form.carries_out(lambda: _put(here.version.id, form)):
        flash(_("Voting is open. The roll is fixed, and nobody sees the count before it closes."))
        return to_path(here.href())
    return page("agreements/ballot.html", here=here, form=form, status=form.status)


def _put(version_id: int, form: AdoptionForm) -> Any:
    at = clock.now()
    return operations.put_to_vote(
        version_id, form.asked(at), effective_from=form.effective_from.data, by=current_user, at=at
    )


@bp.post(f"{VERSION}/ballot/extend")
@access.role("staff", "street")
@extends(question_of)
def extend(agreement_id: int, number: int) -> Response:
    """Let voting run longer, publicly; the day of effect stays."""
    here = version_page(agreement_id, number)
    box = found(here.box)
    form = ExtendForm()
    if form.validate_on_submit() and form.carries_out(
        lambda: operations.extend_vote(
            here.version.id, closes_at=box.closes_at + timedelta(days=form.days.data), why=form.reason(),
            by=current_user, at=clock.now(),
        )
    ):  # fmt: skip
        flash(_("Voting runs longer now; the reason stands beside the ballot."))
        return to_path(here.href())
    return show(version_page(agreement_id, number), status=form.status, step_form=form, step="extend")

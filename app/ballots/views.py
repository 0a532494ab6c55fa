"""Routes of votes: read the question, fill in the paper, find the own one again, take everything home and count it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, jsonify, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.ballots import channel_queries, operations, queries, results
from app.ballots.booth import Booth, href_of
from app.ballots.drawing import result_csv_rows
from app.ballots.forms import ReceiptForm, SecretVoteForm, VoteForm, paper_for
from app.ballots.own import own_of
from app.ballots.showing import BUNDLE, TWIN, twin
from app.config import ROOT
from app.kit import access, clock, tables
from app.kit.fields import OnceForm
from app.kit.open_data import publish
from app.kit.pages import found, page, to_page, to_path, wants_fragment
from app.kit.refusal import N_
from app.kit.sending import PYTHON, to_keep

bp = Blueprint("ballots", __name__)

VERIFIER = ROOT / "tools" / "verify_tally.py"

publish("/votes/<id>.json", N_("One vote: what was fixed at opening, and after closing how it ended"), TWIN)
publish("/votes/<id>/bundle.json", N_("Everything to count a closed vote again, without names"), BUNDLE)
for _before in ("/topics/<id>/ballots.json", "/agreements/<id>/versions/<number>/ballots.json"):
    publish(_before, N_("Everything to count its vote again, without names"), BUNDLE)


def booth(question_id: int, **said: Any) -> Booth:
    """The question as the person asking sees it now, with what others entered for them; 404 when there is none."""
    at = clock.now()
    box = found(queries.vote_box(question_id, current_user, at))
    return Booth(box, own=own_of(box, current_user, at), **said)


def show(here: Booth, *, status: int = 200) -> Response:
    return page("ballots/vote.html", fragment="vote_box", status=status, booth=here, twin=lambda: twin(here.box) or {})


@bp.get("/votes/<int:question_id>.json")
@bp.get("/votes/<int:question_id>")
@access.anyone
def vote(question_id: int) -> Response:
    return show(booth(question_id))


@bp.post("/votes/<int:question_id>/vote")
@access.signed_in
@access.takes(VoteForm, SecretVoteForm)
def cast(question_id: int) -> Response:
    """Cast a vote or change it; the receipt is told once, here."""
    return cast_on(question_id)


def cast_on(question_id: int) -> Response:
    """What every room answers when somebody sends the paper of a question.

    An open vote leads back to where it stands. Of a secret one the answer itself bears the receipt: what is kept for
    the next page would be kept beside the name.
    """
    blank = found(queries.blank_paper(question_id))
    form = paper_for(blank)
    if not (form.validate_on_submit() and form.casts(blank, by=current_user)):
        return show(booth(question_id, voted=form), status=form.status)
    if isinstance(form, SecretVoteForm):
        return show(booth(question_id, told=form.told, receipt=form.receipt.data))
    if wants_fragment():
        return show(booth(question_id, told=form.told))
    flash(form.told)
    return to_path(href_of(blank) or url_for(".vote", question_id=question_id))


@bp.post("/votes/<int:question_id>/contest")
@access.signed_in
@access.takes(OnceForm)
def contest(question_id: int) -> Response:
    """Say that a vote which others entered for me is not mine: it is taken out."""
    return _step(
        question_id, lambda at: operations.contest(question_id, by=current_user, at=at),
        _("That vote is taken out, and what it said is kept nowhere. You can vote yourself now; the committee's office "
          "and the supervisors are told."),
    )  # fmt: skip


@bp.post("/votes/<int:question_id>/proxy/end")
@access.signed_in
@access.takes(OnceForm)
def end_proxy(question_id: int) -> Response:
    """End the written proxy that I gave."""
    given = channel_queries.proxy_given(question_id, current_user)
    return _step(
        question_id, lambda at: operations.end_proxy(given.id if given else 0, by=current_user, at=at),
        _("Your proxy is ended. If a vote was cast by it already, your own takes its place, or contest it here."),
    )  # fmt: skip


def _step(question_id: int, act: Callable[[datetime], Any], words: str) -> Response:
    """One press of a button beside the own paper, and the page of the vote again."""
    found(queries.subject_of(question_id))
    form = OnceForm()

    def in_time() -> Any:
        return operations.in_time(question_id, act, now=clock.now)

    if not form.validate_on_submit() or not form.carries_out(in_time):
        return show(booth(question_id, refused=form.refusal), status=form.status)
    flash(words)
    return to_page(".vote", question_id=question_id)


@bp.post("/votes/<int:question_id>/receipt")
@access.anyone
@access.takes(ReceiptForm)
def check_receipt(question_id: int) -> Response:
    return receipt_of(question_id)


def receipt_of(question_id: int) -> Response:
    """Find one's own vote in the published list. Nothing is written; a receipt does not belong into an address."""
    form = ReceiptForm()
    right = form.validate_on_submit()
    line = results.by_receipt(question_id, form.receipt.data, clock.now()) if right else None
    return show(booth(question_id, asked=form, checked=right, found=line), status=form.status)


@bp.get("/votes/<int:question_id>/result.csv")
@access.anyone
def result_csv(question_id: int) -> Response:
    """The result as a table. Not there before voting has closed."""
    box = booth(question_id).box
    found(box.outcome)
    return to_keep(tables.as_csv(result_csv_rows(box)), tables.CSV, f"vote-{question_id}.csv")


@bp.get("/votes/<int:question_id>/bundle.json")
@access.anyone
def bundle(question_id: int) -> Response:
    return bundle_of(question_id)


def bundle_of(question_id: int) -> Response:
    """Question, terms, papers without names, result and digest. Not there before voting has closed."""
    return jsonify(found(results.bundle(question_id, clock.now())))


@bp.get("/votes/verify_tally.py")
@access.anyone
def verifier() -> Response:
    """The program that counts a bundle again without the house, to keep and to read."""
    return to_keep(VERIFIER.read_bytes(), PYTHON, VERIFIER.name)

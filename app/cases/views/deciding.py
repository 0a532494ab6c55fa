"""What those do who work on cases: look, confirm or decline, take back, hand in evidence, decide on appeals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash
from flask_babel import gettext as _
from flask_login import current_user

from app.cases import operations, rules
from app.cases.forms import CancelForm, DecideForm, EvidenceForm, LookForm, OpinionForm, SeenForm
from app.cases.views.blueprint import bp
from app.cases.views.case import case_page, kept, show
from app.kit import access, clock
from app.kit.fields import OnceForm
from app.kit.i18n import language
from app.kit.pages import found, to_page
from app.kit.words import Words


@bp.post("/points/cases/<int:case_id>/cures/<int:cure_id>/look")
@access.role(*rules.READ)
def look(case_id: int, cure_id: int) -> Response:
    """Say whether what the household sent shows that it is put right."""
    here, form = case_page(case_id), LookForm()
    found(cure_id if cure_id in {one.id for one in here.facts.cures} else None)
    return _carried_out(
        case_id, "look_form", form,
        lambda: operations.look(
            cure_id, accepted=form.look.data == "yes", why=_typed(form.look_why), by=current_user, at=clock.now()
        ),
        _("Noted. The household is told."),
    )  # fmt: skip


@bp.post("/points/cases/<int:case_id>/seen")
@access.role(*rules.READ)
def note_cured(case_id: int) -> Response:
    """Staff saw themselves that it is put right."""
    form = SeenForm()
    return _carried_out(
        case_id, "seen_form", form,
        lambda: operations.note_cured(case_id, text=_typed(form.seen_text), by=current_user, at=clock.now()),
        _("Noted. The household is told."),
    )  # fmt: skip


@bp.post("/points/cases/<int:case_id>/cancel")
@access.role(*rules.FILE)
def cancel(case_id: int) -> Response:
    """It was a mistake."""
    form = CancelForm()
    return _carried_out(
        case_id, "cancel_form", form,
        lambda: operations.cancel(case_id, why=_typed(form.cancel_why), by=current_user, at=clock.now()),
        _("Taken back. It counts no more, and the household is told."),
    )  # fmt: skip


@bp.post("/points/cases/<int:case_id>/decision")
@access.role(*rules.CONFIRM)
def decide(case_id: int) -> Response:
    """The second person confirms or declines a proposed deduction."""
    form = DecideForm()
    return _carried_out(
        case_id, "decide_form", form,
        lambda: operations.decide(
            case_id, confirmed=form.decision.data == "confirmed", why=_typed(form.decide_why), by=current_user,
            at=clock.now(),
        ),
        _decided(is_last=True),
    )  # fmt: skip


@bp.post("/points/cases/<int:case_id>/evidence")
@access.role("staff")
@access.takes_files
def hand_in(case_id: int) -> Response:
    """Write down new evidence that the household handed in."""
    form = EvidenceForm()

    def act() -> Any:
        at = clock.now()
        return operations.hand_in_evidence(
            case_id, text=_typed(form.evidence_text), upload_id=kept(form.evidence_photo.data, at), by=current_user,
            at=at,
        )  # fmt: skip

    said = _("It is written down. People who took no part decide on it.")
    return _carried_out(case_id, "evidence_form", form, act, said)


@bp.post("/points/cases/<int:case_id>/appeals/<int:appeal_id>/opinion")
@access.role(*rules.DECIDE)
def say_opinion(case_id: int, appeal_id: int) -> Response:
    """Decide on an appeal, with the reason."""
    here, form = case_page(case_id), OpinionForm()
    appeal = found(next((one for one in here.facts.appeals if one.id == appeal_id), None))
    return _carried_out(
        case_id, "opinion_form", form,
        lambda: operations.say_opinion(
            appeal_id, upheld=form.opinion.data == "upheld", text=_typed(form.opinion_text), by=current_user,
            at=clock.now(),
        ),
        _decided(is_last=appeal.deciders == len(appeal.opinions) + 1),
    )  # fmt: skip


def _decided(*, is_last: bool) -> str:
    if is_last:
        return _("Your decision stands. The household is told, with your reason.")
    return _("Your decision stands. The household is told when all have decided.")


def _carried_out(case_id: int, name: str, form: OnceForm, act: Callable[[], Any], said: str) -> Response:
    """Do it and go back to the case; or show the page with the form as it was typed."""
    here = case_page(case_id)
    if form.validate_on_submit() and form.carries_out(act):
        flash(said)
        return to_page(".case", case_id=case_id)
    return show(here, status=form.status, **{name: form})


def _typed(field: Any) -> Words:
    return Words.typed(field.data, language())

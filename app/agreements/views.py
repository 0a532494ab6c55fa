"""Routes of agreements for everybody: read, compare, print, vote, sign. What the pen does is in `desk`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, current_app, flash, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.agreements import operations, queries, rules, twins
from app.agreements.difference import compared
from app.agreements.forms import AdoptionForm, ConsultForm, ExtendForm, ReasonForm, SignForm
from app.agreements.showing import VersionPage, may_see
from app.agreements.text import text_of
from app.ballots import views as booths
from app.ballots.forms import ReceiptForm, SecretVoteForm, VoteForm
from app.discussion.forms import CommentForm
from app.kit import access, clock, qr, say
from app.kit.i18n import language
from app.kit.pages import found, page, to_page, wants_fragment
from app.kit.sending import to_read
from app.places.choosing import chosen_place

bp = Blueprint("agreements", __name__)

SIZES = ("a4", "a3")
# Up to which length of text the letters of a poster are large, or of middle size; an article costs a line more.
_LETTERS = (("l", 1000), ("m", 1600))
_LINE = 60


@bp.get("/agreements.json")
@bp.get("/agreements")
@access.anyone
def agreements() -> Response:
    """The list, by community, those in force first."""
    at = clock.now()
    communities, chosen = chosen_place(own=False)
    rows = queries.agreements(
        path=chosen.path if chosen else "", reader=current_user, at=at, after=request.args.get("after")
    )
    versions = queries.versions_of([row.id for row in rows.rows], at)
    now = {key: queries.in_force(mine) for key, mine in versions.items()}
    on_the_way = {row.id: _on_the_way(row, versions[row.id]) for row in rows.rows}
    households = queries.households_at({row.place_id for row in rows.rows})
    return page(
        "agreements/agreements.html", twin=lambda: twins.agreement_list(rows, versions, households), rows=rows,
        versions=versions, now=now, on_the_way=on_the_way, households=households,
        communities=communities, chosen=chosen, rules=rules, may_begin=bool(current_user.reaches(*rules.STAFF)),
    )  # fmt: skip


def _on_the_way(row: queries.AnyRow, versions: list[queries.Standing]) -> queries.Standing | None:
    """The version that is on its way, as far as this reader may see it."""
    one = queries.under_way(versions)
    who = rules.who_is(current_user, place_path=row.place_path, edits=row.edits)
    return one if one is not None and may_see(one, who) else None


@bp.get("/agreements/<int:agreement_id>.json")
@bp.get("/agreements/<int:agreement_id>")
@access.anyone
def agreement(agreement_id: int) -> Response:
    """The version in force, else the latest that this reader may see."""
    return show(version_page(agreement_id), front=True)


@bp.get("/agreements/<int:agreement_id>/versions/<int:number>.json")
@bp.get("/agreements/<int:agreement_id>/versions/<int:number>")
@access.anyone
def version(agreement_id: int, number: int) -> Response:
    # htmx asks for a part by naming the element it replaces.
    part = {"talk": "talk", "say": "say"}.get(request.headers.get("HX-Target", ""))
    return show(version_page(agreement_id, number), fragment=part)


def version_page(agreement_id: int, number: int | None = None) -> VersionPage:
    """A version as the person asking sees it; 404 for what is not theirs to see."""
    at = clock.now()
    row = found(queries.agreement(agreement_id, current_user))
    versions = queries.versions_of([agreement_id], at)[agreement_id]
    who = rules.who_is(current_user, place_path=row.place_path, edits=row.edits)
    seen = [one for one in versions if may_see(one, who)]
    if number is None:
        known = [one for one in seen if one.state not in ("dropped", "drafting", "coming")]
        chosen = queries.in_force(versions) or next(reversed(known or seen), None)
    else:
        chosen = next((one for one in seen if one.number == number), None)
    return VersionPage(row, versions, found(chosen), current_user, at, request.args)


def show(
    here: VersionPage, *, front: bool = False, fragment: str | None = None, status: int = 200,
    forms: Mapping[str, Any] | None = None, **more: Any,
) -> Response:  # fmt: skip
    """The page of a version, or one block of it. `forms` are those that were sent and stay as they were typed.

    `front`: it stands for the whole agreement, so the vote that adopted it stays on its own page.
    """
    known = {"say_form": None, "sign_form": None, "step_form": None, "step": ""}
    return page(
        "agreements/version.html", fragment=fragment, status=status, twin=lambda: twins.version(here), here=here,
        front=front and here.state in ("in_force", "repealed"), rules=rules, make_say=CommentForm.blank,
        make_sign=SignForm, make_consult=ConsultForm, make_reason=ReasonForm, make_extend=ExtendForm,
        make_adoption=AdoptionForm,
        **known | dict(forms or {}) | more,
    )  # fmt: skip


@bp.get("/agreements/<int:agreement_id>/compare")
@access.anyone
def compare(agreement_id: int) -> Response:
    """Two versions article by article; by default the one in force and the one before it."""
    here = version_page(agreement_id)
    readable = [one for one in here.versions if not one.repeals]
    old, new = (_chosen(readable, request.args.get(name)) for name in ("from", "to"))
    new = new or here.version
    old = old or next((one for one in reversed(readable) if one.number < new.number), new)
    texts = queries.articles({old.id, new.id})
    return page(
        "agreements/compare.html", here=here, old=old, new=new, versions=readable, rules=rules,
        articles=compared(texts[old.id], texts[new.id], language()),
    )  # fmt: skip


def _chosen(versions: list[queries.Standing], wish: str | None) -> queries.Standing | None:
    return next((one for one in versions if str(one.number) == wish), None)


@bp.get("/agreements/<int:agreement_id>/poster")
@access.anyone
def poster(agreement_id: int) -> Response:
    """The version in force as a sheet for the wall, with a square code that opens it."""
    here = version_page(agreement_id)
    found(here.in_force)
    address = current_app.config["SETTINGS"].base_url + url_for(".agreement", agreement_id=agreement_id)
    size = request.args.get("size")
    return page(
        "agreements/poster.html", here=here, address=address, size=size if size in SIZES else SIZES[0], sizes=SIZES,
        letters=_letters([row.text.into(language()) for row in here.articles]),
        qr=qr.drawing(address, says=_("Opens this agreement on a phone"), size="l"),
    )  # fmt: skip


def _letters(texts: list[str]) -> str:
    """How large the poster is set, so that a common agreement fills one sheet: l, m or s."""
    length = sum(_LINE + sum(1 if sign.isascii() else 2 for sign in text) for text in texts)
    return next((size for size, most in _LETTERS if length <= most), "s")


@bp.post("/agreements/<int:agreement_id>/sign")
@access.signed_in
def sign(agreement_id: int) -> Response:
    """Sign the version in force for one's household."""
    here = version_page(agreement_id)
    form = SignForm()
    if form.validate_on_submit() and form.carries_out(
        lambda: operations.sign(agreement_id, wish=form.wish, by=current_user, at=clock.now())
    ):
        here = version_page(agreement_id)
        told = _(
            'Your household has signed version %(version)s of "%(agreement)s". '
            "%(share)s of households have now signed.",
            version=here.version.number, agreement=here.agreement.title.into(language()), share=say.share(*here.share),
        )  # fmt: skip
        if wants_fragment():
            return show(here, fragment="sign_box", told=told)
        flash(told)
        return to_page(".agreement", agreement_id=agreement_id)
    return show(here, front=True, fragment="sign_box", status=form.status, forms={"sign_form": form})


@bp.post("/agreements/<int:agreement_id>/versions/<int:number>/vote")
@access.signed_in
@access.takes(VoteForm, SecretVoteForm)
def vote(agreement_id: int, number: int) -> Response:
    return booths.cast_on(_question(agreement_id, number))


@bp.post("/agreements/<int:agreement_id>/versions/<int:number>/receipt")
@access.anyone
@access.takes(ReceiptForm)
def check_receipt(agreement_id: int, number: int) -> Response:
    return booths.receipt_of(_question(agreement_id, number))


@bp.get("/agreements/<int:agreement_id>/versions/<int:number>/ballots.json")
@access.anyone
def ballots_list(agreement_id: int, number: int) -> Response:
    return booths.bundle_of(_question(agreement_id, number))


@bp.get("/agreements/<int:agreement_id>/versions/<int:number>/text.txt")
@access.anyone
def text_voted_on(agreement_id: int, number: int) -> Response:
    """The file whose check sum stands with the vote. Not there before the version is put to the vote."""
    here = version_page(agreement_id, number)
    found(here.version.question_id)
    return to_read(text_of(here.agreement, here.version), "text.txt")


def question_of(address: Mapping[str, Any]) -> int | None:
    """The adoption that is or was voted on at this address, if any."""
    return queries.question_of(address["agreement_id"], address["number"])


def _question(agreement_id: int, number: int) -> int:
    """The adoption that is voted on here; 404 where none is."""
    return int(found(version_page(agreement_id, number).version.question_id))

"""The routes of disclosures hang on this; and the page of one item, which several of them answer with."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from flask_login import current_user

from app.disclosures import queries, twins
from app.disclosures.showing import DisclosurePage
from app.kit import audit, clock
from app.kit.pages import found, page
from app.kit.refusal import N_

bp = Blueprint("disclosures", __name__)

audit.describe("disclosures.begin", N_("began an item to publish"))
audit.describe("disclosures.correct", N_("began a correction"))
audit.describe("disclosures.send", N_("sent an item to be countersigned"))
audit.describe("disclosures.send_back", N_("sent an item back to its author"))
audit.describe("disclosures.countersign", N_("countersigned and published"))
audit.describe("disclosures.discard", N_("discarded a draft"))
audit.describe("disclosures.answer", N_("answered a question"))
audit.describe("disclosures.bring_in", N_("brought finances in from a file"))
audit.describe("disclosure", N_("disclosure no."), "/disclosures/")
audit.describe("draft", N_("draft no."))


def item_page(disclosure_id: int) -> DisclosurePage:
    """The item in the revision that the address names; 404 for one that there is not."""
    at = clock.now()
    row = found(queries.disclosure(disclosure_id, at))
    wish = request.args.get("revision", "")
    number = int(wish) if wish.isascii() and wish.isdecimal() and len(wish) < 7 else None
    here = DisclosurePage(row, current_user, at, number=number, after=request.args.get("after"))
    found(here.shown)
    return here


def show(here: DisclosurePage, *, fragment: str | None = None, status: int = 200, **forms: Any) -> Response:
    """The page of an item, or its block of questions. `forms` are those that were sent and stay as they were typed."""
    sent: dict[str, Any] = {
        "question_form": None, "again_form": None, "answer_form": None, "about": None, "told": None,
    } | forms  # fmt: skip
    return page(
        "disclosures/item.html", fragment=fragment, status=status, twin=lambda: twins.item(here), here=here, **sent
    )

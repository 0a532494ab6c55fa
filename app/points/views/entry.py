"""One entry of the ledger: where it comes from, what it changed, and that it stands in the seal of its day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, jsonify
from flask_babel import gettext as _
from flask_login import current_user

from app.kit import access, causes, clock
from app.kit.open_data import publish
from app.kit.pages import found, page
from app.kit.refusal import N_, Refused, refusal
from app.points import clauses, exporting, queries, workings
from app.points.rules import HEADINGS
from app.points.views.blueprint import bp
from app.points.views.statement import amount_words, balance_words, notes

publish(
    "/points/entries/<int:entry_id>/proof.json",
    N_("Proof that one of your own entries is sealed"),
    {
        "number": N_("number of the entry among all that are sealed"),
        "entry": N_("the entry as it was sealed"),
        "path": N_("hashes from the entry up to the root, each with the side on which it stands"),
        "before": N_("head of the seal before"),
        "seal": N_("the seal of the day: as in the list of seals"),
    },
)


@bp.get("/points/entries/<int:entry_id>")
@access.signed_in
def entry(entry_id: int) -> Response:
    """An entry of one's own or of the household as a whole; others are not there."""
    row = _mine(entry_id)
    heading = _(HEADINGS.get(row.heading, row.heading))
    proof = exporting.proof_of("transfer", row.id)
    return page(
        "points/entry.html",
        entry=row,
        title=row.what or heading,
        notes=notes(row, heading),
        amount=amount_words(row.change, row.asset),
        balance=balance_words(row, row.asset),
        clause=clauses.of({row.line_id}).get(row.line_id) if row.line_id else None,
        working=workings.of(row.because, row.asset),
        cause=causes.href_of(row.because),
        proof=proof,
        sealed_on=None if proof else clock.local(row.posted_at).date() + timedelta(days=1),
    )


@bp.get("/points/entries/<int:entry_id>/proof.json")
@access.signed_in
def proof(entry_id: int) -> Response:
    """That the entry stands in the seal of its day, for `tools/verify_ledger.py`."""
    row = _mine(entry_id)
    told = exporting.proof_of("transfer", row.id)
    if told is None:
        raise Refused(refusal(N_("This entry is sealed in the night after its day. Please come back tomorrow.")))
    answer = jsonify(told)
    answer.headers["Content-Disposition"] = f"attachment; filename=proof-{row.id}.json"
    return answer


def _mine(entry_id: int) -> Any:
    household_id = found(current_user.household_id)
    return found(queries.entry(entry_id, household_id=household_id, resident_id=current_user.id))

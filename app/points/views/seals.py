"""The seals of the ledger, for everybody to note down."""

from __future__ import annotations

from flask import Response, request

from app.config import ROOT
from app.kit import access
from app.kit.open_data import publish
from app.kit.pages import page
from app.kit.refusal import N_
from app.kit.sending import PYTHON, to_keep
from app.points import queries
from app.points.views.blueprint import bp

VERIFIER = ROOT / "tools" / "verify_ledger.py"
LONGEST = 64  # signs of a head

publish(
    "/seals.json",
    N_("Seals of the ledger"),
    {
        "number": N_("running number of the seal"),
        "until": N_("the midnight that ended the day which is sealed"),
        "first": N_("number of the first entry of the day; entries are numbered without gaps"),
        "entries": N_("how many entries the day has"),
        "root": N_("root of the Merkle tree over the entries of the day"),
        "head": N_("head of the seal: it stands for this day and all days before"),
    },
)


@bp.get("/seals.json")
@bp.get("/seals")
@access.anyone
def seals() -> Response:
    """Each day's seal, the last first; or the one that somebody noted down and looks for."""
    wish = request.args.get("find", "").strip()[:LONGEST]
    rows = queries.seals(request.args.get("after"), wish)
    return page(
        "points/seals.html", rows=rows, wish=wish, longest=LONGEST, starts="after" not in request.args,
        twin=lambda: {"items": [_row(row) for row in rows.rows], "next": rows.next},
    )  # fmt: skip


@bp.get("/seals/verify_ledger.py")
@access.anyone
def verifier() -> Response:
    """The program that checks a proof or the whole journal without the house, to keep and to read."""
    return to_keep(VERIFIER.read_bytes(), PYTHON, VERIFIER.name)


def _row(row: object) -> dict[str, object]:
    return {name: getattr(row, name) for name in ("number", "until", "first", "entries", "root", "head")}

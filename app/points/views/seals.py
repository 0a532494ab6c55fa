"""The seals of the ledger, for everybody to note down."""

from __future__ import annotations

from flask import Response, request

from app.kit import access
from app.kit.open_data import publish
from app.kit.pages import page
from app.kit.refusal import N_
from app.points import queries
from app.points.views.blueprint import bp

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
    """Each day's seal, the last first."""
    rows = queries.seals(request.args.get("after"))
    return page(
        "points/seals.html", rows=rows,
        twin=lambda: {"items": [_row(row) for row in rows.rows], "next": rows.next},
    )  # fmt: skip


def _row(row: object) -> dict[str, object]:
    return {name: getattr(row, name) for name in ("number", "until", "first", "entries", "root", "head")}

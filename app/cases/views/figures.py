"""The sums of a year, for everybody: no case, place or household is in them."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from app.cases import figures
from app.cases.views.blueprint import bp
from app.kit import access, clock
from app.kit.open_data import publish
from app.kit.pages import page
from app.kit.periods import named, period_of
from app.kit.refusal import N_
from app.places import queries as places

publish(
    "/points/cases/figures.json",
    N_("Reminders and deductions in numbers"),
    {
        "year": N_("the year in which they were filed"),
        "community": N_("name of the community"),
        "on_file": N_("reminders, written notices and proposed deductions; null for fewer than three"),
        "put_right": N_("how many of them were put right; null for one or two"),
        "deductions": N_("deductions of honour in effect; null for one or two"),
        "upheld": N_("appeals that were upheld; null for one or two"),
    },
)


@bp.get("/points/cases/figures.json")
@bp.get("/points/cases/figures")
@access.anyone
def figures_page() -> Response:
    wish = named(request.args.get("year"))
    year = wish if wish is not None and wish.kind == "year" else period_of(clock.today(), "year")
    told = {one.community_id: one for one in figures.by_community(year.starts, year.ends, clock.now())}
    rows = [(one.name, told.get(one.id)) for one in places.communities()]
    return page("cases/figures.html", rows=rows, year=year, twin=lambda: _twin(rows, year.year))


def _twin(rows: list[Any], year: int) -> dict[str, Any]:
    items = [
        {"year": year, "community": name, **{kind: getattr(one, kind) if one else None for kind in figures.KINDS}}
        for name, one in rows
    ]
    return {"items": items, "next": None}

"""Looking for words in the public texts of all rooms."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from app.home.rules import KINDS, LONGEST_QUERY
from app.home.views.blueprint import bp
from app.kit import access, search
from app.kit.i18n import language
from app.kit.open_data import publish
from app.kit.pages import page
from app.kit.paging import Slice
from app.kit.refusal import N_
from app.places import queries as places

publish(
    "/search.json",
    N_("Topics, agreements, disclosures and activities that hold certain words (parameter q)"),
    {
        "kind": N_("topic, agreement, disclosure or activity"),
        "id": N_("number of it within its kind"),
        "title": N_("title, in each language there is"),
        "place": N_("code of the community; null for the whole street"),
        "at": N_("since when it stands there, or when it takes place"),
        "page": N_("its page; add .json for its data"),
    },
)


@bp.get("/search")
@bp.get("/search.json", endpoint="search_json")
@access.anyone
def search_page() -> Response:
    query = " ".join(request.args.get("q", "").split())[:LONGEST_QUERY]
    kind, code = request.args.get("kind"), request.args.get("place")
    kind = kind if kind in KINDS else None
    communities = places.communities()
    community = next((one for one in communities if one.code == code), None)
    found = search.find(
        query, place_path=community.path if community else "", kinds=[kind] if kind else (),
        after=request.args.get("after"),
    )  # fmt: skip
    here: dict[str, Any] = {"q": query, "place": community.code if community else None}
    reader = language()
    return page(
        "home/search.html",
        twin=lambda: _twin(found, communities),
        query=query,
        asks=bool(search.wanted(query)),
        rows=[
            {
                "href": row.href, "kind": row.kind, "at": row.at, "place": _community_of(row, communities),
                "title": search.marked(row.title, query, reader), "snippet": search.snippet(row.text, query, reader),
            }
            for row in found.rows
        ],
        next=url_for("home.search_page", kind=kind, after=found.next, **here) if found.next else None,
        tabs=[
            (name, words, url_for("home.search_page", kind=name, **here))
            for name, words in ((None, _("All")), *((name, _(words)) for name, words in KINDS.items()))
        ],
        kinds={name: _(words) for name, words in KINDS.items()},
        kind=kind,
        community=community,
        communities=communities,
        first_page="after" not in request.args,
    )  # fmt: skip


def _community_of(row: Any, communities: Any) -> Any:
    """The community that a text belongs to; None when it is of the whole street."""
    return next((one for one in communities if row.place_path.startswith(one.path)), None)


def _twin(found: Slice, communities: Any) -> dict[str, Any]:
    items = []
    for row in found.rows:
        community = _community_of(row, communities)
        items.append(
            {
                "kind": row.kind, "id": row.ref, "title": row.title,
                "place": community.code if community else None,
                "at": row.at, "page": row.href,
            }
        )  # fmt: skip
    return {"items": items, "next": found.next}

"""What everybody reads: the list, one item, the calendar of duties, the feed."""

from __future__ import annotations

from datetime import date

from flask import Response, current_app, make_response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.disclosures import calendar, queries, rules, twins
from app.disclosures.feed import feed
from app.disclosures.views.blueprint import bp, item_page, show
from app.kit import access, clock
from app.kit.i18n import shown
from app.kit.pages import page
from app.places.choosing import chosen_place

ENTRIES = 40
FIRST_YEAR, LAST_YEAR = 2000, 2199


@bp.get("/disclosures.json")
@bp.get("/disclosures")
@access.anyone
def disclosures() -> Response:
    """What committees published, by place and subject, the newest first."""
    at, subject = clock.now(), request.args.get("subject")
    subject = subject if subject in rules.SUBJECTS else None
    communities, chosen = chosen_place()
    rows = queries.disclosures(
        path=chosen.path if chosen else "", subject=subject, at=at, after=request.args.get("after")
    )
    return page(
        "disclosures/list.html", twin=lambda: twins.item_list(rows, at), rows=rows, subject=subject,
        communities=communities, chosen=chosen, rules=rules, state_of=lambda row: calendar.state_of(row, at),
        is_staff=bool(current_user.reaches(*rules.STAFF, rules.SUPERVISOR)),
    )  # fmt: skip


@bp.get("/disclosures/<int:disclosure_id>.json")
@bp.get("/disclosures/<int:disclosure_id>")
@access.anyone
def disclosure(disclosure_id: int) -> Response:
    return show(item_page(disclosure_id))


@bp.get("/disclosures/calendar.json")
@bp.get("/disclosures/calendar")
@access.anyone
def duty_calendar() -> Response:
    """What a community has to publish in a year: due, on time, late, missing."""
    at = clock.now()
    communities, chosen = chosen_place()
    chosen = chosen or (communities[0] if communities else None)
    today = clock.local(at).date()
    year = _year(request.args.get("year"), today.year)
    first, last = date(year, 1, 1), date(year, 12, 31)
    dues = calendar.dues(calendar.at_place(chosen.id), first=first, last=last, at=at) if chosen else []
    months: dict[int, list[calendar.Due]] = {}
    for due in dues:
        months.setdefault(due.due_on.month, []).append(due)
    return page(
        "disclosures/calendar.html", twin=lambda: twins.duties(dues, year), communities=communities, chosen=chosen,
        year=year, months=months, today=today, rules=rules, first_year=FIRST_YEAR, last_year=LAST_YEAR,
        counts={state: sum(due.state == state for due in dues) for state in rules.DUTY_WORDS},
        duties=[duty for duty, _name in calendar.duties_of([chosen.path])] if chosen else [],
    )  # fmt: skip


def _year(wish: str | None, otherwise: int) -> int:
    known = wish is not None and len(wish) == 4 and wish.isascii() and wish.isdecimal()
    return int(wish) if known and wish is not None and FIRST_YEAR <= int(wish) <= LAST_YEAR else otherwise


@bp.get("/feed.atom")
@access.anyone
def atom() -> Response:
    """The latest disclosures of a community (`place`), or of the whole street, for feed readers."""
    at = clock.now()
    _communities, chosen = chosen_place(own=False)
    rows = queries.lately_revised(chosen.path if chosen else "", at, ENTRIES)
    place = {"place": chosen.code} if chosen else {}
    whose = chosen.name if chosen else None
    body = feed(
        rows, title=f"{shown(whose).striptags()} · {_('Disclosures')}" if whose else _("Disclosures"),
        base=current_app.config["SETTINGS"].base_url, path=url_for(".atom", **place),
        page=url_for(".disclosures", **place), at=at,
    )  # fmt: skip
    answer = make_response(body)
    answer.mimetype = "application/atom+xml"
    answer.vary.update(("Cookie", "Accept-Language"))
    answer.add_etag()
    answer.make_conditional(request)  # readers ask often; mostly nothing is new
    return answer

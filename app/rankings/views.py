"""Pages of standings: the list of a place, a household's own standing, and the consent to be shown."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _
from flask_login import current_user

from app.kit import access, clock
from app.kit.i18n import language, shown
from app.kit.open_data import publish
from app.kit.pages import found, page, to_page
from app.kit.periods import Period, named, period_of
from app.kit.refusal import N_
from app.people.rules import masked
from app.points.rules import HEADINGS
from app.rankings import operations, queries
from app.rankings.forms import ConsentForm
from app.rankings.nicknames import MOST
from app.rankings.queries import Board, Field, Shown
from app.rankings.rules import (
    CONSTANT,
    consent_refusal,
    may_be_listed,
    most_listed,
    nearest_star,
    rise,
    settles_on,
    stars,
    state,
)
from app.rankings.telling import household_name, period_words, rise_words

bp = Blueprint("rankings", __name__)

publish(
    "/rankings.json",
    N_("Standings of households by honour, as far as they agreed to be shown"),
    {
        "place": N_("the group, grid, community or street whose households are ranked: code, kind, name"),
        "period": N_("month, quarter or year: 2026-11, 2026-Q4 or 2026"),
        "state": N_("running, or provisional until the standings are frozen"),
        "households": N_("how many households were counted, shown or not"),
        "items": N_("place, name, community, honour, places risen since the period before, stars lit in a quarter"),
        "next": N_("always null: a public list is short"),
    },
)


@bp.get("/rankings")
@bp.get("/rankings.json", endpoint="standings_json")
@access.anyone
def standings() -> Response:
    at = clock.now()
    period = asked_period()
    fields, place = queries.fields_for(current_user, request.args.get("place") or None)
    if place is None and not request.args.get("place"):
        return private(page("rankings/nobody.html"))
    board = queries.board(found(place), period, household_id=current_user.household_id, at=at)
    lines = lines_for_reader(board, period)
    lit = lit_stars(lines, period)
    history = queries.history(found(place), period, board.mine.standing.household_id) if board.mine else []
    answer = page(
        "rankings/standings.html",
        twin=lambda: twin(found(place), period, board, lit),
        fields=fields, place=place, period=period, state=state(period, at), board=board, lines=lines, lit=lit,
        history=history, most=most_listed(board.size), constant=CONSTANT[period.kind], kinds=kinds_of(period),
        nearest=nearest_star(lit.get(current_user.household_id or 0, [])), following=following(period),
        moves_until=moves_until(period), **words_for(board.mine, period),
    )  # fmt: skip
    return private(answer)


@bp.get("/rankings/household")
@access.resident
def household() -> Response:
    at = clock.now()
    period = asked_period()
    fields, place = queries.fields_for(current_user, request.args.get("place") or None)
    place = found(place if place and f"/{place.id}/" in current_user.path else None)
    mine = queries.own_standing(current_user, place, period, at=at)
    quarter = period_of(min(period.last_day, clock.today()), "quarter")
    ids = [current_user.household_id]
    own = stars(queries.by_heading(ids, quarter)[ids[0]], queries.open_in(ids, quarter)[ids[0]])
    entries = queries.entries(current_user.household_id, period, after=request.args.get("after"))
    answer = page(
        "rankings/household.html",
        fields=fields, place=place, period=period, state=state(period, at), mine=mine, stars=own, quarter=quarter,
        nearest=nearest_star(own), entries=entries, headings=HEADINGS, constant=CONSTANT[period.kind],
        history=queries.history(place, period, current_user.household_id), kinds=kinds_of(period),
        following=following(period), moves_until=moves_until(period), **words_for(mine, period),
    )  # fmt: skip
    return private(answer)


@bp.get("/rankings/consent")
@access.resident
def consent() -> Response:
    listing = queries.listing(current_user.household_id)
    form = ConsentForm(data={"shown_as": listing.shown_as, "nickname": listing.nickname} if listing else None)
    return consent_page(form)


@bp.post("/rankings/consent")
@access.resident
def agree() -> Response:
    form = ConsentForm()
    if form.validate_on_submit() and form.carries_out(
        lambda: operations.agree_to_be_listed(
            shown_as=form.shown_as.data, nickname=form.nickname.data or "", by=current_user, at=clock.now()
        )
    ):
        flash(_("Your household may be shown on public lists from now on. You can take this back at any time."))
        return to_page(".standings")
    return consent_page(form)


@bp.post("/rankings/consent/withdraw")
@access.resident
def withdraw() -> Response:
    operations.withdraw_from_lists(by=current_user, at=clock.now())
    flash(_("Your household is no longer shown on any public list. Its honour counts as before."))
    return to_page(".standings")


def consent_page(form: ConsentForm) -> Response:
    answer = page(
        "rankings/consent.html", form=form, listing=queries.listing(current_user.household_id), most=MOST,
        refusal=consent_refusal(current_user, at=clock.now()), status=form.status,
        example=masked(current_user.family_name, current_user.family_name_en, language()),
    )  # fmt: skip
    return private(answer)


def asked_period() -> Period:
    """The period that the address names, the running quarter when it names none; 404 for one that has not begun."""
    wish = request.args.get("period")
    if not wish:
        return period_of(clock.today(), "quarter")
    period = named(wish)
    return found(period if period and period.kind in CONSTANT and period.first_day <= clock.today() else None)


def kinds_of(period: Period) -> list[tuple[Period, str]]:
    """The month, quarter and year that end with, or run at the end of, the period shown."""
    day = min(period.last_day, clock.today())
    words = {"quarter": _("By quarter"), "month": _("By month"), "year": _("By year")}
    return [(period if kind == period.kind else period_of(day, kind), words[kind]) for kind in CONSTANT]


def following(period: Period) -> Period | None:
    """The period after this one, once it has begun."""
    return period.next if period.next.first_day <= clock.today() else None


def moves_until(period: Period) -> date | None:
    """The day until which claims of the period may still settle; None once that has passed."""
    return settles_on(period) if clock.today() < settles_on(period) else None


def lines_for_reader(board: Board, period: Period) -> list[Shown]:
    """The public list, and among it the reader's own household where its place belongs."""
    lines = list(board.listed)
    own = board.mine
    if own and own not in lines and may_be_listed(own.standing, constant=CONSTANT[period.kind]):
        lines.append(own)
    return sorted(lines, key=lambda line: line.standing.place)


def lit_stars(lines: list[Shown], period: Period) -> dict[int, list[Any]]:
    """The stars of the households shown and of the reader's; only quarters light stars."""
    if period.kind != "quarter":
        return {}
    ids = {line.standing.household_id for line in lines} | {current_user.household_id or 0} - {0}
    waits = queries.open_in(sorted(ids), period)
    return {one: stars(earned, waits[one]) for one, earned in queries.by_heading(sorted(ids), period).items()}


def words_for(mine: Shown | None, period: Period) -> dict[str, Any]:
    """How the template puts periods, changes and names."""
    return {
        "period_words": period_words,
        "household_name": household_name,
        "rise": rise,
        "rise_words": rise_words(rise(mine.standing.place, mine.before), period) if mine else "",
    }


def twin(place: Field, period: Period, board: Board, lit: dict[int, list[Any]]) -> dict[str, Any]:
    """The same for everybody: what a household sees of itself is not in it."""
    return {
        "place": {"code": place.code, "kind": place.kind, "name": str(shown(place.name).striptags())},
        "period": period.key,
        "state": state(period, clock.now()),
        "households": board.size,
        "items": [
            {
                "place": line.standing.place,
                "name": household_name(line),
                "community": str(shown(line.community).striptags()) if line.shown_as == "masked" else None,
                "honour": line.standing.honour,
                "risen": rise(line.standing.place, line.before),
                "stars": sum(star.is_lit for star in lit[line.standing.household_id]) if lit else None,
            }
            for line in board.listed
        ],
        "next": None,
    }


def private(answer: Response) -> Response:
    """Not indexed, and kept nowhere: a consent taken back holds from the next request on."""
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Cache-Control"] = "no-store"
    return answer

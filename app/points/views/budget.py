"""The goods fund of a quarter, for everybody to read; and for the committee to set."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, request
from flask_babel import gettext as _
from flask_login import current_user

from app.kit import access, audit, clock
from app.kit.i18n import language
from app.kit.open_data import publish
from app.kit.pages import found, page, to_page
from app.kit.periods import Period, named, period_of
from app.kit.refusal import N_
from app.kit.words import Words
from app.points import fund_queries, funds
from app.points.budget import AHEAD, LATELY, MONTH, STATES, Budget, quarters_to_set
from app.points.forms import FundForm
from app.points.views.blueprint import bp
from app.points.views.places import KEEPERS, community_asked, community_of

audit.describe("points.fund", N_("set the goods fund of a quarter"))
audit.describe("quarter", N_("quarter:"))
audit.describe("yuan", N_("yuan:"))

publish(
    "/points/budget.json",
    N_("Goods funds"),
    {
        "place": N_("code of the community or village"),
        "name": N_("its name, in Chinese and English where there is one"),
        "quarter": N_("the quarter, like 2026-Q4"),
        "fund_yuan": N_("what was set aside for goods"),
        "handed_out_yuan": N_("goods handed over in that quarter; one point stands for one yuan"),
        "held_points": N_("points kept back for orders now"),
        "unredeemed_points": N_("all points that households have now, those for orders among them"),
        "forecast_yuan": N_("what will have been handed over by its end, at the pace of the last 90 days"),
        "state": N_("none, fine, near, short, over or past"),
        "suggested_points_a_month": N_("limit for one household at which the fund lasts; null where nobody can tell"),
    },
)


@bp.get("/points/budget.json")
@bp.get("/points/budget")
@access.anyone
def goods_budget() -> Response:
    return _budget_page()


def _budget_page(form: FundForm | None = None, code: str | None = None) -> Response:
    at = clock.now()
    communities, chosen = community_asked(code)
    quarter = _quarter_asked()
    found_budgets = fund_queries.budgets(quarter, [one.id for one in communities], at=at)
    now = found_budgets[chosen.id]
    return page(
        "points/budget.html",
        status=form.status if form else 200,
        twin=lambda: {"items": [_row(one, found_budgets[one.id]) for one in communities], "next": None},
        communities=communities,
        chosen=chosen,
        quarter=quarter,
        following=quarter.next if quarter < quarters_to_set(at)[-1] else None,
        budget=now,
        state=STATES[now.state],
        changes=fund_queries.changes_of(chosen.id, quarter),
        keeps=current_user.holds(*KEEPERS, at=chosen.path),
        form=form or FundForm.for_one_of(quarters_to_set(at), quarter),
        lately=LATELY,
        month=MONTH,
    )


def _quarter_asked() -> Period:
    """The quarter that the address names, the running one when it names none; 404 for anything else."""
    running = period_of(clock.today(), "quarter")
    wish = request.args.get("quarter")
    if not wish:
        return running
    quarter = named(wish)
    return found(quarter if quarter and quarter.kind == "quarter" and quarter <= running.moved(AHEAD) else None)


def _row(place: Any, budget: Budget) -> dict[str, Any]:
    return {
        "place": place.code, "name": place.name.as_dict(), "quarter": budget.quarter.key, "fund_yuan": budget.fund,
        "handed_out_yuan": budget.spent, "held_points": budget.held, "unredeemed_points": budget.unredeemed,
        "forecast_yuan": budget.forecast, "state": budget.state, "suggested_points_a_month": budget.monthly_cap,
    }  # fmt: skip


@bp.post("/points/budget/<code>")
@access.role(*KEEPERS)
def set_fund(code: str) -> Response:
    place, at = community_of(code), clock.now()
    quarters = quarters_to_set(at)
    form = FundForm.for_one_of(quarters, quarters[0])
    if form.validate_on_submit() and form.carries_out(lambda: _set_fund(place.id, form)):
        flash(_("The goods fund is set. Everybody can read it on this page, with the reason."))
        return to_page(".goods_budget", place=code, quarter=form.quarter.data)
    return _budget_page(form, code)


def _set_fund(place_id: int, form: FundForm) -> Any:
    why = Words.typed(form.why.data, language())
    quarter = found(named(form.quarter.data))
    return funds.set_fund(place_id, quarter, form.amount.data, why=why, by=current_user, at=clock.now())

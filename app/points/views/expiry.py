"""When points expire, for everybody; and the switch, for the committee and the street office."""

from __future__ import annotations

from typing import Any

from flask import Response, flash
from flask_babel import gettext as _
from flask_login import current_user

from app.kit import access, audit, clock
from app.kit.open_data import publish
from app.kit.pages import page, to_page
from app.kit.refusal import N_
from app.points import expiring, lots, switching
from app.points.forms import SwitchOffForm, SwitchOnForm
from app.points.views.blueprint import bp
from app.points.views.places import KEEPERS, community_asked, community_of

audit.describe("points.expiry_on", N_("switched on that points expire"))
audit.describe("points.expiry_off", N_("switched off that points expire"))
audit.describe("first_day", N_("first day of expiry:"))
audit.describe("place", N_("place no."))

publish(
    "/points/expiry.json",
    N_("Whether points expire"),
    {
        "place": N_("code of the community or village"),
        "name": N_("its name, in Chinese and English where there is one"),
        "expires": N_("whether points expire there"),
        "starts_at": N_("the first instant at which points may expire; null where they do not"),
    },
)


@bp.get("/points/expiry.json")
@bp.get("/points/expiry")
@access.anyone
def expiry() -> Response:
    return _expiry_page()


def _expiry_page(form: SwitchOnForm | None = None, code: str | None = None) -> Response:
    at = clock.now()
    communities, chosen = community_asked(code)
    known = dict(expiring.places_with_expiry())
    rule = known.get(chosen.id)
    own = current_user.is_verified and current_user.community_id == chosen.id
    return page(
        "points/expiry.html",
        status=form.status if form else 200,
        twin=lambda: {"items": [_row(one, known.get(one.id)) for one in communities], "next": None},
        communities=communities,
        chosen=chosen,
        rule=rule if rule and rule.is_on(at) else None,
        has_begun=rule is not None and rule.starts_at <= at,
        coming=expiring.outlook(current_user.household_id, at=at) if own else [],
        own=own,
        keeps=current_user.holds(*KEEPERS, at=chosen.path),
        form=form or SwitchOnForm(),
        ahead=lots.AHEAD,
        least=lots.LEAST_GRACE,
    )


def _row(place: Any, rule: lots.Rule | None) -> dict[str, Any]:
    on = rule if rule and rule.is_on(clock.now()) else None
    return {
        "place": place.code,
        "name": place.name.as_dict(),
        "expires": on is not None,
        "starts_at": on.starts_at if on else None,
    }


@bp.post("/points/expiry/<code>/on")
@access.role(*KEEPERS)
def switch_expiry_on(code: str) -> Response:
    place = community_of(code)
    form = SwitchOnForm()
    if form.validate_on_submit() and form.carries_out(
        lambda: switching.switch_on(place.id, days=form.days.data, by=current_user, at=clock.now())
    ):
        flash(_("Points expire here from now on; nothing expires before the day that stands below."))
        return to_page(".expiry", place=code)
    return _expiry_page(form, code)


@bp.post("/points/expiry/<code>/off")
@access.role(*KEEPERS)
@access.takes(SwitchOffForm)
def switch_expiry_off(code: str) -> Response:
    place = community_of(code)
    form = SwitchOffForm()
    if form.validate_on_submit() and form.carries_out(
        lambda: switching.switch_off(place.id, by=current_user, at=clock.now())
    ):
        flash(_("Points no longer expire here."))
        return to_page(".expiry", place=code)
    answer = SwitchOnForm(formdata=None)
    answer.refusal = form.refusal
    return _expiry_page(answer, code)

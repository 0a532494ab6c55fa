"""What is offered, and reserving it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, flash, request
from flask_babel import gettext as _
from flask_login import current_user

from app.kit import access, clock, say
from app.kit.i18n import shown
from app.kit.open_data import publish
from app.kit.pages import found, page, to_page
from app.kit.refusal import N_
from app.points import queries as points
from app.rewards import operations, queries, rules
from app.rewards.forms import ReserveForm
from app.rewards.views.doors import bp, secret

_FIELDS = {
    "id": N_("number of the reward"),
    "category": N_("daily, food, service, loan, learning or home"),
    "name": N_("name, in Chinese and English where there is one"),
    "description": N_("what one piece is"),
    "price_points": N_("price in points; 0 for a loan"),
    "left": N_("pieces that can still be reserved; null where none are counted"),
    "limit_per_month": N_("pieces for one household in a calendar month; null without a limit"),
    "community_id": N_("number of the community whose residents can reserve it"),
    "community": N_("name of that community"),
}
publish("/rewards.json", N_("Rewards"), _FIELDS)
publish(
    "/rewards/<id>.json", N_("One reward"), _FIELDS | {"pick_up": N_("where it is collected: name and opening hours")}
)


def _purse(at: datetime) -> Any:
    """Points of the reader's household, or None."""
    return points.balances(current_user.household_id, at=at) if current_user.household_id else None


@bp.get("/rewards.json")
@bp.get("/rewards")
@access.anyone
def catalogue() -> Response:
    at = clock.now()
    community_id = _community()
    category = request.args.get("category")
    category = category if category in rules.CATEGORIES else None
    offered = queries.categories(community_id)
    rows = queries.catalogue(community_id, category, after=request.args.get("after"), at=at)
    return page(
        "rewards/catalogue.html",
        twin=lambda: {"items": [_described(row) for row in rows.rows], "next": rows.next},
        rows=rows,
        category=category,
        categories={key: name for key, name in rules.CATEGORIES.items() if key in offered},
        place=request.args.get("place"),
        purse=_purse(at),
        serves="merchant" in current_user.role_names,
        keeps_stock="staff" in current_user.role_names,
    )


def _community() -> int | None:
    """Whose catalogue is asked for: `place`, else the reader's own community, else all."""
    wish = request.args.get("place", "")
    return int(wish) if wish.isascii() and wish.isdigit() and len(wish) < 10 else current_user.community_id


def _described(row: Any) -> dict[str, Any]:
    return {
        "id": row.id, "category": row.category, "name": row.name.as_dict(), "description": row.description.as_dict(),
        "price_points": row.price, "left": row.left, "limit_per_month": row.limit_count,
        "community_id": row.community_id, "community": row.community_name.as_dict(),
    }  # fmt: skip


@bp.get("/rewards/<int:item_id>.json")
@bp.get("/rewards/<int:item_id>")
@access.anyone
def reward(item_id: int) -> Response:
    return _reward_page(item_id)


def _reward_page(item_id: int, form: ReserveForm | None = None) -> Response:
    """The reward with its box to reserve; after a refusal the same page says why."""
    at = clock.now()
    row = found(queries.reward(item_id, current_user.household_id, at=at))
    if row.withdrawn_at is not None and form is None:
        found(None)
    pick_ups = queries.pick_ups(item_id)
    purse = _purse(at)
    reason = rules.reserve_refusal(
        queries.offer_of(row), current_user, available=purse.available if purse else 0, at=at
    )
    return page(
        "rewards/reward.html",
        fragment="reserve_box",
        status=form.status if form else 200,
        twin=lambda: (
            _described(row)
            | {"pick_up": [{"name": one.name.as_dict(), "hours": one.open_hours.as_dict()} for one in pick_ups]}
        ),
        row=row,
        pick_ups=pick_ups,
        hours={one.id: shown(one.open_hours) for one in pick_ups},
        purse=purse,
        form=form or ReserveForm.at_one_of(pick_ups),
        reason=(form.refusal if form else None) or reason,
        may_reserve=reason is None,
    )


@bp.post("/rewards/<int:item_id>/reserve")
@access.resident
def reserve(item_id: int) -> Response:
    found(queries.reward(item_id, None, at=clock.now()))
    form = ReserveForm.at_one_of(queries.pick_ups(item_id))
    if form.validate_on_submit() and form.carries_out(
        lambda: operations.reserve(
            item_id, merchant_id=form.pick_up.data, key=secret(), by=current_user, at=clock.now()
        )
    ):
        flash(_what_is_reserved(found(queries.order_of(form.result_id or 0, current_user.household_id))))
        return to_page(".order", order_id=form.result_id)
    return _reward_page(item_id, form)


def _what_is_reserved(order: Any) -> str:
    """words.md sentence 29."""
    item, place = (shown(words).striptags() for words in (order.item_name, order.merchant_name))  # a plain sentence
    said = {"item": item, "place": place, "day": say.until(order.expires_at)}
    if not order.price:
        return _("%(item)s is reserved. Collect it at %(place)s before %(day)s with your code.", **said)
    return _(
        "%(item)s is reserved and %(points)s points are held. Collect it at %(place)s before %(day)s with your code; "
        "after that everything is released.",
        points=order.price,
        **said,
    )

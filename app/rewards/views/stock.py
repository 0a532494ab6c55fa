"""The stock, as committee staff keep it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, request
from flask_babel import gettext as _
from flask_login import current_user

from app.kit import access, clock
from app.kit.pages import found, page, to_page
from app.rewards import operations, queries
from app.rewards.forms import RestockForm, StockForm
from app.rewards.views.doors import bp


@bp.get("/rewards/manage")
@access.role("staff")
def manage() -> Response:
    rows = queries.managed(current_user, after=request.args.get("after"), at=clock.now())
    return page("rewards/manage.html", rows=rows)


@bp.get("/rewards/<int:item_id>/stock")
@access.role("staff")
def stock(item_id: int) -> Response:
    return _stock_page(item_id)


def _stock_page(item_id: int, form: RestockForm | None = None) -> Response:
    row = found(queries.managed_item(current_user, item_id, at=clock.now()))
    status = form.status if form else 200
    moves = queries.stock_moves(item_id)
    return page("rewards/stock.html", status=status, row=row, moves=moves, form=form or RestockForm())


@bp.post("/rewards/<int:item_id>/restock")
@access.role("staff")
def restock(item_id: int) -> Response:
    found(queries.managed_item(current_user, item_id, at=clock.now()))
    form = RestockForm()
    if form.validate_on_submit() and form.carries_out(
        lambda: operations.restock(item_id, quantity=form.quantity.data, by=current_user, at=clock.now())
    ):
        flash(_("%(num)s pieces were added; residents see the new stock at once.", num=form.quantity.data))
        return to_page(".stock", item_id=item_id)
    return _stock_page(item_id, form)


@bp.post("/rewards/<int:item_id>/withdraw")
@access.role("staff")
def withdraw(item_id: int) -> Response:
    said = _("Taken out of the catalogue. What is reserved can still be collected.")
    return _change_offer(item_id, operations.withdraw, said)


@bp.post("/rewards/<int:item_id>/put-back")
@access.role("staff")
def put_back(item_id: int) -> Response:
    return _change_offer(item_id, operations.put_back, _("Back in the catalogue; residents can reserve it again."))


def _change_offer(item_id: int, act: Callable[..., Any], said: str) -> Response:
    found(queries.managed_item(current_user, item_id, at=clock.now()))
    if StockForm().validate_on_submit():
        act(item_id, by=current_user, at=clock.now())
        flash(said)
    return to_page(".stock", item_id=item_id)

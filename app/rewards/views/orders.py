"""A household's orders: the voucher, until when, where, and giving it up."""

from __future__ import annotations

from flask import Response, current_app, flash, request
from flask_babel import gettext as _
from flask_login import current_user

from app.kit import access, clock, qr
from app.kit.pages import found, page, to_page
from app.rewards import operations, queries, vouchers
from app.rewards.forms import CancelForm
from app.rewards.rules import STATES
from app.rewards.views.doors import bp, secret, standing


@bp.get("/orders")
@access.resident
def orders() -> Response:
    at = clock.now()
    rows = queries.orders_of(current_user.household_id, after=request.args.get("after"))
    return page("rewards/orders.html", rows=rows, states=[standing(row).now(at) for row in rows.rows], words=STATES)


@bp.get("/orders/<int:order_id>")
@access.resident
def order(order_id: int) -> Response:
    return _order_page(order_id)


def _order_page(order_id: int, form: CancelForm | None = None) -> Response:
    at = clock.now()
    row = found(queries.order_of(order_id, current_user.household_id))
    state = standing(row).now(at)
    digits = vouchers.digits(secret(), row.nonce)
    steps = [(step.state, step.at) for step in queries.changes_of(order_id)]
    if state == "expired" and row.state == "held":
        steps.append((state, row.expires_at))
    return page(
        "rewards/order.html",
        status=form.status if form else 200,
        row=row,
        state=state,
        words=STATES,
        digits=vouchers.grouped(digits),
        code=qr.drawing(_counter_address(digits), says=_("Code to scan; the digits below do the same")),
        steps=steps,
        form=form or CancelForm(),
    )


def _counter_address(digits: str) -> str:
    """What the code says: the counter with these digits filled in, for a clerk who scans with a telephone."""
    return f"{current_app.config['SETTINGS'].base_url}/counter?voucher={digits}"


@bp.post("/orders/<int:order_id>/cancel")
@access.resident
def cancel(order_id: int) -> Response:
    found(queries.order_of(order_id, current_user.household_id))
    form = CancelForm()
    if form.validate_on_submit() and form.carries_out(
        lambda: operations.cancel(order_id, by=current_user, at=clock.now())
    ):
        flash(_("The reservation is cancelled, and what was held for it is free again."))
        return to_page(".order", order_id=order_id)
    return _order_page(order_id, form)

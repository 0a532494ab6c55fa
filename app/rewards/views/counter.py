"""The counter: read a voucher, hand over, and what went out today."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, request
from flask_babel import gettext as _
from flask_login import current_user

from app.kit import access, clock, db
from app.kit.i18n import shown
from app.kit.pages import found, page, to_page, wants_fragment
from app.people import operations as people
from app.rewards import operations, queries, rules, vouchers
from app.rewards.forms import RedeemForm, VoucherForm
from app.rewards.views.doors import bp, secret


@bp.get("/counter")
@access.role("merchant", "staff")
def counter() -> Response:
    form = VoucherForm()
    form.voucher.data = request.args.get("voucher", "")[: vouchers.DIGITS]
    return _counter_page(form)


@bp.post("/counter/look-up")
@access.role("merchant", "staff")
def look_up() -> Response:
    """What lies ready for this voucher: the goods and until when, never whose they are."""
    form = VoucherForm()
    if form.validate_on_submit() and form.carries_out(
        lambda: operations.show_at_counter(form.voucher.data, key=secret(), by=current_user, at=clock.now())
    ):
        return _counter_page(form, ready=_order_of(form.voucher.data))
    return _counter_page(form)


@bp.post("/counter/redeem")
@access.role("merchant", "staff")
def redeem() -> Response:
    form = RedeemForm()
    if form.validate_on_submit() and form.carries_out(
        lambda: operations.redeem(form.voucher.data, key=secret(), by=current_user, at=clock.now())
    ):
        item = shown(_order_of(form.voucher.data).item_name).striptags()
        done = _("Handed over: %(item)s. It stands in today's list; the next voucher can be read.", item=item)
        if wants_fragment():
            return _counter_page(VoucherForm(formdata=None), done=done)
        flash(done)
        return to_page(".counter")
    return _counter_page(VoucherForm.after(form))


def _order_of(voucher: str) -> Any:
    return found(queries.order_by_voucher(vouchers.digest(secret(), voucher)))


def _counter_page(form: VoucherForm, *, ready: Any = None, done: str = "") -> Response:
    """The counter. A voucher that fits nothing is counted against the clerk once the refused request is undone."""
    at = clock.now()
    if form.refusal == rules.UNKNOWN_VOUCHER:
        clerk = vouchers.clerk_key(secret(), current_user.id)
        db.afterwards(lambda: people.note_failure(clerk, at=at))
    counters = queries.counters_of(current_user)
    answer = page(
        "rewards/counter.html",
        fragment="counter_box",
        status=form.status,
        form=form,
        redeem_form=RedeemForm(formdata=None, voucher=form.voucher.data),
        ready=ready,
        done=done,
        counters=counters,
        till=queries.handed_over_today([one.id for one in counters], at=at),
    )
    if form.status == 429:
        answer.headers["Retry-After"] = str(int(rules.WRONG_VOUCHER_WINDOW.total_seconds()))
    return answer

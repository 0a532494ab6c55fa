"""What is typed to reserve, to hand over and to keep stock."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Self

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import ValidationError

from app.kit.fields import Form, OnceForm, code_field, whole_number
from app.kit.i18n import shown
from app.rewards.rules import MOST_RESTOCK
from app.rewards.vouchers import DIGITS


def _row_id(value: str) -> int:
    """An id as a browser sends it; 0, which no row has, for anything else."""
    return int(value) if re.fullmatch(r"\d{1,9}", str(value), re.ASCII) else 0


class ReserveForm(OnceForm):
    """Where to collect it; where there is only one pick-up point nothing needs to be chosen."""

    pick_up = RadioField(_l("Where I collect it"), coerce=_row_id, validate_choice=False)

    @classmethod
    def at_one_of(cls, points: Sequence[Any]) -> Self:
        form = cls()
        form.pick_up.choices = [(point.id, shown(point.name)) for point in points]
        if form.pick_up.data is None and len(points) == 1:
            form.pick_up.data = points[0].id
        return form

    def validate_pick_up(self, field: RadioField) -> None:
        if field.data not in [value for value, _ in field.choices]:
            raise ValidationError(_l("Please choose where to collect it."))


class CancelForm(OnceForm):
    """Nothing but the wish itself."""


def _twelve_digits(_form: Form, field: Any) -> None:
    if not re.fullmatch(rf"\d{{{DIGITS}}}", field.data or "", re.ASCII):
        raise ValidationError(_l("A voucher has twelve digits. Spaces between them do not matter."))


class VoucherForm(Form):
    """The digits that somebody shows at the counter."""

    voucher = code_field(_l("Digits of the voucher"), most=40)
    validate_voucher = staticmethod(_twelve_digits)

    @classmethod
    def after(cls, failed: RedeemForm) -> Self:
        """The same digits to look at again, with what was wrong when they were to be redeemed."""
        form = cls(formdata=None, voucher=failed.voucher.data)
        form.voucher.errors = failed.voucher.errors
        form.refusal = failed.refusal
        return form


class RedeemForm(OnceForm):
    """The digits once more, with the press of the button that hands the goods over."""

    voucher = code_field(_l("Digits of the voucher"), most=40)
    validate_voucher = staticmethod(_twelve_digits)


class RestockForm(OnceForm):
    """How many pieces came in."""

    quantity = whole_number(_l("How many came in"), least=1, most=MOST_RESTOCK)


class StockForm(Form):
    """Taking a reward out of the catalogue, or putting it back."""

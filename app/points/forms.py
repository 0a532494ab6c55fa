"""What staff type about points that expire and about goods funds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from app.kit.fields import Form, OnceForm, text_field, whole_number
from app.kit.i18n import language
from app.kit.periods import Period
from app.points.budget import MOST_FUND
from app.points.lots import LEAST_GRACE, MOST_GRACE


class SwitchOnForm(OnceForm):
    """How much time people have before the first points expire."""

    days = whole_number(
        _l("Days until the first points may expire"), least=LEAST_GRACE, most=MOST_GRACE, default=LEAST_GRACE
    )


class SwitchOffForm(Form):
    """Nothing but the wish itself."""


class FundForm(OnceForm):
    """What is set aside for goods in a quarter, and why."""

    quarter = SelectField(_l("Quarter"))
    amount = whole_number(_l("Goods fund, in whole yuan"), least=0, most=MOST_FUND)
    why = text_field(_l("Where the money comes from, or why it changes"), least=2, most=200, lines=True)

    @classmethod
    def for_one_of(cls, quarters: Sequence[Period], chosen: Period) -> Self:
        form = cls(quarter=chosen.key if chosen in quarters else quarters[0].key)
        form.quarter.choices = [(one.key, _heading(one)) for one in quarters]
        return form


def _heading(quarter: Period) -> str:
    """2026年第四季度; Fourth quarter of 2026."""
    words = quarter.words.into(language())
    return words[:1].upper() + words[1:]

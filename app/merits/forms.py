"""What is typed about the tariff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, SelectField
from wtforms import Form as PlainRows

from app.kit.fields import OnceForm, row_id, text_field, whole_number
from app.kit.i18n import language
from app.merits.rules import MOST

ROWS = 5


class LineRow(PlainRows):
    """One line of the tariff with other amounts."""

    code = SelectField(_l("Line"), default="")
    honour = whole_number(_l("Honour"), least=0, most=MOST, needed=False)
    points = whole_number(_l("Points to spend"), least=0, most=MOST, needed=False)


class SimulationForm(OnceForm):
    """Up to five lines of the tariff in force with other amounts."""

    title = text_field(_l("What do you want to try?"), least=2, most=80)
    place = SelectField(_l("For which place?"), coerce=row_id)
    lines = FieldList(FormField(LineRow), min_entries=ROWS, max_entries=ROWS)

    def offer(self, places: Sequence[Any], lines: Sequence[tuple[str, str]]) -> None:
        """The places that this person may try something for, and the lines as (code, words)."""
        self.place.choices = [(one.id, one.name.into(language())) for one in places]
        for row in self.lines:
            row.form.code.choices = [("", _l("no line")), *lines]

    def validate(self, extra_validators: Any = None) -> bool:
        fine = super().validate(extra_validators)
        rows = [row.form for row in self.lines]
        wrong = [_wrong_with(row) for row in rows]
        if not any(row.code.data for row in rows) and not any(wrong):
            wrong[0] = _l("Choose a line and give it at least one other amount.")
        for row, said in zip(rows, wrong, strict=True):
            if said:
                row.code.errors = [said]
        if fine and any(wrong):
            self.lines.errors, fine = [{"code": row.code.errors} for row in rows if row.code.errors], False
        return fine

    def amounts(self) -> Mapping[str, dict[str, int]]:
        """For each line that was chosen, its other amounts; what was left empty is not among them."""
        return {row.form.code.data: _given(row.form) for row in self.lines if row.form.code.data}


def _given(row: LineRow) -> dict[str, int]:
    return {asset: row[asset].data for asset in ("honour", "points") if row[asset].data is not None}


def _wrong_with(row: LineRow) -> Any:
    """What is missing in a row, if anything."""
    given = _given(row)
    if given and not row.code.data:
        return _l("Choose the line whose amount this is.")
    if row.code.data and not given:
        return _l("Choose a line and give it at least one other amount.")
    if given and not any(given.values()) and len(given) == 2:
        return _l("At least one of the two amounts is more than nothing.")
    return None

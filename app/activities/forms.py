"""What is typed about activities."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import time

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.activities.repeating import ShiftPlan, between, clock_time
from app.activities.rules import KINDS, MARKS, OLDEST
from app.kit.fields import Form, OnceForm, clock_field, code_field, date_field, text_field, whole_number

MOST_PLACES = 9999
LARGEST_ID = 2**31 - 1


class TimesForm(OnceForm):
    """One shift: its day, its times, how many places, how few are enough."""

    day = date_field(_l("Day"))
    starts = clock_field(_l("Begins"))
    ends = clock_field(_l("Ends"))
    capacity = whole_number(_l("Places"), least=1, most=MOST_PLACES)
    minimum = whole_number(_l("At least"), least=1, most=MOST_PLACES)

    def validate_minimum(self, field: StringField) -> None:
        if self.capacity.data is not None and field.data is not None and field.data > self.capacity.data:
            raise ValidationError(_l("That is more than there are places."))

    @property
    def shift(self) -> ShiftPlan:
        starts, ends = (clock_time(str(field.data)) for field in (self.starts, self.ends))
        return between(self.day.data, starts, ends, capacity=self.capacity.data, minimum=self.minimum.data)

    def suggest(self, starts: time, ends: time) -> None:
        """What the empty form shows."""
        self.starts.data, self.ends.data = f"{starts:%H:%M}", f"{ends:%H:%M}"
        self.capacity.data, self.minimum.data = 10, 1


class WordsForm(Form):
    """The words of an activity."""

    title = text_field(_l("What is it called?"), most=80, least=2)
    description = text_field(_l("What will be done, and what should people bring?"), most=2000, least=2, lines=True)


class _Choice(SelectField):
    """One of the values offered; anything else is refused with our own sentence."""

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002
        if self.data not in [value for value, _label in self.choices or []]:
            raise ValidationError(_l("Please choose one of these."))


class ActivityForm(TimesForm, WordsForm):
    """A new activity with its first shift."""

    kind = _Choice(_l("Kind"))
    place = _Choice(_l("For whom"))
    spot = _Choice(_l("Where people meet"))
    tariff = code_field(_l("Tariff line"), most=8, needed=False)
    marks = SelectMultipleField(
        _l("Special circumstances"),
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    age_from = whole_number(_l("From what age"), least=1, most=OLDEST, needed=False)

    def offer(self, places: Iterable[tuple[int, str]], spots: Iterable[tuple[int, str]]) -> None:
        """What there is to choose from; ids with their names in the reader's language."""
        self.kind.choices = [(key, _(name)) for key, name in KINDS.items()]
        self.marks.choices = [(key, _(name)) for key, name in MARKS.items()]
        self.place.choices = [(str(one), name) for one, name in places]
        self.spot.choices = [("", _("To be told later")), *((str(one), name) for one, name in spots)]

    def validate_tariff(self, field: StringField) -> None:
        if field.data and not re.fullmatch(r"[A-Z]\d{2}", field.data, re.ASCII):
            raise ValidationError(_l("A line of the tariff such as V01, please, or nothing."))

    def validate_marks(self, field: SelectMultipleField) -> None:
        if any(mark not in MARKS for mark in field.data or []):
            raise ValidationError(_l("Please choose one of these."))


class ReasonForm(Form):
    """A public reason, or the text of a report."""

    why = text_field(_l("Public reason"), most=2000, least=4, lines=True)


class PlainForm(Form):
    """A button without anything to type."""


class ShiftForm(OnceForm):
    """A place on one shift: taken or given up."""

    shift = whole_number("", least=1, most=LARGEST_ID)


class CapacityForm(ShiftForm):
    """How many places a shift has from now on."""

    capacity = whole_number(_l("Places"), least=1, most=MOST_PLACES)


class CheckInForm(OnceForm):
    """The six digits on the organiser's screen; a scanned code brings them along."""

    code = code_field(_l("The six digits on the screen"), most=12)

    def validate_code(self, field: StringField) -> None:
        if not re.fullmatch(r"\d{6}", field.data or "", re.ASCII):
            raise ValidationError(_l("Six digits, please; they are below the square code on the screen."))


class CheckOutForm(OnceForm):
    """Leaving."""


class RosterForm(ShiftForm):
    """One person on the roster of a shift."""

    resident = whole_number("", least=1, most=LARGEST_ID)

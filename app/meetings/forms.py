"""What is typed about meetings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from app.kit import clock
from app.kit.fields import (
    LARGEST_ID,
    Form,
    OnceForm,
    clock_field,
    date_field,
    file_field,
    row_id,
    text_field,
    whole_number,
)
from app.kit.i18n import language, shown
from app.kit.words import Words
from app.meetings.rules import KINDS, MOST_POINTS, MOST_SEATS, PARTS


def typed(text: str) -> Words:
    """What somebody wrote, in the language it is written in."""
    return Words.typed(text, language())


def lines_of(text: str | None) -> list[Words]:
    """One point a line; a number or a dash that somebody put before it is left out."""
    lines = (line.strip().lstrip("-•·").strip() for line in (text or "").split("\n"))
    return [typed(line) for line in lines if line]


class _Choice(SelectField):
    """One of the values offered; anything else is refused with our own sentence."""

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002
        if self.data not in [choice.value for choice in self.choices or []]:
            raise ValidationError(_l("Please choose one of these."))


class WhenForm(Form):
    """A day with its times."""

    day = date_field(_l("Day"))
    starts = clock_field(_l("Begins"))
    ends = clock_field(_l("Ends"))

    @property
    def starts_at(self) -> datetime:
        return self._on_the_day(self.starts.data)

    @property
    def ends_at(self) -> datetime:
        return self._on_the_day(self.ends.data)

    def _on_the_day(self, text: str) -> datetime:
        hour, _sign, minute = text.partition(":")
        return clock.at_local(self.day.data, time(int(hour), int(minute)))

    def show(self, starts_at: datetime, ends_at: datetime) -> None:
        """Begin with this time."""
        starts, ends = clock.local(starts_at), clock.local(ends_at)
        self.day.data, self.starts.data, self.ends.data = starts.date(), f"{starts:%H:%M}", f"{ends:%H:%M}"


class ChangeForm(Form):
    """Where it is held, for how many, and what is on the agenda."""

    where = text_field(_l("Where"), least=2, most=80)
    capacity = whole_number(_l("Seats"), least=1, most=MOST_SEATS, needed=False)
    agenda = text_field(_l("Agenda, one point a line"), least=2, most=3000, lines=True)

    def validate_agenda(self, field: Any) -> None:
        if len(lines_of(field.data)) > MOST_POINTS:
            raise ValidationError(_l("At most %(most)s points, please.", most=MOST_POINTS))

    def show_words(self, where: Words, capacity: int | None, agenda: Sequence[Words]) -> None:
        """Begin with what stands."""
        self.where.data, self.capacity.data = where.into(language()), capacity
        self.agenda.data = "\n".join(text.into(language()) for text in agenda)


class SittingForm(ChangeForm, WhenForm, OnceForm):
    """A sitting on a topic."""

    title = text_field(_l("What is it about, in one line?"), least=2, most=80)


class CallForm(SittingForm):
    """A meeting of any kind."""

    kind = _Choice(_l("Kind"), choices=[SelectChoice(key, _l(words)) for key, words in KINDS.items()])
    place = _Choice(_l("For whom"), coerce=row_id)

    def offer(self, places: Sequence[Any]) -> None:
        self.place.choices = [SelectChoice(place.id, shown(place.name)) for place in places]


class PutOffForm(WhenForm):
    """Another time, and why."""

    why = text_field(_l("The reason, for everybody to read"), least=4, most=500, lines=True)


class CallOffForm(Form):
    """It does not take place, and why."""

    off_why = text_field(_l("The reason, for everybody to read"), least=4, most=500, lines=True)


class SignUpForm(OnceForm):
    """A seat, and what one would like to hear about."""

    question = text_field(
        _l("A question that you bring (only the committee reads it beforehand)"), most=500, needed=False, lines=True
    )

    def words(self) -> Words | None:
        return typed(self.question.data) if self.question.data else None


class WithdrawForm(OnceForm):
    """The seat is given back."""


class MarkForm(Form):
    """One resident of the list."""

    resident = whole_number("", least=1, most=LARGEST_ID)


class TypedForm(OnceForm):
    """Somebody at the door who is not on the list."""

    who = text_field(_l("Telephone or full name"), most=40)
    part = _Choice(_l("Here as"), choices=[SelectChoice(key, _l(words)) for key, words in PARTS.items()])
    guest = BooleanField(_l("A guest who does not live here: note the name as it is typed"))


class MinutesForm(OnceForm):
    """What was said and agreed."""

    corrects = text_field(_l("What does this text correct?"), least=4, most=500, needed=False)
    text = text_field(_l("What was said"), least=10, most=8000, lines=True)
    conclusions = text_field(_l("What was agreed, one conclusion a line"), most=3000, needed=False, lines=True)
    file = file_field(_l("A file, if there is one: the signed paper or a photo"), kinds=["pdf", "image"])

    def validate_conclusions(self, field: Any) -> None:
        if len(lines_of(field.data)) > MOST_POINTS:
            raise ValidationError(_l("At most %(most)s points, please.", most=MOST_POINTS))

    def correction(self) -> Words | None:
        return typed(self.corrects.data) if self.corrects.data else None


class PlainForm(Form):
    """Nothing but the press of the button."""

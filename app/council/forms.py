"""What is typed about topics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from app.ballots.asking import AskForm
from app.council.rules import KINDS
from app.kit.fields import Form, OnceForm, code_field, date_field, row_id, text_field, whole_number
from app.kit.i18n import language
from app.kit.words import Words

MOST_DAYS, MOST_OPTIONS, MOST_POINTS = 60, 12, 20


class TopicForm(OnceForm):
    """A new topic."""

    place = SelectField(_l("Which place does it concern?"), coerce=row_id, validate_choice=True)
    kind = SelectField(_l("What is it about?"), choices=[SelectChoice(key, _l(words)) for key, words in KINDS.items()])
    title = text_field(_l("The matter in one line"), least=4, most=60)
    body = text_field(_l("What is the matter, and what do you suggest?"), least=10, most=4000, lines=True)

    def offer(self, places: Sequence[Any]) -> None:
        self.place.choices = [SelectChoice(place.id, place.name.into(language())) for place in places]


class BallotForm(AskForm):
    """A topic put to the vote, with what is decided if it carries."""

    points = text_field(_l("What is decided if it carries, one point a line"), most=4000, needed=False, lines=True)

    def validate_points(self, field: Any) -> None:
        if len(self.chosen_points()) > MOST_POINTS:
            raise ValidationError(_l("At most %(most)s points, please.", most=MOST_POINTS))

    def chosen_points(self) -> list[Words]:
        """The points of the resolution, in the order in which they were written."""
        lines = (line.strip() for line in (self.points.data or "").split("\n"))
        return [Words.typed(line, language()) for line in lines if line]


class ReasonForm(Form):
    """A step with its public reason; `into` is the number of the topic that goes on."""

    why = text_field(_l("The reason, for everybody to read"), least=4, most=500, needed=False, lines=True)
    into = code_field(_l("Number of the topic that goes on, for example 2026-012"), most=12, needed=False)

    def reason(self) -> Words | None:
        return Words.typed(self.why.data, language()) if self.why.data else None


class ExtendForm(ReasonForm):
    """Some more days."""

    days = whole_number(_l("More days"), least=1, most=30)


class PromiseForm(OnceForm):
    """Who does what by when."""

    what = text_field(_l("What is done"), least=2, most=200)
    owner = text_field(_l("Which body does it?"), least=2, most=80)
    owner_id = SelectField(_l("Who looks after it and reports progress?"), coerce=row_id, validate_choice=True)
    due_on = date_field(_l("By which day?"))

    def offer(self, people: Sequence[tuple[int, str]]) -> None:
        """People to choose from; nobody (0) is a choice too: then the committee reports."""
        self.owner_id.choices = [SelectChoice(0, _l("The committee itself")), *(SelectChoice(*one) for one in people)]
        if self.owner_id.data is None:
            self.owner_id.data = 0


class PlainForm(Form):
    """A step that needs nothing but the press of its button."""

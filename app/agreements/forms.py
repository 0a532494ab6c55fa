"""What is typed about agreements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from app.agreements.operations import OwnLine
from app.agreements.rules import MOST_DAYS, MOST_SIGNS, USUAL_DAYS
from app.ballots.asking import TermsForm
from app.kit.fields import NEEDED, Form, OnceForm, date_field, row_id, text_field, whole_number
from app.kit.i18n import language
from app.kit.words import Words

WINDOWS = {
    "day": _l("a day"),
    "week": _l("a week"),
    "month": _l("a month"),
    "quarter": _l("a quarter"),
    "year": _l("a year"),
}
MOST_AMOUNT, MOST_TIMES = 100, 100


class AgreementForm(OnceForm):
    """A new agreement."""

    place = SelectField(_l("Which place is it for?"), coerce=row_id, validate_choice=True)
    title = text_field(_l("What is the agreement called?"), least=4, most=40)
    preamble = text_field(_l("What is it for, in a sentence or two?"), least=6, most=200, lines=True)

    def offer(self, places: Sequence[Any]) -> None:
        self.place.choices = [SelectChoice(place.id, place.name.into(language())) for place in places]


class ArticleForm(Form):
    """One article: its text in the language of the page, and in the other one where somebody wrote it."""

    text = text_field(_l("The article"), least=4, most=MOST_SIGNS, lines=True)
    other = text_field(_l("The same in the other language"), least=4, most=MOST_SIGNS, needed=False, lines=True)

    def words(self) -> Words:
        mine = Words.typed(self.text.data, language())
        if not self.other.data:
            return mine
        return Words(zh=self.text.data, en=self.other.data) if mine.zh else Words(zh=self.other.data, en=mine.en)


class NewArticleForm(ArticleForm):
    """An article to be added behind another one."""

    after = whole_number(_l("After article number (0: at the beginning)"), least=0, most=99, needed=False)


class NoteForm(Form):
    """What is new in a version."""

    note = text_field(_l("What is new, in one line"), least=2, most=80, needed=False)

    def words(self) -> Words | None:
        return Words.typed(self.note.data, language()) if self.note.data else None


class RuleForm(Form):
    """A points rule: a line of the tariff that the article names or, with amounts, sets itself."""

    code = SelectField(_l("Line of the tariff"), validate_choice=True)
    behaviour = text_field(_l("What for, in the article's own words"), least=2, most=60, needed=False)
    honour = whole_number(_l("Honour"), least=0, most=MOST_AMOUNT, needed=False)
    points = whole_number(_l("Points to spend"), least=0, most=MOST_AMOUNT, needed=False)
    limit = whole_number(_l("At most so many times"), least=1, most=MOST_TIMES, needed=False)
    window = SelectField(_l("within"), choices=[SelectChoice(*one) for one in WINDOWS.items()], default="month")
    per = SelectField(
        _l("counted for"),
        choices=[SelectChoice("resident", _l("each person")), SelectChoice("household", _l("each household"))],
    )

    def offer(self, lines: Sequence[Any]) -> None:
        self.code.choices = [SelectChoice(one.code, f"{one.code} {one.behaviour.into(language())}") for one in lines]

    def validate_code(self, _field: Any) -> None:
        beside = self.behaviour.data or self.limit.data is not None
        if beside and not self.honour.data and not self.points.data:
            raise ValidationError(_l("Say how much it earns; or leave all of these empty to take the line as it is."))

    def own(self) -> OwnLine | None:
        """What the article sets itself; None when it only names the line."""
        if not self.honour.data and not self.points.data:
            return None
        return OwnLine(
            honour=self.honour.data or 0, points=self.points.data or 0, limit=self.limit.data,
            behaviour=Words.typed(self.behaviour.data, language()) if self.behaviour.data else None,
            window=self.window.data, per=self.per.data,
        )  # fmt: skip


class ConsultForm(Form):
    """For how long a version is out for comment."""

    days = whole_number(_l("Days for comments"), least=1, most=MOST_DAYS, default=USUAL_DAYS)


class AdoptionForm(TermsForm):
    """The ballot on a version; one vote a household."""

    effective_from = date_field(_l("Day of effect"))


class ReasonForm(Form):
    """A step with its public reason."""

    why = text_field(_l("The reason, for everybody to read"), least=4, most=500, needed=False, lines=True)

    def reason(self) -> Words | None:
        return Words.typed(self.why.data, language()) if self.why.data else None


class ExtendForm(ReasonForm):
    """Some more days."""

    days = whole_number(_l("More days"), least=1, most=30)


class SignForm(OnceForm):
    """The household's signature; `version` is the number of the one that was read."""

    version = HiddenField()

    def validate_version(self, field: HiddenField) -> None:
        if field.data and not (field.data.isascii() and field.data.isdecimal() and len(field.data) < 6):
            raise ValidationError(NEEDED)

    @property
    def wish(self) -> int | None:
        return int(self.version.data) if self.version.data else None


class PlainForm(Form):
    """A step that needs nothing but the press of its button."""

"""What is typed about cases. No two forms of a page share the name of a field that is seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from app.kit.fields import OnceForm, date_field, file_field, row_id, text_field
from app.kit.filetypes import Kind

PHOTO: tuple[Kind, ...] = ("image",)
MOST_TEXT = 1000
CHOOSE = _l("Please choose one of these.")


class CaseForm(OnceForm):
    """What was found, and by when it is to be put right."""

    line = SelectField(_l("Line of the tariff"), coerce=row_id, validate_choice=False)
    title = text_field(_l("The place or thing, in one line"), least=4, most=60)
    text = text_field(_l("What was found"), least=6, most=MOST_TEXT, lines=True)
    happened_on = date_field(_l("Found on"))
    cure_on = date_field(_l("To be put right by"))
    photo = file_field(_l("A photo"), kinds=PHOTO)
    masked = BooleanField(_l("Faces and number plates are covered in the photo"))

    def offer(self, lines: Sequence[Any], said: Sequence[str], *, today: date, cure_on: date) -> None:
        """The lines to choose from in words; a fresh form begins with these days."""
        self.line.choices = [SelectChoice(one.id, words) for one, words in zip(lines, said, strict=True)]
        if self.happened_on.raw_data is None:
            self.happened_on.data, self.cure_on.data = today, cure_on


class FalseClaimForm(OnceForm):
    """Which award was claimed falsely, and what was found out."""

    award = SelectField(_l("What was claimed"), coerce=row_id, validate_choice=False)
    findings = text_field(_l("What was found out"), least=6, most=MOST_TEXT, lines=True)

    def offer(self, awards: Sequence[Any], said: Sequence[str]) -> None:
        self.award.choices = [SelectChoice(one.id, words) for one, words in zip(awards, said, strict=True)]


class CureForm(OnceForm):
    """The household says that it is put right."""

    cure_photo = file_field(_l("A photo of it now"), kinds=PHOTO, needed=True)
    cure_text = text_field(_l("A few words"), most=300, needed=False)


class ExcuseForm(OnceForm):
    """The household says why a shift was missed."""

    cure_text = text_field(_l("Why it was missed"), least=4, most=300)


class LookForm(OnceForm):
    """Whether what was sent shows that it is put right."""

    look = RadioField(
        _l("Is it put right?"),
        choices=[SelectChoice("yes", _l("It is put right")), SelectChoice("no", _l("Not yet"))],
        validators=[InputRequired(CHOOSE)],
    )
    look_why = text_field(_l("What you saw, for the household to read"), least=2, most=300)


class SeenForm(OnceForm):
    """Staff saw themselves that it is put right."""

    seen_text = text_field(_l("What you saw there"), least=2, most=300)


class CancelForm(OnceForm):
    """It was a mistake."""

    cancel_why = text_field(_l("Why, for the household to read"), least=2, most=300)


class DecideForm(OnceForm):
    """The second person's word on a proposed deduction."""

    decision = RadioField(
        _l("Is the deduction right?"),
        choices=[
            SelectChoice("confirmed", _l("Confirm the deduction")),
            SelectChoice("declined", _l("Decline it: nothing is deducted")),
        ],
        validators=[InputRequired(CHOOSE)],
    )
    decide_why = text_field(_l("The reason, for the household to read"), least=6, most=MOST_TEXT, lines=True)


class AppealForm(OnceForm):
    """What the household says against a deduction."""

    appeal_text = text_field(_l("What speaks against the deduction?"), least=6, most=MOST_TEXT, lines=True)
    appeal_photo = file_field(_l("A photo that shows it"), kinds=PHOTO)


class EvidenceForm(OnceForm):
    """What the household handed in on paper."""

    evidence_text = text_field(_l("What the new evidence shows"), least=6, most=MOST_TEXT, lines=True)
    evidence_photo = file_field(_l("A picture of it"), kinds=PHOTO)


class OpinionForm(OnceForm):
    """What somebody decides on an appeal."""

    opinion = RadioField(
        _l("Is the appeal right?"),
        choices=[
            SelectChoice("upheld", _l("Uphold it: nothing stays deducted")),
            SelectChoice("not_upheld", _l("The deduction stands")),
        ],
        validators=[InputRequired(CHOOSE)],
    )
    opinion_text = text_field(_l("The reason for it, for the household to read"), least=6, most=MOST_TEXT, lines=True)

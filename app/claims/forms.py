"""What is typed about claims and their review."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from app.kit.discretion import names_a_door
from app.kit.fields import (
    NEEDED,
    Form,
    OnceForm,
    code_field,
    date_field,
    file_field,
    row_id,
    text_field,
    whole_number,
)
from app.kit.filetypes import Kind
from app.kit.i18n import language
from app.kit.words import Words
from app.people.forms import place_words

PHOTO: tuple[Kind, ...] = ("image",)
MOST_TEXT = 1000
AGREED = _l("Everybody who can be recognised on the photos has agreed")


class WithPhotos(OnceForm):
    """Up to three pictures, and that whoever is on them has agreed."""

    photo = file_field(_l("A photo"), kinds=PHOTO)
    photo2 = file_field(_l("A second photo"), kinds=PHOTO)
    photo3 = file_field(_l("A third photo"), kinds=PHOTO)
    agreed = BooleanField(AGREED)

    @property
    def photos(self) -> list[Any]:
        return [one.data for one in (self.photo, self.photo2, self.photo3) if one.data]


class DeedForm(WithPhotos):
    """A deed of one day. Its line in one sentence stands on the public notice: no door, no telephone."""

    title = text_field(_l("The deed in one line"), least=2, most=40)
    deed_on = date_field(_l("On which day?"))
    spot = text_field(_l("Where was it?"), least=2, most=60)
    occasion = text_field(_l("Which one? Its name or number"), least=2, most=60, needed=False)

    def validate_title(self, field: Any) -> None:
        if names_a_door(field.data):
            raise ValidationError(
                _("This line is put on public notice: leave out door numbers, telephone and identity numbers.")
            )


class ClaimForm(DeedForm):
    """A deed that somebody claims."""

    line = code_field(_l("Line of the tariff"), most=16)
    text = text_field(_l("What did you do?"), least=6, most=MOST_TEXT, lines=True)
    group = SelectField(_l("For a household of this group"), coerce=row_id, validate_choice=True, default=0)
    door = text_field(_l("Their door"), most=40, needed=False)

    def offer(self, groups: Sequence[Any]) -> None:
        """The groups in which the other household of a deed may live."""
        nobody = SelectChoice(0, _("nobody in particular"))
        self.group.choices = [nobody, *_by_grid(groups, "compound", "grid")]

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if self.door.data and not self.group.data:
            self.group.errors = [_("Please choose the group of that household.")]
            fine = False
        return fine


class EnterForm(DeedForm):
    """What an office saw of a household. `person` is asked where a line counts by person."""

    line = SelectField(_l("Line of the tariff"), validate_choice=False)
    person = SelectField(_l("Who of the household did it?"), coerce=row_id, validate_choice=False, default=0)
    text = text_field(_l("What was found"), least=6, most=MOST_TEXT, lines=True)

    def offer(self, lines: Sequence[tuple[str, str]], people: Sequence[tuple[int, str]], *, today: date) -> None:
        """The lines and the people to choose from, each with its words; a fresh form is about today."""
        self.line.choices = [SelectChoice(code, words) for code, words in lines]
        self.person.choices = [SelectChoice(0, _("the household as a whole"))]
        self.person.choices += [SelectChoice(one, name) for one, name in people]
        if self.deed_on.raw_data is None:
            self.deed_on.data = today


class AddForm(WithPhotos):
    """What was missing."""

    text = text_field(_l("What I want to add"), least=2, most=MOST_TEXT, lines=True)


class NeighbourForm(OnceForm):
    """What the other household says of a deed."""

    answer = RadioField(
        _l("Was it so?"),
        choices=[SelectChoice("yes", _l("Yes, it was so")), SelectChoice("no", _l("No, it was not so"))],
        validators=[InputRequired(NEEDED)],
    )
    why = text_field(_l("What was not so?"), least=2, most=200, needed=False, lines=True)

    def reason(self) -> Words | None:
        return Words.typed(self.why.data, language()) if self.why.data else None


class AppealForm(OnceForm):
    """Why what was decided against a claim is wrong."""

    text = text_field(_l("What was overlooked?"), least=6, most=MOST_TEXT, lines=True)


class ReviewForm(OnceForm):
    """What a reviewer found. `amount` is asked where the line leaves one."""

    verdict = RadioField(
        _l("What did you find?"),
        choices=[
            SelectChoice("confirm", _l("Confirm this claim")),
            SelectChoice("returned", _l("Send back with a note")),
            SelectChoice("not_confirmed", _l("Not confirmed")),
        ],
        validators=[InputRequired(NEEDED)],
    )
    amount = whole_number(_l("How many points?"), least=1, most=10_000, needed=False)
    why = text_field(_l("The reason, or what is missing"), least=2, most=MOST_TEXT, needed=False, lines=True)

    def reason(self) -> Words | None:
        return Words.typed(self.why.data, language()) if self.why.data else None


class StepBackForm(OnceForm):
    """Why a reviewer leaves a claim to somebody else."""

    why = text_field(_l("Why I leave it to somebody else"), least=2, most=200)


class ConflictForm(Form):
    """A household that a reviewer never judges."""

    group = SelectField(_l("Their group"), coerce=row_id, validate_choice=True)
    door = text_field(_l("Their door"), most=40)

    def offer(self, groups: Sequence[Any]) -> None:
        """All groups, each with its community: reviewers are drawn for other communities, too."""
        self.group.choices = _by_grid(groups, "community", "compound", "grid")


def _by_grid(groups: Sequence[Any], *above: str) -> list[SelectChoice]:
    """Groups below what is `above` them, from the larger to the smaller: their own names begin anew in each grid."""
    return [
        SelectChoice(one.id, one.name.into(language()), optgroup=place_words(*(getattr(one, part) for part in above)))
        for one in groups
    ]


class SettleForm(OnceForm):
    """Put the batch of a month on notice."""

    place = HiddenField(validators=[InputRequired(NEEDED)])
    month = HiddenField(validators=[InputRequired(NEEDED)])


class PlainForm(Form):
    """A step that needs nothing but the press of its button."""

"""What is typed about requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from app.grid.rules import CATEGORIES, INTAKE_WORDS, OUTCOME_WORDS
from app.kit.discretion import names_a_door
from app.kit.fields import NEEDED, Form, OnceForm, code_field, file_field, row_id, text_field, whole_number
from app.kit.filetypes import Kind
from app.kit.i18n import language
from app.kit.words import Words

MOST_TEXT = 2000
PHOTO: tuple[Kind, ...] = ("image",)


class Discreet(Form):
    """What stands on a public page names no door, no telephone and no identity number, whoever writes it."""

    read_by_all = False
    shown = ("title", "text", "spot", "why", "comment")  # the fields that the page of a request shows

    def for_request(self, request: Any) -> Self:
        """For a request that is there: it says itself whether everybody reads it."""
        self.read_by_all = request.is_public
        return self

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        for field in self:
            if self.read_by_all and field.name in self.shown and names_a_door(field.data):
                field.errors = [
                    _("Door numbers, telephone and identity numbers are not for everybody to read. "
                      "Leave them out here, or let only those who handle it read it.")
                ]  # fmt: skip
                fine = False
        return fine


class ReportForm(Discreet, OnceForm):
    """A new request."""

    category = SelectField(
        _l("What is it about?"),
        choices=[SelectChoice(key, _l(words)) for key, (words, _days) in CATEGORIES.items()],
    )
    place = SelectField(_l("Where is it?"), coerce=row_id, validate_choice=True)
    spot = text_field(_l("The spot, in words"), most=60, needed=False)
    title = text_field(_l("The matter in one line"), least=4, most=60)
    text = text_field(_l("What is the matter, and since when?"), least=6, most=MOST_TEXT, lines=True)
    openness = RadioField(
        _l("Who may read it?"),
        choices=[
            SelectChoice("public", _l("Everybody, without my name")),
            SelectChoice("private", _l("Only those who handle it")),
        ],
        default="public",
        validators=[InputRequired(NEEDED)],
    )
    name_kept = BooleanField(_l("Nobody is to see my name, not even the handler"))
    on_behalf = BooleanField(_l("I report this for somebody else"))
    contact = text_field(_l("How the handler reaches me, or the person it concerns"), most=80, needed=False)
    photo = file_field(_l("A photo"), kinds=PHOTO)
    intake = SelectField(
        _l("How did it come in?"),
        choices=[SelectChoice(key, _l(words)) for key, words in INTAKE_WORDS.items()],
        default="resident",
    )

    def offer(self, places: Sequence[Any], *, at_work: bool) -> None:
        """The places to choose from; whoever handles requests also says how it came in."""
        self.place.choices = [SelectChoice(one.id, one.name.into(language())) for one in places]
        if not at_work:
            del self.intake

    @property
    def is_public(self) -> bool:
        return bool(self.openness.data == "public")

    def validate(self, extra_validators: Any = None) -> bool:
        self.read_by_all = self.is_public
        return super().validate(extra_validators)


class SeenForm(Discreet):
    """A step on a request; `seen` is the version that the page showed."""

    seen = HiddenField()

    @property
    def version(self) -> int | None:
        """None when nothing readable was sent: then the step stands for itself."""
        text = str(self.seen.data or "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None


class StepForm(SeenForm):
    """A step of the people of a level, with all that any of them needs."""

    why = text_field(_l("In a few words"), least=2, most=1000, needed=False, lines=True)
    handler = SelectField(_l("Who takes it on?"), coerce=row_id, validate_choice=False, default=0)
    department = SelectField(_l("Which department?"), coerce=row_id, validate_choice=False, default=0)
    days = whole_number(_l("Working days for the answer"), least=1, most=30, needed=False, default=3)
    outcome = SelectField(
        _l("How did it end?"), choices=[SelectChoice(key, _l(words)) for key, words in OUTCOME_WORDS.items()],
        default="solved",
    )  # fmt: skip
    goal = code_field(_l("Number of the request in which it goes on"), most=16, needed=False)

    def reason(self) -> Words | None:
        return Words.typed(self.why.data, language()) if self.why.data else None


class RateForm(SeenForm, OnceForm):
    """The reporter's word; a few words are needed where it is not solved."""

    verdict = RadioField(
        _l("Is it solved?"),
        choices=[
            SelectChoice("solved", _l("Solved")),
            SelectChoice("partly", _l("Partly solved")),
            SelectChoice("not_solved", _l("Not solved, open again")),
        ],
        validators=[InputRequired(_l("Please say whether it is solved."))],
    )
    stars = RadioField(
        _l("How was it handled?"),
        choices=[
            SelectChoice("5", _l("very well")),
            SelectChoice("4", _l("well")),
            SelectChoice("3", _l("so-so")),
            SelectChoice("2", _l("poorly")),
            SelectChoice("1", _l("very poorly")),
        ],
        validators=[InputRequired(_l("Please choose one of the five steps."))],
    )
    comment = text_field(_l("A few words"), least=2, most=500, needed=False, lines=True)

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if self.verdict.data == "not_solved" and not self.comment.data:
            self.comment.errors = [_("Please say what is still wrong, so that it can be put right this time.")]
            return False
        return fine

    def words(self) -> Words | None:
        return Words.typed(self.comment.data, language()) if self.comment.data else None


class AddForm(Discreet, OnceForm):
    """Something that the reporter adds."""

    text = text_field(_l("What I want to add"), least=2, most=MOST_TEXT, lines=True)
    photo = file_field(_l("A photo"), kinds=PHOTO)


class PlainForm(Form):
    """A step that needs nothing but the press of its button."""

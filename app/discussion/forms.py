"""What is typed in a conversation: a comment, and why one is hidden."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired

from app.discussion.rules import MOST_SIGNS, STANCES
from app.kit.fields import Form, OnceForm, text_field


class CommentForm(OnceForm):
    """A comment or an answer to one."""

    text = text_field(_l("What I want to say"), most=MOST_SIGNS, lines=True)
    stance = RadioField(
        _l("Where I stand"), choices=[
            SelectChoice("for", _l("For")), SelectChoice("against", _l("Against")),
            SelectChoice("neutral", _l("Neutral")),
        ],
        validators=[DataRequired(_l("Please choose where you stand; neutral is fine too."))],
    )  # fmt: skip
    parent = HiddenField()
    official = BooleanField(_l("Official answer of the committee"))

    @classmethod
    def blank(cls, answered: Any = None) -> CommentForm:
        """A fresh form for a comment, or for an answer to that one."""
        form = cls(formdata=None)
        if answered is not None:
            form.parent.data, form.stance.data = str(answered.id), "neutral"
        return form

    def pre_validate_answer(self) -> None:
        """An answer, and an official one, needs no stance of its own."""
        if (self.parent.data or self.official.data) and self.stance.data not in STANCES:
            self.stance.data = "neutral"

    def validate(self, extra_validators: Any = None) -> bool:
        self.pre_validate_answer()
        return bool(super().validate(extra_validators))


class HideForm(Form):
    """Why a comment is hidden."""

    because = text_field(_l("The reason, for everybody to read"), least=4, most=300, lines=True)

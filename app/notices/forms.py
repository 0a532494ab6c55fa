"""What is typed about notices."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from app.kit.fields import Form, OnceForm, text_field
from app.kit.i18n import shown
from app.kit.words import Words

CHOOSE = _l("Please choose one of these.")


class ObjectionForm(OnceForm):
    """What somebody has against one line."""

    line = RadioField(_l("Which point do you object to?"), validators=[InputRequired(CHOOSE)])
    text = text_field(_l("What speaks against it?"), least=6, most=1000, lines=True)

    def offer(self, lines: Sequence[tuple[str, Words]]) -> None:
        """The points that can be objected to now; a single one is chosen already."""
        self.line.choices = [SelectChoice(key, shown(text)) for key, text in lines]
        if len(lines) == 1 and not self.line.data:
            self.line.data = lines[0][0]


class AnswerForm(OnceForm):
    """An answer to an objection, and whether it is upheld."""

    outcome = RadioField(
        _l("What comes of it?"),
        choices=[
            SelectChoice("not_upheld", _l("The line goes ahead")),
            SelectChoice("upheld", _l("The objection is right: the line does not take effect")),
        ],
        validators=[InputRequired(CHOOSE)],
    )
    text = text_field(_l("The answer, for everybody to read"), least=6, most=2000, lines=True)


class WithdrawForm(Form):
    """Nothing but the press of the button."""

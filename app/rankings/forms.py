"""How a household says that it may be shown."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from app.kit.fields import NEEDED, Form, text_field
from app.rankings.nicknames import MOST


class ConsentForm(Form):
    """Shown by masked name or by nickname, with the word of all adults of the household."""

    shown_as = RadioField(
        _l("How your household is shown"),
        [InputRequired(NEEDED)],
        choices=[
            SelectChoice("masked", _l("Family name and an asterisk")),
            SelectChoice("nickname", _l("A nickname")),
        ],
    )
    nickname = text_field(_l("Nickname"), most=2 * MOST, least=0, needed=False)
    all_agree = BooleanField(_l("All adults of my household agree to this."), [InputRequired(NEEDED)])

    def validate(self, extra_validators: Any = None) -> bool:
        """A nickname is needed only by those who chose one."""
        fine: bool = super().validate(extra_validators)
        if self.shown_as.data == "nickname" and not self.nickname.data and not self.nickname.errors:
            self.nickname.errors = [*self.nickname.errors, NEEDED]
            return False
        return fine

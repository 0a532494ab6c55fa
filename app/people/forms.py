"""What is typed about people."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField
from wtforms.validators import InputRequired, Length

from app.kit.fields import NEEDED, Form, code_field
from app.people.rules import MOST_PASSWORD


class SignInForm(Form):
    """Telephone or sign-in name, and the password."""

    name = code_field(_l("Mobile number or sign-in name"), most=40)
    password = PasswordField(_l("Password"), [InputRequired(NEEDED), Length(max=MOST_PASSWORD)])
    next = HiddenField()

"""What is typed about people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import Field, HiddenField, PasswordField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, StopValidation, ValidationError

from app.kit.fields import NEEDED, Form, code_field, date_field, text_field
from app.kit.i18n import language
from app.people import names
from app.people.operations import NewAccount
from app.people.rules import CODE_DIGITS, MOST_PASSWORD, ROLES

_CHOOSE = _l("Please choose one from the list.")
# Each language by its own name, whatever language the page is in.
OWN_NAMES = [
    SelectChoice("zh", Markup('<span lang="zh-CN">简体中文</span>')),
    SelectChoice("en", Markup('<span lang="en">English</span>')),
]


class Pick(SelectField):
    """One of a list. What is not on the list, or is left open, gets a sentence."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label, coerce=_whole, validate_choice=False, choices=[], **options)

    def offer(self, rows: Iterable[tuple[int, str]]) -> None:
        """Fill the list; the first line is open, so that nothing is chosen by accident."""
        self.choices = [SelectChoice(value, words) for value, words in [(0, _l("Please choose")), *rows]]

    def pre_validate(self, form: Any) -> None:
        if not self.data or self.data not in [choice.value for choice in self.choices]:
            raise StopValidation(str(_CHOOSE))


def _whole(value: Any) -> int:
    text = str(value or 0)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _name_field(label: Any, *, needed: bool = True) -> Any:
    checks = [InputRequired(NEEDED) if needed else Optional(), Length(max=40), _is_name]
    return StringField(label, checks, filters=[names.plain_name])


def _is_name(_form: Form, field: Field) -> None:
    if not names.is_name(field.data):
        raise ValidationError(_l("Letters only, please, as on the identity card."))


def _password_field(label: Any) -> Any:
    return PasswordField(label, [InputRequired(NEEDED), Length(max=4 * MOST_PASSWORD)])


class SignInForm(Form):
    """Telephone or sign-in name, and the password."""

    name = code_field(_l("Mobile number or sign-in name"), most=40)
    password = _password_field(_l("Password"))
    next = HiddenField()


class CodeForm(Form):
    """The household's printed code."""

    code = code_field(_l("Invitation code"), most=40)

    def validate_code(self, field: Field) -> None:
        """A slip in copying is no guess: it is told before anything is counted."""
        if not names.is_code(names.plain_code(field.data), digits=CODE_DIGITS):
            raise ValidationError(
                _l(
                    "An invitation code has %(digits)s figures. Please compare it with the sheet, group by group.",
                    digits=CODE_DIGITS,
                )
            )


class AccountForm(Form):
    """What somebody says about themselves when they open an account."""

    family_name = _name_field(_l("Family name"))
    given_name = _name_field(_l("Given name"))
    family_name_en = _name_field(_l("Family name in Latin letters"), needed=False)
    phone = StringField(_l("Mobile number"), [InputRequired(NEEDED)], filters=[names.plain_phone])
    born_on = date_field(_l("Birthday"))
    password = _password_field(_l("Choose a password"))

    def validate_phone(self, field: Field) -> None:
        if not names.is_phone(field.data):
            raise ValidationError(_l("A mobile number has 11 digits; numbers from abroad begin with +."))

    def account(self) -> NewAccount:
        return NewAccount(
            family_name=str(self.family_name.data),
            given_name=str(self.given_name.data),
            family_name_en=self.family_name_en.data or "",
            phone=str(self.phone.data),
            born_on=self.born_on.data,
            password=str(self.password.data),
        )


class JoinForm(CodeForm, AccountForm):
    """A stranger with a code."""


class WhereForm(Form):
    """Where somebody says they live."""

    grid_id = Pick(_l("Grid"))
    door = text_field(_l("Building and door"), most=40)

    def offer(self, grids: Iterable[Any]) -> None:
        """`grids` as `lists.grids` gives them; the community and compound stand before the name."""
        self.grid_id.offer((grid.id, place_words(grid.community_name, grid.compound_name, grid.name)) for grid in grids)


class RegisterForm(AccountForm, WhereForm):
    """A stranger without a code."""


class PreferencesForm(Form):
    """How somebody reads the pages."""

    language = RadioField(_l("Language"), choices=OWN_NAMES)
    text = RadioField(
        _l("Size of text"), choices=[SelectChoice("plain", _l("Plain text")), SelectChoice("large", _l("Large text"))]
    )


class PasswordForm(Form):
    """A new password; the current one proves that it is the owner who asks."""

    current = _password_field(_l("Current password"))
    new = _password_field(_l("New password"))


class SignInNameForm(Form):
    """Another word to sign in with."""

    sign_in_name = code_field(_l("Sign-in name"), most=30)

    def validate_sign_in_name(self, field: Field) -> None:
        field.data = str(field.data).lower()
        if not names.is_sign_in_name(field.data):
            raise ValidationError(_l("3 to 30 small letters, figures, dots or hyphens; a letter first."))


class ConfirmForm(Form):
    """In which household the grid member found somebody."""

    household_id = Pick(_l("Household"))

    def offer(self, doors: Iterable[Any], *, claimed: str) -> None:
        """The door that was named is chosen when it is there."""
        rows = [(door.id, f"{place_words(door.group_name)} · {door.door}") for door in doors]
        self.household_id.offer(rows)
        if self.household_id.data in (None, 0):
            same = [id_ for id_, words in rows if words.endswith(f"· {claimed}")]
            self.household_id.data = same[0] if len(same) == 1 else 0


class RoleForm(Form):
    """What somebody becomes, and where."""

    role = SelectField(_l("Role"))
    place_id = Pick(_l("Place"))

    def offer(self, roles: Iterable[str], places: Iterable[Any]) -> None:
        """`places` as `lists.places_for_roles` gives them."""
        self.role.choices = [SelectChoice(role, _l(ROLES[role])) for role in roles]
        self.place_id.offer(
            (place.id, place_words(place.above_name, place.parent_name, place.name)) for place in places
        )


def place_words(*parts: Any) -> str:
    """Names of places from the larger to the smaller, for one line of a list."""
    return " · ".join(part.into(language()) for part in parts if part is not None)

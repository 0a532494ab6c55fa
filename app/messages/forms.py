"""What is typed about messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from app.kit.fields import NEEDED, Form, code_field
from app.messages.rules import WAYS, Kind, Way, is_address, plain_address, switches
from app.messages.wording import name_of

WAY_WORDS = {"now": _l("at once by e-mail"), "digest": _l("in the daily digest"), "off": _l("in the inbox only")}
_PREFIX = "way-"


class AddressForm(Form):
    """Where mail may go."""

    address = StringField(_l("E-mail address"), [InputRequired(NEEDED), Length(max=254)], filters=[plain_address])

    def validate_address(self, field: Field) -> None:
        if not is_address(field.data):
            raise ValidationError(_l("An address looks like name@example.org, in plain letters."))


class DigitsForm(Form):
    """What came to that address."""

    digits = code_field(_l("Digits from the mail"), most=20)


class SeenForm(Form):
    """How far the page went on which somebody says that they have seen it all."""

    newest = HiddenField()

    @property
    def number(self) -> int:
        text = str(self.newest.data or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


class WaysForm(Form):
    """One list for each kind of message that can be switched; see `ways_form`."""

    def ways(self) -> dict[str, Way]:
        return {field.name.removeprefix(_PREFIX): cast(Way, field.data) for field in self._switches()}

    def switch(self, kind: Kind) -> Any:
        return self[_PREFIX + kind.key]

    def _switches(self) -> list[Any]:
        return [field for field in self if field.name.startswith(_PREFIX)]


def ways_form(chosen: Mapping[str, str] | None = None, *, staff: bool) -> WaysForm:
    """The form with a field for each kind that may come. `chosen`: to be shown; None: as it was posted."""
    fields = {
        _PREFIX + kind.key: SelectField(
            name_of(kind), choices=[SelectChoice(way, WAY_WORDS[way]) for way in WAYS], default=kind.way
        )
        for _heading, kinds in switches(staff=staff)
        for kind in kinds
    }
    form_class = cast("type[WaysForm]", type("WaysOfNow", (WaysForm,), fields))
    if chosen is None:
        return form_class()
    return form_class(formdata=None, data={_PREFIX + key: way for key, way in chosen.items()})

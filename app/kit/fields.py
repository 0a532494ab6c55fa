"""Forms: what is typed is cleaned, checked for shape, and kept on the page when something is wrong."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import uuid
from collections.abc import Callable, Collection
from datetime import date
from functools import cache
from typing import Any

from babel.support import Translations
from flask import request
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from wtforms import DateField, FileField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.i18n import DefaultTranslations, messages_path
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from app.kit import db, filetypes, once
from app.kit.filetypes import Kind
from app.kit.i18n import language
from app.kit.refusal import Refusal, Refused

NEEDED = _l("Please fill this in.")
FIRST_YEAR, LAST_YEAR = 1850, 2199  # the oldest birthday there can be; as far as periods are named
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u202a-\u202e\u2066-\u2069\ufeff]|[\ud800-\udfff]")


def tidy(text: str | None) -> str | None:
    """Plain text: no control or direction-changing signs, one form of each letter, no space at the ends."""
    if text is None:
        return None
    return unicodedata.normalize("NFC", _CONTROL.sub("", text.replace("\r\n", "\n"))).strip()


def narrow(text: str | None) -> str | None:
    """As `tidy`, with full-width digits and letters made plain: for codes, numbers and names to sign in with."""
    return unicodedata.normalize("NFKC", tidy(text) or "").replace(" ", "") if text is not None else None


@cache
def _own_sentences(locale: str) -> Any:
    found = Translations.load(messages_path(), [locale], domain="wtforms")
    return DefaultTranslations(found)


class Form(FlaskForm):
    """A form of ours. `refusal` holds the rule that said no; `status` is what the page then answers with."""

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Only what a form sends as text: a JSON body or a file could bring other things where text is expected.

            A field for a file (`file_field`) looks for its file itself.
            """
            if formdata is not None and (request.is_json or request.files):
                return request.form
            return super().wrap_formdata(form, formdata)

        def get_translations(self, form: Any) -> Any:
            """The library's own sentences, read from its files once and not for every form."""
            return _own_sentences(str(get_locale()))

    refusal: Refusal | None = None
    result_id: int | None = None

    @property
    def status(self) -> int:
        if self.refusal is not None:
            return self.refusal.status
        return 422 if self.errors else 200

    @property
    def enctype(self) -> str:
        """What the `<form>` must say: `<form method="post" enctype="{{ form.enctype }}">`."""
        with_files = any(isinstance(field, _File) for field in self)
        return "multipart/form-data" if with_files else "application/x-www-form-urlencoded"

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        """Whether it was sent and all fields are right. Otherwise nothing is written any more in this request."""
        valid = bool(super().validate_on_submit(extra_validators))
        if not valid:
            db.refused()
        return valid

    def carries_out(self, act: Callable[[], Any]) -> bool:
        """Do it; when a rule refuses, undo and keep the reason for the page. True when it was done.

        The `id` of what the act returned is kept as `result_id`.
        """
        try:
            self.result_id = self._perform(act)
        except Refused as no:
            db.refused()
            self.refusal = no.refusal
            return False
        return True

    def _perform(self, act: Callable[[], Any]) -> int | None:
        return getattr(act(), "id", None)


class OnceForm(Form):
    """A form that moves points, places or open votes: sent twice, it acts once.

    The id is made when the form is shown; same id and same content gives the same answer, other content a 409.
    """

    request_id = HiddenField(default=lambda: str(uuid.uuid4()))

    def validate_request_id(self, field: HiddenField) -> None:
        # Scripts may leave it out; then the post stands for itself.
        if not field.data:
            field.data = str(uuid.uuid4())
        if not re.fullmatch(r"[0-9A-Za-z_-]{8,64}", field.data):
            raise ValidationError(_l("This page is out of date. Please open it again and repeat the step."))

    def _perform(self, act: Callable[[], Any]) -> int | None:
        content = {name: _told(value) for name, value in self.data.items() if name not in ("csrf_token", "request_id")}
        content["path"] = request.path  # the same press of the same button elsewhere is another act
        content["beside"] = sorted(
            one for one in request.form.items(multi=True) if one[0] not in self._fields and one[0] != "csrf_token"
        )  # which of two buttons was pressed
        return once.do(
            str(self.request_id.data), who=current_user.id, content=content, act=lambda: getattr(act(), "id", None)
        )


def _told(value: Any) -> Any:
    """A file by its content; anything else as it is."""
    if not isinstance(value, FileStorage):
        return value
    value.stream.seek(0)
    return hashlib.sha256(value.stream.read()).hexdigest()


def text_field(
    label: Any, *, most: int, least: int = 1, needed: bool = True, lines: bool = False, **options: Any
) -> Any:
    """One line or several of plain text, `least` to `most` characters."""
    checks: list[Any] = [InputRequired(NEEDED)] if needed else [Optional()]
    checks.append(
        Length(
            min=least,
            max=most,
            message=_l("Between %(least)s and %(most)s characters, please.", least=least, most=most),
        )
    )
    kind = TextAreaField if lines else StringField
    return kind(label, checks, filters=[tidy], **options)


def code_field(label: Any, *, most: int = 64, needed: bool = True, **options: Any) -> Any:
    """A code, number or sign-in name: full-width signs are taken as plain ones, spaces dropped."""
    checks: list[Any] = [InputRequired(NEEDED)] if needed else [Optional()]
    checks.append(Length(max=most, message=_l("That is longer than any such code.")))
    return StringField(label, checks, filters=[narrow], **options)


class _Whole(IntegerField):
    """What is no whole number is None, which no range holds: the range has the one sentence for all of it."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            text = narrow(valuelist[0]) or ""
            self.data = int(text) if re.fullmatch(r"[+-]?\d{1,12}", text, re.ASCII) else None


def whole_number(label: Any, *, least: int, most: int, needed: bool = True, **options: Any) -> Any:
    """A whole number between `least` and `most`; 12 and １２ are the same, 1.5 and 1e3 are refused."""
    checks: list[Any] = [InputRequired(NEEDED)] if needed else [Optional()]
    checks.append(
        NumberRange(
            min=least,
            max=most,
            message=_l("A whole number from %(least)s to %(most)s, please.", least=least, most=most),
        )
    )
    return _Whole(label, checks, **options)


LARGEST_ID = 2**31 - 1


def row_id(text: Any) -> int:
    """For `SelectField(coerce=row_id)`: what may be the id of a row. Raises ValueError for what no column can hold."""
    number = int(text)
    if not 0 <= number <= LARGEST_ID:
        raise ValueError(text)
    return number


class _Day(DateField):
    data: date | None

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([narrow(text) or "" for text in valuelist])
        if self.data is not None and not FIRST_YEAR <= self.data.year <= LAST_YEAR:
            self.data = None
            raise ValueError(self.gettext("Not a valid date value."))


def date_field(label: Any, *, needed: bool = True, **options: Any) -> Any:
    """A date as the browser's own picker sends it, of a year that anybody can mean."""
    return _Day(label, [InputRequired(NEEDED) if needed else Optional()], **options)


_CLOCK = r"([01]?\d|2[0-3]):[0-5]\d"


def clock_field(label: Any) -> Any:
    """A time of day as the browser's own picker sends it, 8:30 or 08:30."""
    checks = [InputRequired(NEEDED), Regexp(_CLOCK + "$", message=_l("A time such as 8:30, please."))]
    return StringField(label, checks, filters=[narrow])


class _File(FileField):
    """A file of the request; `data` has `.stream` and `.filename`, or is None."""

    def __init__(self, *arguments: Any, kinds: Collection[Kind], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.kinds = kinds

    def process_formdata(self, valuelist: list[str]) -> None:
        sent = request.files.get(self.name)
        self.data = sent if sent is not None and sent.filename else None
        if self.data:
            self.raw_data = [self.data]
        elif any(valuelist):  # a name alone: the form was sent as text
            raise ValueError(_("The file did not arrive. Please choose it again."))

    @property
    def hint(self) -> str:
        """What may be sent, and what becomes of it; after a first try also that it must be chosen again."""
        told = [_("Please choose the file again: the page cannot keep it.")] if self.data else []
        kinds = filetypes.names_of(self.kinds).into(language())
        told.append(_("Send %(kinds)s, up to %(size)s.", kinds=kinds, size=filetypes.size_limit()))
        if "image" in self.kinds:
            told.append(_("Where a photo was taken is removed from it."))
        return ("" if language() == "zh" else " ").join(told)


def file_field(label: Any, *, kinds: Collection[Kind], needed: bool = False, **options: Any) -> Any:
    """One file of these kinds, at most 10 MB; `app.kit.uploads.keep` looks at what is in it.

    The view also says `@access.takes_files`, the `<form>` its `enctype`.
    """
    checks: list[Any] = [InputRequired(_l("Please choose a file."))] if needed else [Optional()]
    accept = ",".join(accepted for kind, accepted in filetypes.ACCEPTED.items() if kind in kinds)
    return _File(label, checks, kinds=kinds, render_kw={"accept": accept}, **options)

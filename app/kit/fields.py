"""Forms: what is typed is cleaned, checked for shape, and kept on the page when something is wrong."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Callable
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from app.kit import db, once
from app.kit.refusal import Refusal, Refused

NEEDED = _l("Please fill this in.")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u202a-\u202e\u2066-\u2069\ufeff]|[\ud800-\udfff]")


def tidy(text: str | None) -> str | None:
    """Plain text: no control or direction-changing signs, one form of each letter, no space at the ends."""
    if text is None:
        return None
    return unicodedata.normalize("NFC", _CONTROL.sub("", text.replace("\r\n", "\n"))).strip()


def narrow(text: str | None) -> str | None:
    """As `tidy`, with full-width digits and letters made plain: for codes, numbers and names to sign in with."""
    return unicodedata.normalize("NFKC", tidy(text) or "").replace(" ", "") if text is not None else None


class Form(FlaskForm):
    """A form of ours. `refusal` holds the rule that said no; `status` is what the page then answers with."""

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Only what a form sends as text: a JSON body or a file could bring other things where text is expected."""
            if formdata is not None and (request.is_json or request.files):
                return request.form
            return super().wrap_formdata(form, formdata)

    refusal: Refusal | None = None
    result_id: int | None = None

    @property
    def status(self) -> int:
        if self.refusal is not None:
            return self.refusal.status
        return 422 if self.errors else 200

    def carries_out(self, act: Callable[[], Any]) -> bool:
        """Do it; when a rule refuses, undo and keep the reason for the page. True when it was done.

        The `id` of what the act returned is kept as `result_id`.
        """
        try:
            self.result_id = self._perform(act)
        except Refused as no:
            db.rollback()
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
        content = {name: value for name, value in self.data.items() if name not in ("csrf_token", "request_id")}
        content["path"] = request.path  # the same press of the same button elsewhere is another act
        content["beside"] = sorted(
            one for one in request.form.items(multi=True) if one[0] not in self._fields and one[0] != "csrf_token"
        )  # which of two buttons was pressed
        return once.do(
            str(self.request_id.data), who=current_user.id, content=content, act=lambda: getattr(act(), "id", None)
        )


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
    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        text = narrow(valuelist[0]) or ""
        if not text:
            self.data = None
            return
        if not re.fullmatch(r"[+-]?\d{1,12}", text, re.ASCII):
            self.data = None
            raise ValueError(self.gettext("A whole number, please."))
        self.data = int(text)


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


def date_field(label: Any, *, needed: bool = True, **options: Any) -> Any:
    """A date as the browser's own picker sends it."""
    return DateField(label, [InputRequired(NEEDED) if needed else Optional()], **options)

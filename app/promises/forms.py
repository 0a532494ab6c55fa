"""What is typed about promises."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.kit.fields import Form, OnceForm, file_field, text_field, whole_number
from app.kit.i18n import language
from app.kit.words import Words


class ProgressForm(OnceForm):
    """How far it has come."""

    percent = whole_number(_l("How far it has come, in per cent"), least=0, most=99)
    note = text_field(_l("What has been done"), least=2, most=1000, lines=True)
    photo = file_field(_l("A photo of it"), kinds=["image"])

    def words(self) -> Words:
        return Words.typed(self.note.data, language())


class FinishForm(OnceForm):
    """It is done."""

    done_note = text_field(_l("What was done in the end"), most=1000, needed=False, lines=True)
    done_photo = file_field(_l("A photo of it"), kinds=["image"])

    def words(self) -> Words | None:
        return Words.typed(self.done_note.data, language()) if self.done_note.data else None


class DropForm(Form):
    """It is given up; the reason is public."""

    why = text_field(_l("The reason, for everybody to read"), least=4, most=500, lines=True)

    def words(self) -> Words:
        return Words.typed(self.why.data, language())

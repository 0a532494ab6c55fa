"""Messages in words: the sentences of a kind with their values, in the language in force and at this moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext
from markupsafe import Markup, escape

from app.kit import i18n, say
from app.kit.words import Words
from app.messages.rules import Kind, Phrase, kind_of, unpacked


@dataclass(frozen=True)
class Said:
    """One message as its reader finds it."""

    subject: str
    text: str


class _Given(dict[str, str]):
    """What a message was told with. A sentence that was reworded since may ask for more: that place stays empty."""

    def __missing__(self, name: str) -> str:
        return ""


def plainly(key: str, values: Mapping[str, Any]) -> Said:
    """As plain text, for mail."""
    kind, told = kind_of(key), {name: _words(name, value) for name, value in unpacked(values).items()}
    return Said(gettext(kind.subject) % _Given(told), gettext(kind.text) % _Given(told))


def on_page(key: str, values: Mapping[str, Any]) -> Said:
    """As the page shows it: text that exists only in another language is marked with its own, and all is escaped."""
    kind, told = kind_of(key), {name: _marked(name, value) for name, value in unpacked(values).items()}
    return Said(_filled(kind.subject, told), _filled(kind.text, told))


def name_of(kind: Kind) -> str:
    """What a kind is called in the settings."""
    return gettext(kind.name)


def _filled(text: str, told: Mapping[str, Markup]) -> Markup:
    sentence = Markup(escape(gettext(text)))  # noqa: S704 - escaped on the spot
    return sentence % _Given(told)


def _words(name: str, value: Any) -> str:
    """A value for the reader. An instant called `until` also says how long that is."""
    if isinstance(value, Phrase):
        return gettext(value.text)
    if isinstance(value, datetime):
        return say.due(value) if name == "until" else say.moment(value)
    if isinstance(value, int):
        return say.number(value)
    return i18n.tell(value)


def _marked(name: str, value: Any) -> Markup:
    if isinstance(value, Words):
        return i18n.shown(value)
    if isinstance(value, datetime):
        return say.due_tag(value) if name == "until" else say.moment_tag(value)
    if isinstance(value, date):
        return say.day_tag(value)
    return escape(_words(name, value))

"""Languages: the person's choice, else the account's, else the browser's; and putting things into words."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from flask import Flask, request
from flask_babel import Babel, get_locale, gettext
from flask_login import current_user
from markupsafe import Markup, escape

from app.kit import clock, say
from app.kit.refusal import Refusal
from app.kit.words import LANGUAGES, Words

LOCALES = {"zh": "zh_Hans", "en": "en"}
_TAGS = {"zh": "zh-CN", "en": "en"}
_HAN, _LATIN_WORD = re.compile(r"[\u3400-\u9fff]"), re.compile(r"[A-Za-z]{3}")


def language_from_header(header: str) -> str | None:
    """The first of our languages that a browser asks for. `zh-CN`, `zh-Hans` and plain `zh` all mean Chinese.

    Babel's own matching finds no `zh_Hans` for `zh-CN` and falls to English (dependencies.md).
    """
    wishes: list[tuple[float, int, str]] = []
    for order, part in enumerate(header.split(",")[:20]):
        tag, _, parameters = part.strip().partition(";")
        quality = 1.0
        if parameters.strip().startswith("q="):
            try:
                quality = float(parameters.strip()[2:])
            except ValueError:
                quality = 0.0
        language = tag.strip().lower().split("-")[0].split("_")[0]
        if language in LANGUAGES and quality > 0:
            wishes.append((-quality, order, language))
    return min(wishes)[2] if wishes else None


def chosen_language() -> str:
    """The reader's language for this request: `zh` or `en`."""
    for wish in (request.cookies.get("language"), getattr(current_user, "language", None)):
        if wish in LANGUAGES:
            return str(wish)
    return language_from_header(request.headers.get("Accept-Language", "")) or "zh"


def language() -> str:
    """The language in force: of the request, or the one forced around a command."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"


def html_lang() -> str:
    return _TAGS[language()]


def tell(value: Any) -> str:
    """Put a value of a refusal or an event into the reader's language."""
    if isinstance(value, Words):
        return value.into(language())
    if isinstance(value, datetime):
        return say.moment(value)
    if isinstance(value, date):
        return say.day(value)
    return str(value)


def sentence(reason: Refusal) -> str:
    """A refusal as the reader's sentence. A value `n` or `num` chooses nothing here: both languages use one form."""
    return gettext(reason.text, **{name: tell(value) for name, value in reason.values})


def _written(text: str) -> Words:
    """A name or a door as somebody wrote it: Chinese by its signs, English by its words; 3-402 is neither."""
    if _HAN.search(text):
        return Words(zh=text)
    return Words(en=text) if _LATIN_WORD.search(text) else Words(zh=text, en=text)


def shown(words: Words | str | None) -> Markup:
    """Text in the reader's language; text that exists only in another one is marked with its language.

    People's own names and doors are plain strings: their signs tell the language.
    """
    if words is None:
        return Markup("")
    if isinstance(words, str):
        words = _written(words)
    reader = language()
    lang = words.language_for(reader)
    text = escape(words.into(reader))
    return Markup('<span lang="{}">{}</span>').format(lang, text) if lang else text


def paragraphs(words: Words | str | None) -> Markup:
    """Plain text of people as paragraphs. It is text, never markup: everything is escaped, htmx is told to keep out."""
    lang = words.language_for(language()) if isinstance(words, Words) else None
    text = words.into(language()) if isinstance(words, Words) else words or ""
    parts = [Markup("<p>{}</p>").format(part.strip()) for part in text.split("\n") if part.strip()]
    mark = Markup(' lang="{}"').format(lang) if lang else ""
    return Markup('<div class="words stack"{} hx-disable>{}</div>').format(mark, Markup("").join(parts))


def init_app(app: Flask, translation_folders: list[str]) -> None:
    """Set up the catalogues (each room keeps its own words beside its code) and the template filters."""
    Babel(
        app,
        default_locale="zh_Hans",
        default_translation_directories=";".join(translation_folders),
        locale_selector=lambda: LOCALES[chosen_language()],
    )
    # Babel has given the templates its plain callables: `flask_babel.ngettext` itself would fill in `num` alone.
    app.jinja_env.filters |= {
        "shown": shown,
        "sentence": sentence,
        "moment": say.moment_tag,
        "day": say.day_tag,
        "dated": say.dated_tag,
        "when": say.when_tag,
        "until": say.until_tag,
        "due": say.due_tag,
        "since": say.since_tag,
        "hours": say.hours,
        "signed": say.signed,
        "number": say.number,
        "share": say.share,
        "clock": say.clock_time,
        "span": say.span,
        "tear_off": say.tear_off,
        "last_day": clock.last_day,
        "last_moment": clock.last_moment,
        "paragraphs": paragraphs,
    }
    app.jinja_env.globals |= {"language": language, "html_lang": html_lang}

"""What was looked for, marked in a title or in the part of a text around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup, escape

from app.kit.search.tokens import LONGEST_WORD, Run, Wanted, folded, runs, stem, wanted
from app.kit.words import LANGUAGES, Words

AROUND = 28  # signs before the first find; Latin letters count half
LENGTH = 84

_LOOSE = " ，。；：、！？）》”,.;:!?)"  # no part begins with one of these; nor does it end so before the dots

_TAGS = {"zh": "zh-CN", "en": "en", "other": "und"}


def marked(words: Words, query: str, language: str) -> Markup:
    """A title in the reader's language, or the one it has, with what was looked for in <mark>."""
    text = words.into(language)
    return _in_language(_with_marks(text, spans(text, wanted(query))), words.language_for(language))


def snippet(words: Words, query: str, language: str) -> Markup:
    """The part of a text around the first find, in the reader's language if it is found there, else where it is."""
    parts = wanted(query)
    order = [language, *(name for name in (*LANGUAGES, "other") if name != language)]
    texts = {name: text for name in order if (text := getattr(words, name))}
    name = next((one for one in texts if spans(texts[one], parts)), next(iter(texts), language))
    text = " ".join(texts.get(name, "").split())
    start, end = _window(text, spans(text, parts))
    dots = "……" if name == "zh" else "…"
    before, behind = dots if start else "", dots if end < len(text) else ""
    part = text[start:end].strip()
    part = part.lstrip(_LOOSE) if before else part
    part = part.rstrip(_LOOSE) if behind else part
    body = escape(before) + _with_marks(part, spans(part, parts)) + behind
    return _in_language(body, None if name == language else _TAGS[name])


def _in_language(body: Markup, tag: str | None) -> Markup:
    return Markup('<span lang="{}">{}</span>').format(tag, body) if tag else body


def spans(text: str, parts: Sequence[Wanted]) -> list[tuple[int, int]]:
    """Where in the text the parts of a query stand, in order and without overlap."""
    origin = [place for place, sign in enumerate(text) for _ in folded(sign)]
    found = sorted({place for run in runs(folded(text)) for part in parts for place in _in_run(run, part)})
    merged: list[tuple[int, int]] = []
    for start, end in found:
        first, last = origin[start], origin[end - 1] + 1
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _in_run(run: Run, part: Wanted) -> Iterator[tuple[int, int]]:
    if not run.is_han:
        word = run.text[:1] if part.is_start else stem(run.text[:LONGEST_WORD])
        if part.tokens == (word,):
            yield run.start, run.end
        return
    signs = part.tokens[0] + "".join(token[-1] for token in part.tokens[1:])
    at = run.text.find(signs)
    while at >= 0:
        yield run.start + at, run.start + at + len(signs)
        at = run.text.find(signs, at + 1)


def _window(text: str, found: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """From a little before the first find, begun at a word; the beginning of the text when there is none."""
    start = _back(text, found[0][0], AROUND) if found else 0
    return start, _forward(text, start, LENGTH)


def _back(text: str, place: int, room: float) -> int:
    while place > 0 and room > 0:
        place -= 1
        room -= _width(text[place])
    return _at_word(text, place)


def _forward(text: str, place: int, room: float) -> int:
    while place < len(text) and room > 0:
        room -= _width(text[place])
        place += 1
    return _at_word(text, place)


def _at_word(text: str, place: int) -> int:
    """Never inside a Latin word."""
    while 0 < place < len(text) and text[place - 1].isascii() and text[place - 1].isalnum() and text[place].isalnum():
        place -= 1
    return place


def _width(sign: str) -> float:
    return 0.5 if sign.isascii() else 1.0


def _with_marks(text: str, found: Sequence[tuple[int, int]]) -> Markup:
    body, last = Markup(""), 0
    for start, end in found:
        body += escape(text[last:start]) + Markup("<mark>{}</mark>").format(text[start:end])
        last = end
    return body + escape(text[last:])

"""The text that is voted on, as a file that everybody can keep: how it is written, and the check sum of its bytes."""

from __future__ import annotations

from hashlib import sha256

from app.ballots.rules import Text
from app.kit.words import Words


def written(*paragraphs: Words | str) -> str:
    """The paragraphs one below the other, with an empty line between; each in every language that there is of it."""
    return "\n\n".join(_lines(one) for one in paragraphs) + "\n"


def _lines(paragraph: Words | str) -> str:
    return paragraph if isinstance(paragraph, str) else "\n".join(paragraph.as_dict().values())


def numbered(number: int, text: Words) -> Words:
    """1. Four seats go under the trees: the number stands before the text in each language."""
    return Words(**{language: f"{number}. {said}" for language, said in text.as_dict().items()})


def as_text(name: Words, href: str, file: str) -> Text:
    """What is kept with a question of the file that `href` hands out: SHA-256 of its bytes in UTF-8."""
    return Text(name, href, sha256(file.encode()).hexdigest())

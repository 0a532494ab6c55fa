"""What must never earn or lose points, and how it is recognised in the words of a rule (points.md; domain.md 4).

Lists of words find the plain cases and err towards refusing; the review group reads what they let through. What is
meant by the subjects: *debts* is money owed and not paid, or paid in time, of whatever kind (loans, surety, bills, tax,
dues, wages), but neither fraud nor a fine; *petitions* is all use of the ways to complain, false use as well; *belief*
is also custom at graves and funerals; *opinion* is what somebody says or writes, not slander of a person; *vote* is how
somebody decides, not that they take part; *benefits* is who may have them, not the fraud that gets them.

Tried on 435 rules that a Chinese city once published (tests/merits/weihai_verdicts.csv says what a person thought of
each), and on the sample tariff, none of whose lines it may refuse.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from app.kit.words import Words
from app.merits.banned_words import TOPICS as TOPICS
from app.merits.banned_words import Topic

# What stands between the signs of a Chinese word hides nothing: blanks, dashes, dots, quotation marks, pictures.
_DECORATION = re.compile(r"[^\w,;:。、!?()]|_")
_REST_OF_WORD = re.compile(r"[\w-]*", re.ASCII)


@dataclass(frozen=True)
class Finding:
    """A subject that a rule touches, with the words of the rule that say so."""

    topic: Topic
    words: tuple[str, ...]


def findings(*texts: Words) -> list[Finding]:
    """Every forbidden subject that these words of a rule touch, with the words that say so, each once."""
    known = [plain(f"{text.zh} {text.en} {text.other}") for text in texts]
    found = ((topic, tuple(dict.fromkeys(word for text in known for word in _said(topic, text)))) for topic in TOPICS)
    return [Finding(topic, words) for topic, words in found if words]


def banned_topic(*texts: Words) -> Topic | None:
    """The first forbidden subject that these words of a rule touch; None when there is none."""
    return next((finding.topic for finding in findings(*texts)), None)


def plain(text: str) -> str:
    """One form of each letter, in lower case: full-width signs, odd spacing and unseen signs hide nothing."""
    known = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    return " ".join("".join(sign for sign in known if unicodedata.category(sign) != "Cf").split())


def _said(topic: Topic, text: str) -> Iterator[str]:
    """The words in a text that give the subject away, its look-alikes passed over; English ones are told whole."""
    chinese = topic.but_zh.sub("。", _DECORATION.sub("", text))
    for match in topic.zh.finditer(chinese):
        yield match.group()
    english = topic.but_en.sub(".", text)
    for match in topic.en.finditer(english):
        rest = _REST_OF_WORD.match(english, match.end())
        yield match.group() + (rest.group() if rest else "")

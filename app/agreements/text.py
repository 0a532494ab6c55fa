"""The text of a version that is put to the vote: articles, the points rules they carry, and the day of effect."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from app.agreements import queries
from app.ballots.rules import Text
from app.ballots.texts import as_text, numbered, written
from app.kit.words import Words

_REPEALED = Words(zh="本公约自施行日起废止。", en="The agreement is repealed from the day of effect.")


def name_of(title: Words, number: int) -> Words:
    """《垃圾分类公约》第2版, wherever a version is named by itself."""
    return Words(zh=f"《{title.into('zh')}》第{number}版", en=f"{title.into('en')}, version {number}")


def text_of(agreement: Any, version: Any) -> str:
    """As a file, each paragraph in the languages that there are; the day of effect once it is fixed.

    Where an article sets a line of the tariff, the line stands below it as it is stored: JSON with sorted keys.
    """
    name, day = name_of(agreement.title, version.number), version.effective_from
    articles = [_REPEALED] if version.repeals else list(_articles(version.id))
    return written(name, agreement.preamble, *([_effect(day)] if day else ()), *articles)


def _effect(day: date) -> Words:
    return Words(zh=f"施行日：{day.isoformat()}", en=f"Day of effect: {day.isoformat()}")


def _articles(version_id: int) -> Iterator[Words]:
    rules = queries.rules_of(version_id)
    for article in queries.articles([version_id])[version_id]:
        yield numbered(article.number, article.text)
        for rule in rules.get(article.id, ()):
            set_here = [json.dumps(rule.line, ensure_ascii=False, sort_keys=True)] if rule.line else []
            told = rule.behaviour.as_dict() or {"other": ""}
            yield Words(**{language: " ".join([rule.code, words, *set_here]) for language, words in told.items()})


def voted_on(agreement: Any, version: Any) -> Text:
    """What is kept with the question; the day of effect must be written down by now."""
    href = f"/agreements/{agreement.id}/versions/{version.number}/text.txt"
    return as_text(name_of(agreement.title, version.number), href, text_of(agreement, version))

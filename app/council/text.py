"""The text of a topic that is put to the vote: the matter, and what is decided if it carries."""

from __future__ import annotations

from typing import Any

from app.ballots.rules import Text
from app.ballots.texts import as_text, numbered, written
from app.council.resolutions import points_of
from app.kit.words import Words

_IF_CARRIED = Words(zh="表决通过即决定：", en="Decided if it carries:")


def text_of(topic: Any) -> str:
    """As a file: title and body as they were proposed, then the points, each in the languages that there are.

    Nobody changes any of it once voting has opened: a topic stays as proposed, and points are only ever added to once.
    """
    points = [numbered(number, point) for number, point in enumerate(points_of(topic.id), start=1)]
    return written(topic.title, topic.body, *([_IF_CARRIED, *points] if points else ()))


def voted_on(topic: Any) -> Text:
    """What is kept with the question; the points must be written down by now."""
    return as_text(topic.title, f"/topics/{topic.id}/text.txt", text_of(topic))

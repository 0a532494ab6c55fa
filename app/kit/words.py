"""Text that may exist in both languages: names of places, topics, things to redeem."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, Self

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@dataclass(frozen=True)
class Words:
    """One text in Chinese, in English, or in both. What a resident typed exists only in the language of typing."""

    zh: str = ""
    en: str = ""
    other: str = ""  # a foreign text brought in by an import, neither Chinese nor English

    @classmethod
    def of(cls, value: Any) -> Self:
        """From `{zh: ..., en: ...}` as the sample files write it."""
        return cls(**{key: str(value[key]) for key in ("zh", "en", "other") if value.get(key)})

    @classmethod
    def typed(cls, text: str, language: str) -> Self:
        """What somebody wrote while reading the pages in `language`; kept as it was written."""
        return cls(zh=text) if language == "zh" or any("\u4e00" <= sign <= "\u9fff" for sign in text) else cls(en=text)

    def into(self, language: str) -> str:
        """The text for a reader, or the text there is."""
        return getattr(self, language, "") or self.zh or self.en or self.other

    def language_for(self, reader: str) -> str | None:
        """The language to mark with `lang` when it is not the reader's own; None when it is."""
        if getattr(self, reader, ""):
            return None
        if self.other and not self.zh and not self.en:
            return "und"
        return "zh-CN" if self.zh else "en" if self.en else None

    def as_dict(self) -> dict[str, str]:
        return {key: text for key in ("zh", "en", "other") if (text := getattr(self, key))}


@lru_cache(4096)
def as_said(kept: Any) -> str | None:
    """The one spelling of a text that a database keeps, its languages in order; None where the house never wrote it.

    SQLite keeps what Python wrote, PostgreSQL mostly what its own function did. Another key, one that stands twice, a
    byte too many is neither.
    """
    try:
        said = Words(**json.loads(kept)).as_dict()
    except (ValueError, TypeError, RecursionError):
        return None
    by_postgresql = {key: said[key] for key in sorted(said, key=lambda key: (len(key), key))}
    if kept not in (json.dumps(said), json.dumps(by_postgresql, ensure_ascii=False)):
        return None
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

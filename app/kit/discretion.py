"""What must not stand on a public page: doors, telephone and identity numbers, however they are typed."""

from __future__ import annotations

import re
import unicodedata

_GAP = re.compile(r"(?<=\d)[ \u00a0.\-\u2010-\u2015_]{1,2}(?=\d)")  # what people put between groups of digits
_NUMBER = r"1[3-9]\d{9}|\d{17}[\dXx]"
_PRIVATE = re.compile(rf"{_NUMBER}|\d\s*单元|\d\s*室|\b(?:unit|flat|apartment|room)\s*\d", re.IGNORECASE)
_IN_GROUPS = re.compile(rf"(?<!\d)(?:86|0086)?(?:{_NUMBER})(?!\d)")


def names_a_door(*texts: str | None) -> bool:
    """Whether a text names a door, a telephone or an identity number; full-width digits and gaps count as well."""
    plain = [unicodedata.normalize("NFKC", text) for text in texts if text]
    return any(_PRIVATE.search(text) or _IN_GROUPS.search(_GAP.sub("", text)) for text in plain)

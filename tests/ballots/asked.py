"""What every form that puts a question owes whoever filled it in wrongly, in whichever room."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from tests.worlds import words


def told_and_kept(
    asks: Callable[..., Any], sent: dict[str, Any], says: str, in_chinese: str, *, fields: Sequence[str]
) -> list[str]:
    """Sent once in each language: refused with that sentence, and `fields` and the tick for secrecy stay as typed.

    The pages, for what else the room looks at.
    """
    pages = []
    for language, sentence in (("en", says), ("zh", in_chinese)):
        answer = asks(language, **sent)
        assert answer.status_code == 422
        assert sentence in words(answer)
        for name in fields:
            assert re.search(rf'name="{name}"[^>]* value="{re.escape(sent[name])}"', answer.text), name
        assert re.search(r'name="secret" value="y" checked', answer.text)
        pages.append(answer.text)
    return pages

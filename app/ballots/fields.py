"""The voting paper as it is filled in: ticks, scores or places, and one line of text that comes of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.validators import StopValidation

from app.ballots import papers
from app.ballots.papers import ABSTAIN, EQUAL_RANKS, KINDS, LIKED, MANY, ONE, RANKING, SCORES
from app.ballots.queries import Blank
from app.kit.fields import narrow

# Beside `choice`: what each option was given, like `place-o1`, and the button that abstains.
GIVEN = {RANKING: "place-", SCORES: "score-"}
ABSTAINS = "abstain"
_EMPTY = {
    ONE: _l("Please choose one of the answers."),
    MANY: _l("Please tick at least one answer, or abstain."),
    SCORES: _l("Please give at least one answer a score, or abstain."),
    RANKING: _l("Please give at least one answer a place, or abstain."),
}


class PaperField(Field):
    """What was ticked, scored or ranked. `data` is the line that is stored (`papers`), once the paper is `offered`.

    A script may send that line itself as `choice`. `given` is what was typed, by option, for the page that comes back.
    """

    blank: Blank | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.ticked: list[str] = []
        self.given: dict[str, str] = {}
        self.abstains = False
        self.wrong: Any = None

    def process(self, formdata: Any, *arguments: Any, **options: Any) -> None:
        super().process(formdata, *arguments, **options)
        if formdata is None:
            return
        self.ticked = formdata.getlist(self.name)
        self.abstains = bool(formdata.get(ABSTAINS))
        for start in GIVEN.values():
            typed = {name.removeprefix(start): formdata.get(name) for name in formdata if name.startswith(start)}
            self.given |= {key: value for key, value in typed.items() if value}

    def offer(self, blank: Blank) -> None:
        """Read what was filled in as a paper of this question."""
        self.blank = blank
        self.data, self.wrong = self._line(blank)

    def pre_validate(self, form: Any) -> None:
        assert self.blank is not None
        if self.wrong is not None:
            raise StopValidation(self.wrong)
        if not self.data:
            raise StopValidation(_EMPTY[KINDS[self.blank.method]])

    def _line(self, blank: Blank) -> tuple[str, Any]:
        kind, keys = KINDS[blank.method], list(blank.terms.options)
        if self.abstains:
            return ABSTAIN, None
        if kind in GIVEN and self.given:
            numbers, wrong = self._numbers(kind, keys, most=blank.terms.best if kind == SCORES else len(keys))
            if kind == SCORES:
                return papers.of_scores(numbers, keys), wrong
            return papers.of_ranks(numbers, keys), wrong or _same_places(blank.method, numbers)
        if kind == MANY and len(self.ticked) > 1 and set(self.ticked) <= set(keys):
            return papers.of_approved(self.ticked, keys), None
        return LIKED.join(self.ticked), None

    def _numbers(self, kind: str, keys: list[str], *, most: int) -> tuple[dict[str, int], Any]:
        """A number for each option that was given one; and what to say when one of them is none."""
        least = 0 if kind == SCORES else 1
        numbers = {}
        for key, typed in self.given.items():
            plain = narrow(typed) or ""
            if key not in keys or not re.fullmatch(r"\d{1,3}", plain, re.ASCII) or not least <= int(plain) <= most:
                return {}, _l("A whole number from %(least)s to %(most)s, please.", least=least, most=most)
            numbers[key] = int(plain)
        return numbers, None


def _same_places(method: str, places: Mapping[str, int]) -> Any:
    twice = [place for place, times in Counter(places.values()).items() if times > 1]
    if not twice or method in EQUAL_RANKS:
        return None
    return _l("Place %(place)s is given more than once. Please give each place to one answer only.", place=min(twice))

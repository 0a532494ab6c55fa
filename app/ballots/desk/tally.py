"""What was counted in an urn, as it is typed: so many papers say this, so many that."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.validators import StopValidation

from app.ballots import papers
from app.ballots.fields import PaperField
from app.ballots.papers import ABSTAIN, KINDS, ONE
from app.ballots.queries import VoteBox
from app.kit.fields import narrow

NUMBER, NEW = "number-", "times-new"
MOST = 99_999  # papers
MOST_LINES = 500


@dataclass
class Line:
    """One kind of paper and how many say it, as typed."""

    paper: str
    typed: str


class SparePaperField(PaperField):
    """A paper that may stay blank: the next kind that is added to a count."""

    def pre_validate(self, form: Any) -> None:
        """Judged together with its number (`TallyField`)."""

    @property
    def is_filled(self) -> bool:
        return bool(self.data or self.wrong)

    def clear(self) -> None:
        self.ticked, self.given, self.data, self.wrong = [], {}, "", None


class TallyField(Field):
    """Paper (`papers`) to number as `data`, once the papers of a question are `offered`.

    Where a paper names one answer each has a number, `number-yes`. Of other methods the clerk adds one kind of paper
    after another: `lines` are those added (`line` and `times`), `new` is the number of the one just filled in. Papers
    that abstain or cannot be read have a number whatever the method. What is left empty is nothing.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.numbers: dict[str, str] = {}
        self.lines: list[Line] = []
        self.new = ""
        self.wrong: dict[str, Any] = {}  # by the name of the control; of a line by its place, like times-0

    def process(self, formdata: Any, *arguments: Any, **options: Any) -> None:
        super().process(formdata, *arguments, **options)
        self.data: dict[str, int] = {}
        if formdata is None:
            return
        for name in formdata:
            if name.startswith(NUMBER):
                self.numbers[name.removeprefix(NUMBER)] = formdata.get(name)
        both = zip(formdata.getlist("line"), formdata.getlist("times"), strict=False)
        self.lines = [Line(paper, typed) for paper, typed in both][:MOST_LINES]
        self.new = formdata.get(NEW, "")

    def offer(self, box: VoteBox, spare: SparePaperField) -> None:
        """Read what was typed as a count of this question's papers; what is right in `spare` becomes a line."""
        keys = list(box.terms.options) if KINDS[box.method] == ONE else []
        self.data = {key: self._number(f"{NUMBER}{key}", self.numbers.get(key, "")) for key in [*keys, ABSTAIN]}
        self.lines = [one for one in self.lines if _is_readable(box, one.paper)]
        if not keys:
            self._take(box, spare)
        for place, line in enumerate(self.lines):
            number = self._number(f"times-{place}", line.typed)
            self.data[line.paper] = self.data.get(line.paper, 0) + number

    @property
    def total(self) -> int:
        """How many papers that makes so far."""
        return sum(self.data.values())

    def pre_validate(self, form: Any) -> None:
        if self.wrong:
            raise StopValidation(_l("Please look at what is marked; nothing is lost."))

    def _take(self, box: VoteBox, spare: SparePaperField) -> None:
        """Add the paper that was filled in, with its number."""
        if not spare.is_filled and not self.new.strip():
            return
        if spare.wrong is not None or not _is_readable(box, spare.data or ""):
            self.wrong["paper"] = spare.wrong or _l("Please fill in what these papers say.")
            return
        if not self._number(NEW, self.new):
            self.wrong[NEW] = _l("How many papers say this?")
            return
        self.lines.append(Line(spare.data, self.new))
        self.new = ""
        spare.clear()

    def _number(self, name: str, typed: str) -> int:
        plain = narrow(typed) or ""
        if not plain:
            return 0
        if not re.fullmatch(r"\d{1,6}", plain, re.ASCII) or int(plain) > MOST:
            self.wrong[name] = _l("A whole number from %(least)s to %(most)s, please.", least=0, most=MOST)
            return 0
        return int(plain)


def _is_readable(box: VoteBox, paper: str) -> bool:
    """Whether a line is a paper of this question. Abstentions have a number of their own."""
    try:
        papers.check(box.method, paper, list(box.terms.options), best=box.terms.best)
    except papers.Unreadable:
        return False
    return paper != ABSTAIN

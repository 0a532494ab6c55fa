"""Schulze's comparison, to be drawn and told: each pair, the strongest chains of wins, and why the winner won."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from app.ballots.counting import CARRIED, Count, Dropped
from app.ballots.drawn_parts import Cell, Head, Row, Table
from app.ballots.labels import Labels, figure, papers_words
from app.ballots.queries import VoteBox

Matrix = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Duel:
    """Who came first against one other: papers for it, without a preference, against it; and who wins, in words."""

    first: str
    other: str
    for_: int
    equal: int
    against: int
    words: str
    says: str


class Pairs:
    """The comparison of one count. Rows and columns are numbered, so that the table stays narrow."""

    def __init__(self, box: VoteBox, count: Count) -> None:
        self.box, self.count, self.labels = box, count, Labels(box)
        self._left = [key for key in box.terms.options if key in count.strengths]

    def matrix(self) -> Table:
        """How many papers put the row above the column."""
        return self._table(_("Papers that put the row above the column"), self.box.terms.options, self.count.matrix)

    def paths(self) -> Table | None:
        """The strongest chain of wins from the row to the column: as strong as its weakest win."""
        if len(self._left) < 2:
            return None
        return self._table(_("Strongest chain of wins from the row to the column"), self._left, self.count.strengths)

    def dropped(self) -> list[str]:
        """Which answers were out before the comparison, and why."""
        return [self._dropped_words(one) for one in self.count.dropped]

    def duels(self) -> list[Duel]:
        """Who came first against each other that was compared. Nobody did where nobody chose."""
        first = self.first
        return [self._duel(first, other) for other in self._left if other != first] if first else []

    @property
    def first(self) -> str | None:
        """The winner, the first of those who stood equal, or the default; None where nobody chose."""
        count, default = self.count, self.box.terms.default
        if not count.chose:
            return None
        if count.winners or count.tied:
            return [*count.winners, *count.tied][0]
        return default if count.result != CARRIED and default in self._best() else next(iter(self._best()), None)

    def _best(self) -> list[str]:
        """Whom nobody beats along a stronger chain."""
        paths = self.count.strengths
        return [a for a in self._left if all(paths[a][b] >= paths[b][a] for b in self._left if b != a)]

    def _table(self, caption: str, keys: Sequence[str], values: Matrix) -> Table:
        numbers = {key: place for place, key in enumerate(self.box.terms.options, start=1)}
        heads = [Head(str(numbers[key]), self.labels.plain(key)) for key in keys]
        rows = [Row(a, self.labels[a], [self._cell(values, a, b) for b in keys], numbers[a]) for a in keys]
        return Table(caption, _("Option"), heads, rows)

    @staticmethod
    def _cell(values: Matrix, a: str, b: str) -> Cell:
        if a == b:
            return Cell(None)
        won = values[a][b] > values[b][a]
        return Cell(values[a][b], _("beats it") if won else "", won=won)

    def _dropped_words(self, one: Dropped) -> str:
        ratio = self.box.terms.ratio(one.option)
        told = {
            "answer": self.labels.quoted(one.option), "papers": papers_words(one.for_),
            "none": self.labels.quoted(str(self.box.terms.default)), "against": figure(one.against),
        }  # fmt: skip
        if one.why == "quorum":
            needed = figure(self.box.needed)
            return _("%(answer)s is out: %(papers)s put it above %(none)s, and %(needed)s were needed.",
                     needed=needed, **told)  # fmt: skip
        if ratio == 1:
            return _(
                "%(answer)s is out: %(papers)s put it above %(none)s and %(against)s below; it needed more above than "
                "below.",
                **told,
            )
        return _(
            "%(answer)s is out: %(papers)s put it above %(none)s and %(against)s below; it needed more than %(ratio)s "
            "to 1.",
            ratio=figure(ratio), **told,
        )  # fmt: skip

    def _duel(self, first: str, other: str) -> Duel:
        for_, against = self.count.matrix[first][other], self.count.matrix[other][first]
        says = _("%(first)s %(for_)s, no difference %(equal)s, %(other)s %(against)s", first=self.labels.plain(first),
                 other=self.labels.plain(other), for_=figure(for_), against=figure(against),
                 equal=figure(self.count.chose - for_ - against))  # fmt: skip
        direct = for_ > against and not self._tied(first, other)
        words = self._direct(first, other, for_, against) if direct else self._chain(first, other)
        return Duel(self.labels.plain(first), self.labels.plain(other), for_, self.count.chose - for_ - against,
                    against, words, says)  # fmt: skip

    def _direct(self, first: str, other: str, for_: int, against: int) -> str:
        return _("%(first)s beats %(other)s: %(papers)s put it higher, %(against)s lower.",
                 first=self.labels.quoted(first), other=self.labels.quoted(other), papers=papers_words(for_),
                 against=figure(against))  # fmt: skip

    def _tied(self, first: str, other: str) -> bool:
        return any({first, other} <= set(tied) for tied in (self.count.tied, *(one.tied for one in self.count.ties)))

    def _chain(self, first: str, other: str) -> str:
        """It did not win directly: it won along a chain, or stood equal."""
        there, back = self.count.strengths[first][other], self.count.strengths[other][first]
        names = {"first": self.labels.quoted(first), "other": self.labels.quoted(other)}
        if there > back:
            return _("%(first)s does not beat %(other)s directly, but by a chain of wins: its weakest win has "
                     "%(there)s, that of the way back %(back)s.",
                     **names, there=papers_words(there), back=figure(back))  # fmt: skip
        for_, against = self.count.matrix[first][other], self.count.matrix[other][first]
        if self._tied(first, other) and for_ == against:
            return _("%(first)s and %(other)s stand equal: %(papers)s put the one higher, and as many the other.",
                     **names, papers=papers_words(for_))  # fmt: skip
        if self._tied(first, other):
            return _("%(first)s and %(other)s stand equal: neither has the stronger chain of wins.", **names)
        if there < back:
            return _("%(other)s beats %(first)s.", **names)
        return _("%(first)s does not beat %(other)s directly; of the chains of wins, equally strong both ways, that of "
                 "%(first)s has fewer papers against it.", **names)  # fmt: skip

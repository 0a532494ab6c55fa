"""The rounds of a run-off and of a transferable vote, to be drawn and told: who has what, who leaves, what moves on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flask_babel import gettext as _

from app.ballots.counting import CARRIED, Count, Round
from app.ballots.drawn_parts import Bar, Cell, Head, Row, Table
from app.ballots.labels import Labels, Votes, figure, together, votes_words
from app.ballots.needed import Line
from app.ballots.queries import VoteBox

SHOWN_AT_ONCE = 4  # more rounds than these: only the first and the last are open


@dataclass(frozen=True)
class Stage:
    """One round: its bars with the line, what happened as sentences, and the papers that name nobody any more."""

    title: str
    path: Sequence[str]
    bars: Sequence[Bar]
    line: Line
    exhausted: str
    open: bool


class Rounds:
    """All rounds of one count. `lots`: whether the lot had to leave somebody out."""

    def __init__(self, box: VoteBox, count: Count) -> None:
        self.box, self.count, self.labels = box, count, Labels(box)
        self.lots = any(len(_fewest(one)) > 1 for one in count.rounds if one.out)

    def stages(self) -> list[Stage]:
        rounds = self.count.rounds
        few, last = len(rounds) <= SHOWN_AT_ONCE, len(rounds) - 1
        return [
            Stage(self._title(place), list(self._path(place)), self._bars(one), self._line(one),
                  self._exhausted_words(one.exhausted), few or place in (0, last))
            for place, one in enumerate(rounds)
        ]  # fmt: skip

    def table(self) -> Table:
        """Every answer in its row, every round in its column."""
        rounds = self.count.rounds
        rows = [
            Row(key, self.labels[key], [Cell(one.votes.get(key), self._mark(one, key)) for one in rounds])
            for key in self.box.terms.options
        ]
        rest = Row("", _("Name nobody any more"), [Cell(one.exhausted) for one in rounds])
        heads = [Head(self._title(place)) for place in range(len(rounds))]
        return Table(_("Votes in each round"), _("Option"), heads, rows, [rest])

    @staticmethod
    def _title(place: int) -> str:
        return _("Round %(number)s", number=place + 1)

    @property
    def _scale(self) -> Fraction:
        """The votes that fill a bar: all, or for several seats what the strongest had in any round."""
        if not self.count.share_needed:
            return Fraction(max(1, self.count.chose))
        top = max(votes for one in self.count.rounds for votes in one.votes.values())
        return max(top, Fraction(self.count.share_needed))

    def _bars(self, one: Round) -> list[Bar]:
        return [self._bar(one, key, votes) for key, votes in one.votes.items()]

    def _bar(self, one: Round, key: str, votes: Fraction) -> Bar:
        mark = self._mark(one, key)
        says = _(", ").join([f"{self.labels.plain(key)}{_(': ')}{votes_words(votes)}", *([mark] if mark else [])])
        part = "yes" if key in one.elected else "going" if key in one.out else "none"
        icon = "circle-check" if key in one.elected else "circle-minus"
        filled, line = float(votes / self._scale), self._line(one).at
        return Bar(self.labels[key], figure(votes), "", filled, part, mark, icon, says, line)

    def _mark(self, one: Round, key: str) -> str:
        if key in one.out:
            return _("Drops out")
        if key not in one.elected:
            return ""
        if not self.count.share_needed:
            return _("More than half")
        return _("Elected") if self.count.result == CARRIED else ""

    def _line(self, one: Round) -> Line:
        if quota := self.count.share_needed:
            return Line(float(quota / self._scale), _("A seat takes %(votes)s", votes=votes_words(quota)))
        voting = sum(one.votes.values(), Fraction(0))
        words = _("More than half of %(whole)s: %(needed)s", whole=figure(voting), needed=figure(int(voting / 2) + 1))
        return Line(float(voting / 2 / self._scale), words)

    def _path(self, place: int) -> Iterator[str]:
        one = self.count.rounds[place]
        yield from self._seats(one) if self.count.share_needed else self._half(one)
        yield from self._left_out(one)
        if place + 1 < len(self.count.rounds):
            yield from self._moves(one, self.count.rounds[place + 1])

    def _half(self, one: Round) -> Iterator[str]:
        """Who has more than half, or the two who end alike."""
        voting = sum(one.votes.values(), Fraction(0))
        for key in one.elected:
            yield _("%(answer)s has %(votes)s of %(whole)s that still name somebody: more than half.",
                    answer=self.labels.quoted(key), votes=figure(one.votes[key]), whole=figure(voting))  # fmt: skip
        if not one.elected and not one.out:
            yield _("%(answers)s end with equally many votes (%(votes)s).", answers=self.labels.listed(list(one.votes)),
                    votes=figure(max(one.votes.values())))  # fmt: skip

    def _seats(self, one: Round) -> Iterator[str]:
        quota = self.count.share_needed
        for key in one.elected:
            votes = one.votes[key]
            if votes >= quota:
                yield _("%(answer)s has %(votes)s and reaches the %(quota)s that a seat takes.",
                        answer=self.labels.quoted(key), votes=votes_words(votes), quota=figure(quota))  # fmt: skip
            else:
                yield _("As many seats are left as names, so %(answer)s takes one with %(votes)s.",
                        answer=self.labels.quoted(key), votes=votes_words(votes))  # fmt: skip

    def _left_out(self, one: Round) -> Iterator[str]:
        for key in one.out:
            fewest, votes = _fewest(one), figure(one.votes[key])
            if len(fewest) > 1:
                yield _("%(answers)s have equally few votes (%(votes)s); the lot leaves out %(out)s.",
                        answers=self.labels.listed(fewest), votes=votes, out=self.labels.quoted(key))  # fmt: skip
            else:
                yield _("%(answer)s has the fewest votes (%(votes)s) and drops out.",
                        answer=self.labels.quoted(key), votes=votes)  # fmt: skip

    def _moves(self, one: Round, after: Round) -> Iterator[str]:
        """Where the votes of those who left went: by how much each of the others grew."""
        grown: list[tuple[str, Votes]] = [(key, votes - one.votes[key]) for key, votes in after.votes.items()]
        moves = [
            _("%(votes)s to %(answer)s", votes=figure(votes), answer=self.labels.quoted(key))
            for key, votes in sorted(grown, key=lambda move: -move[1])
            if votes
        ]
        lost = after.exhausted - one.exhausted
        if not moves:
            if lost:
                yield _("%(votes)s cannot go on: nobody else on these papers is still in.", votes=votes_words(lost))
            return
        if lost:
            moves.append(_("%(votes)s to nobody else", votes=figure(lost)))
        if one.elected:
            yield _("What is more than a seat takes goes on: %(moves)s.", moves=together(moves))
        else:
            yield _("These votes go on: %(moves)s.", moves=together(moves))

    @staticmethod
    def _exhausted_words(votes: Fraction) -> str:
        return _("Papers that name nobody any more: %(votes)s", votes=figure(votes)) if votes else ""


def _fewest(one: Round) -> list[str]:
    least = min(one.votes.values())
    return [key for key, votes in one.votes.items() if votes == least]

"""The answers of a ballot in sentences: quoted, listed, and with their votes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from flask_babel import gettext as _
from flask_babel import ngettext

from app.ballots.queries import VoteBox
from app.kit import say
from app.kit.i18n import language
from app.kit.words import Words

Votes = Fraction | int


class Labels:
    """The answers of one ballot by their keys, in the language of the reader."""

    def __init__(self, box: VoteBox) -> None:
        self._labels = {one.key: one.label for one in box.answers}

    def __getitem__(self, key: str) -> Words:
        return self._labels[key]

    def plain(self, key: str) -> str:
        return self._labels[key].into(language())

    def quoted(self, key: str) -> str:
        return f"“{self.plain(key)}”"

    def listed(self, keys: Sequence[str]) -> str:
        """“A”, “B” and “C”."""
        return together([self.quoted(key) for key in keys])


def together(parts: Sequence[str]) -> str:
    """a, b and c."""
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s and %(last)s", first=_(", ").join(parts[:-1]), last=parts[-1])


def cut(votes: Votes) -> Votes:
    """Cut after two digits: rounded up, a vote could seem to reach what it does not."""
    return Fraction(int(votes * 100), 100) if Fraction(votes).denominator != 1 else int(votes)


def figure(votes: Votes) -> str:
    """1,280 and, of parts of votes, 12.33."""
    short = cut(votes)
    return say.number(short) if isinstance(short, int) else f"{float(short):,.2f}"


def votes_words(votes: Votes) -> str:
    """1 vote, 12.33 votes."""
    return ngettext("%(told)s vote", "%(told)s votes", 1 if votes == 1 else 2, told=figure(votes))


def sum_words(box: VoteBox, number: Votes) -> str:
    """What an answer has in this ballot: 12 votes, or 12 points where it is scored."""
    if box.method == "score":
        return ngettext("%(told)s point", "%(told)s points", int(number), told=figure(number))
    return votes_words(number)


def papers_words(number: int) -> str:
    """1 paper, 12 papers."""
    return ngettext("%(told)s paper", "%(told)s papers", number, told=say.number(number))


def electors_words(box: VoteBox, number: int) -> str:
    """12 people, or 12 households."""
    if box.electorate == "household":
        return ngettext("%(told)s household", "%(told)s households", number, told=say.number(number))
    return ngettext("%(told)s person", "%(told)s people", number, told=say.number(number))


def voted_words(box: VoteBox, cast: int) -> str:
    """12 people have voted."""
    told = say.number(cast)
    if box.electorate == "household":
        return ngettext("%(told)s household has voted", "%(told)s households have voted", cast, told=told)
    return ngettext("%(told)s person has voted", "%(told)s people have voted", cast, told=told)

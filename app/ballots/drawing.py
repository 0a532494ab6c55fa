"""How turnout and result of a ballot are drawn: a VoteBox becomes rows, widths and words; templates only print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Flask
from flask_babel import gettext as _

from app.ballots.counting import NO_QUORUM, Count
from app.ballots.drawn_pairs import Duel, Pairs
from app.ballots.drawn_parts import Bar, Cell, Head, Row, Table
from app.ballots.drawn_rounds import Rounds, Stage
from app.ballots.labels import Labels, electors_words, figure, voted_words
from app.ballots.method_words import Note, how_counted, notes
from app.ballots.needed import MEASURED, Line, line_of, whole_of
from app.ballots.papers import KINDS, RANKING
from app.ballots.queries import VoteBox
from app.kit import say


@dataclass(frozen=True)
class Turnout:
    """How many of the roll have voted (`filled`, 0 to 1), and where the quorum lies."""

    filled: float
    line: float | None
    part: str
    voted: str
    share: str
    needed: str
    says: str


@dataclass(frozen=True)
class Drawing:
    """All that is drawn of one ballot. While voting runs that is the turnout where it may be said, and nothing else."""

    turnout: Turnout | None
    notes: Sequence[Note] = ()
    bars: Sequence[Bar] = ()
    line: Line | None = None
    stages: Sequence[Stage] = ()
    duels: Sequence[Duel] = ()
    dropped: Sequence[str] = ()
    matrix: Table | None = None
    abstained: str = ""
    how: Sequence[str] = ()
    how_open: bool = False
    tables: Sequence[Table] = ()


def init_app(app: Flask) -> None:
    """Give templates `box|drawn`."""
    app.jinja_env.filters["drawn"] = drawn


def drawn(box: VoteBox) -> Drawing:
    """What is to be drawn of this ballot, in the language of the reader."""
    count = box.outcome
    if count is None:
        return Drawing(_turnout(box))
    rounds, pairs = Rounds(box, count), Pairs(box, count) if count.matrix else None
    measured = box.method in MEASURED
    paths = pairs.paths() if pairs else None
    return Drawing(
        _turnout(box),
        notes=notes(box, count),
        bars=_bars(box, count) if measured and count.cast else (),
        line=line_of(box, count),
        stages=rounds.stages(),
        duels=pairs.duels() if pairs else (),
        dropped=pairs.dropped() if pairs and count.result != NO_QUORUM else (),  # all of them, for the same reason
        matrix=pairs.matrix() if pairs and count.cast else None,
        abstained=_abstained_words(count),
        how=how_counted(box, lots=rounds.lots or bool(count.ties)),
        how_open=KINDS[box.method] == RANKING and count.cast > 0,
        tables=[tally(box, count), *([rounds.table()] if count.rounds else []), *([paths] if paths else [])],
    )  # fmt: skip


def result_csv_rows(box: VoteBox) -> list[list[str | int | float]]:
    """The result as a head and rows in the reader's words: sums, then each round or each comparison. Head only before.

    A row for each answer, those who abstained and all papers; columns of rounds also say whose papers name nobody.
    """
    count = box.outcome
    first = tally(box, count) if count else Table("", _("Option"), [], [])
    more = [] if count is None else [Rounds(box, count).table()] if count.rounds else []
    if count and count.matrix:
        more.append(Pairs(box, count).matrix())
    head: list[str | int | float] = [first.corner, *(one.shown for one in first.heads)]
    head += [_above(one) for table in more for one in table.heads]
    wide, labels = sum(len(table.heads) for table in more), Labels(box)
    lines: list[list[str | int | float]] = []
    for row in first.rows:
        beside = [cell for table in more for one in table.rows if one.key == row.key for cell in one.cells]
        label = labels.plain(row.key) if row.key else str(row.label)
        lines.append([label, *(cell.plain for cell in (*row.cells, *(beside or [Cell(None)] * wide)))])
    empty = [Cell(None)] * len(first.heads)
    lines += [[str(foot.label), *(cell.plain for cell in (*empty, *foot.cells))] for one in more for foot in one.feet]
    for foot in first.feet:
        lines.append([str(foot.label), *(cell.plain for cell in (*foot.cells, *[Cell(None)] * wide))])
    return [head, *lines]


def _above(head: Head) -> str:
    return _("above %(answer)s", answer=f"“{head.words}”") if head.words else head.shown


def tally(box: VoteBox, count: Count) -> Table:
    """What each answer has, its share of the whole where that decides, and what was chosen."""
    measured, whole, labels = box.method in MEASURED, whole_of(box, count), Labels(box)
    heads = [Head(_sums_head(box.method)), *([Head(_share_head(box))] if measured else []), Head(_("Outcome"))]
    between = [Cell(None)] if measured else []
    rows = []
    for key in box.terms.options:
        share = [Cell(say.share(count.sums[key], whole))] if measured else []
        rows.append(Row(key, labels[key], [Cell(count.sums[key]), *share, Cell(_mark(box, count, key))]))
    rows.append(Row("", _("Abstained"), [Cell(count.cast - count.chose), *between, Cell(None)]))
    feet = [Row("", _("Papers cast"), [Cell(count.cast), *between, Cell(None)])]
    return Table(_("Tally"), _("Option"), heads, rows, feet)


def _sums_head(method: str) -> str:
    known = {"approval": _("Ticks"), "score": _("Points given")}
    return _("First places") if KINDS[method] == RANKING else known.get(method) or _("Votes")


def _share_head(box: VoteBox) -> str:
    if box.terms.of_roll:
        return _("Of the roll")
    if box.method == "score":
        return _("Of all points")
    return _("Of yes and no") if box.method == "yes_no" else _("Of those who chose")


def _mark(box: VoteBox, count: Count, key: str) -> str:
    """What an answer came to, in a word."""
    if key not in count.winners:
        return ""
    if box.method == "yes_no":
        return _("Carried")
    return _("Elected") if box.method == "transferable" else _("Chosen")


def _bars(box: VoteBox, count: Count) -> list[Bar]:
    """One bar for each answer; the line crosses those that could be carried by reaching it: a no never is."""
    labels, whole, line = Labels(box), whole_of(box, count), line_of(box, count)
    bars = []
    for key in box.terms.options:
        votes, mark = count.sums[key], _mark(box, count, key)
        share = say.share(votes, whole)
        says = _(", ").join([f"{labels.plain(key)}{_(': ')}{figure(votes)}", share, *([mark] if mark else [])])
        part = key if box.method == "yes_no" else "yes" if mark else "none"
        at = line.at if line and (box.method != "yes_no" or key == "yes") else None
        filled = min(1.0, votes / whole) if whole else 0.0
        bars.append(Bar(labels[key], figure(votes), share, filled, part, mark, "circle-check", says, at))
    return bars


def _turnout(box: VoteBox) -> Turnout | None:
    if box.cast is None:
        return None
    voted, share = voted_words(box, box.cast), say.share(box.cast, box.roll_size)
    needed = f"{_('Quorum')}{_(': ')}{electors_words(box, box.needed)}"
    whole = box.roll_size
    return Turnout(
        min(1.0, box.cast / whole) if whole else 0.0, min(1.0, box.needed / whole) if whole else None,
        "yes" if box.cast >= box.needed else "going", voted, share, needed, " · ".join([voted, share, needed]),
    )  # fmt: skip


def _abstained_words(count: Count) -> str:
    if count.cast == count.chose:
        return ""
    told = figure(count.cast - count.chose)
    return _("Abstained: %(told)s. That counts towards the turnout, not towards the result.", told=told)

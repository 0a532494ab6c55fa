"""What a draft is held against: sums and the months beside it, and every text that would be published."""

from __future__ import annotations

from collections.abc import Iterator

from app.disclosures import books, cells, queries, rules
from app.disclosures.finances import FinanceTable, closings_refusal, follows_refusal, table_refusal
from app.disclosures.models import Draft
from app.kit.periods import Period
from app.kit.refusal import Refusal
from app.kit.words import Words

Text = tuple[Words, str]


def finances_refusal(place_id: int, period: Period, table: FinanceTable) -> Refusal | None:
    """Why this cannot be the place's finances of that month.

    Months follow each other without a gap, opening is the last closing, and a correction leaves alone what the next
    month already went on from. The first month of a place opens with what it says.
    """
    own = table_refusal(table)
    if own is not None:
        return own
    before = books.closings_before(place_id, period)
    if before is not None:
        last = period.moved(-1)
        if before.period != last:
            return rules.gap_refusal(before.period.moved(1).words)
        unlike = follows_refusal(table, before.funds, last)
        if unlike is not None:
            return unlike
    after = books.openings_after(place_id, period)
    if after is not None and after.period == period.moved(1):
        return closings_refusal(table, after.funds, after.period)
    return None


def texts_of(draft: Draft) -> Iterator[Text]:
    """Every text that would be published, with where it stands."""
    yield from _both(Words(zh="标题", en="The title"), draft.title)
    yield from _both(Words(zh="更正说明", en="The reason of the correction"), draft.reason)
    yield from _paragraphs(draft.text)
    if draft.cells is not None:
        for number, row in enumerate([cells.columns(draft.cells), *cells.rows(draft.cells)]):
            for one in row:
                yield from _both(Words(zh=f"表格第{number}行", en=f"Row {number} of the table"), one)
    if draft.finances is not None:
        yield from _names(FinanceTable.from_json(draft.finances))
    for file in queries.draft_attachments(draft.id):
        yield Words(zh="附件名称", en="The name of a file"), file.name


def _paragraphs(text: Words | None) -> Iterator[Text]:
    for whole in text.as_dict().values() if text else ():
        for number, line in enumerate((part for part in whole.split("\n") if part.strip()), start=1):
            yield Words(zh=f"正文第{number}段", en=f"Paragraph {number} of the text"), line


def _names(table: FinanceTable) -> Iterator[Text]:
    for number, fund in enumerate(table.funds, start=1):
        yield from _both(Words(zh=f"第{number}项资金的名称", en=f"The name of fund {number}"), fund.name)
    for number, line in enumerate(table.lines, start=1):
        for words in (line.text, line.account):
            yield from _both(Words(zh=f"第{number}条明细", en=f"Line {number} of the details"), words)


def _both(where: Words, words: Words | None) -> Iterator[Text]:
    for text in words.as_dict().values() if words else ():
        yield where, text

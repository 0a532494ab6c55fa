"""What the page of an item shows to one reader at one moment; each part is read when the page draws it, and once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.disclosures import books, calendar, cells, differences, money, queries, rules
from app.disclosures.chart import Chart, chart
from app.disclosures.finances import FinanceTable, Fund
from app.disclosures.forms import AgainForm, AnswerForm, QuestionForm
from app.kit import clock, working_days
from app.kit.i18n import language
from app.kit.kept import cached_property
from app.kit.paging import Slice
from app.kit.periods import Period, named
from app.kit.refusal import Refusal
from app.kit.weaving import Part, woven
from app.kit.words import Words
from app.people.rules import Anyone, masked

AnyRow = queries.AnyRow
MONTHS_SHOWN = 12


class DisclosurePage:
    """One item as `reader` sees it at `at`, in the revision `number` or in the latest one."""

    rules, money = rules, money

    def __init__(
        self, row: AnyRow, reader: Anyone, at: datetime, *, number: int | None = None, after: str | None = None
    ) -> None:
        self.row, self.reader, self.at, self.after = row, reader, at, after
        self.number = row.number if number is None else number

    @cached_property
    def revisions(self) -> Sequence[AnyRow]:
        return queries.revisions(self.row.id)

    @cached_property
    def shown(self) -> AnyRow | None:
        """The revision to show; None when there is no such one."""
        return next((one for one in self.revisions if one.number == self.number), None)

    @property
    def said(self) -> AnyRow:
        assert self.shown is not None
        return self.shown

    @property
    def is_latest(self) -> bool:
        return bool(self.number == self.row.number)

    @cached_property
    def before(self) -> AnyRow | None:
        """The revision that this one corrects."""
        return next((one for one in self.revisions if one.number == self.number - 1), None)

    @property
    def state(self) -> str | None:
        return calendar.state_of(self.row, self.at)

    @property
    def period(self) -> Period | None:
        return named(self.row.period)

    @property
    def due_on(self) -> date | None:
        return calendar.due_of(self.row)

    @property
    def has_table(self) -> bool:
        """Whether there is a table to take away."""
        return self.row.kind != "item" or self.said.cells is not None

    def file_href(self, upload_id: int) -> str:
        return url_for("disclosures.attachment", disclosure_id=self.row.id, upload_id=upload_id)

    @property
    def is_staff(self) -> bool:
        return self.reader.holds(*rules.STAFF, at=self.row.place_path)

    @cached_property
    def table(self) -> FinanceTable | None:
        return books.table_of(self.said.id) if self.row.kind == "finances" else None

    @cached_property
    def cells(self) -> tuple[list[Words], list[list[Words]]] | None:
        kept = self.said.cells
        return (cells.columns(kept), cells.rows(kept)) if kept else None

    @cached_property
    def files(self) -> Sequence[AnyRow]:
        return queries.attachments(self.said.id)

    # The months beside this one

    @cached_property
    def _months(self) -> dict[str, Fund]:
        period = self.period
        assert period is not None
        return books.months(self.row.place_id, period.moved(-MONTHS_SHOWN), period)

    @cached_property
    def months(self) -> list[tuple[Period, Fund | None]]:
        """Twelve months up to this one, which stands as the revision shown has it."""
        period, table = self.period, self.table
        assert period is not None
        assert table is not None
        span = [period.moved(-back) for back in range(MONTHS_SHOWN - 1, -1, -1)]
        return [(one, table.total if one == period else self._months.get(one.key)) for one in span]

    @cached_property
    def chart(self) -> Chart:
        return chart(self.months)

    @property
    def chart_words(self) -> str:
        """What the drawing finds, in a sentence."""
        assert self.table is not None
        most = max(self.months, key=lambda one: one[1].expenditure if one[1] else -1)
        return _(
            "Income and expenditure of twelve months. This month: income %(income)s, expenditure %(expenditure)s. "
            "Most was spent in %(month)s: %(most)s.",
            income=money.said(self.table.total.income), expenditure=money.said(self.table.total.expenditure),
            month=most[0].words.into(language()), most=money.said(most[1].expenditure if most[1] else 0),
        )  # fmt: skip

    @property
    def last_month(self) -> Fund | None:
        return self._months.get(self.period.moved(-1).key) if self.period else None

    @property
    def last_year(self) -> Fund | None:
        return self._months.get(self.period.moved(-12).key) if self.period else None

    def compared(self, column: str) -> str:
        """How this month's figure differs from the last one's: 1,234.50 more than last month."""
        assert self.table is not None
        if self.last_month is None:
            return ""
        change = getattr(self.table.total, column) - getattr(self.last_month, column)
        if change == 0:
            return _("the same as last month")
        sum_ = money.said(abs(change))
        return (
            _("%(sum)s more than last month", sum=sum_) if change > 0 else _("%(sum)s less than last month", sum=sum_)
        )

    @staticmethod
    def axis_words(yuan: int) -> str:
        """5万 and 50,000, beside the lines of the drawing."""
        if language() == "zh" and yuan >= 10_000:
            return f"{yuan / 10_000:g}万"
        return f"{yuan:,}"

    # What changed

    @cached_property
    def table_before(self) -> FinanceTable | None:
        return books.table_of(self.before.id) if self.before is not None and self.table is not None else None

    @cached_property
    def changed_texts(self) -> list[tuple[str, list[Part]]]:
        """Title, text, tables and papers where they differ from the revision before, woven into one."""
        old, new = self.before, self.said
        assert old is not None
        reader = language()
        lines = [differences.told_lines(one, reader) if one else "" for one in (self.table_before, self.table)]
        pairs = (
            (_("Title"), old.title.into(reader), new.title.into(reader)),
            (_("Text"), *((one.text.into(reader) if one.text else "") for one in (old, new))),
            (_("Table"), cells.as_text(old.cells, reader), cells.as_text(new.cells, reader)),
            (_("Line by line"), *lines),
            (_("Papers beside it"), _named(queries.attachments(old.id)), _named(self.files)),
        )
        return [(name, woven(was, now)) for name, was, now in pairs if was != now]

    @cached_property
    def changed_figures(self) -> list[differences.Changed]:
        if self.table_before is None or self.table is None:
            return []
        return differences.of_tables(self.table_before, self.table)

    # Payments

    @cached_property
    def totals(self) -> books.PaymentTotals:
        return books.payment_totals(self.said.id)

    @cached_property
    def payments(self) -> Slice:
        return books.payments(self.said.id, after=self.after)

    @property
    def sign(self) -> str:
        return money.SIGNS.get(self.row.currency, "")

    # Questions

    @cached_property
    def questions(self) -> Sequence[AnyRow]:
        return queries.questions(self.row.id)

    @cached_property
    def asked_about(self) -> dict[str, int]:
        """How many questions each row has: fund:2 -> 1."""
        found: dict[str, int] = {}
        for one in self.questions:
            if one.line:
                found[one.line] = found.get(one.line, 0) + 1
        return found

    def question_state(self, question: AnyRow) -> str:
        return rules.question_state(question.due_at, question.answered_at, self.at)

    def term_words(self, question: AnyRow) -> str:
        """3 working days left."""
        return term_words(question.due_at, self.at)

    @cached_property
    def ask_refusal(self) -> Refusal | None:
        return rules.ask_refusal(self.reader, place_path=self.row.place_path)

    @property
    def answer_days(self) -> int:
        return rules.answer_days(self.row.settings)

    def may_ask_again(self, question: AnyRow) -> bool:
        followed = any(one.follows_id == question.id for one in self.questions)
        no = rules.ask_again_refusal(
            self.reader, asker_id=question.by_id, answered=question.answered_at is not None,
            is_second=question.follows_id is not None, followed=followed,
        )  # fmt: skip
        return no is None

    def may_answer(self, question: AnyRow) -> bool:
        answered = question.answered_at is not None
        return rules.answer_refusal(self.reader, place_path=self.row.place_path, answered=answered) is None

    @cached_property
    def rows_to_ask(self) -> list[tuple[str, Words]]:
        if self.table is None:
            return []
        funds = [(f"fund:{number}", fund.name) for number, fund in enumerate(self.table.funds, start=1)]
        return funds + [(f"line:{number}", line.text) for number, line in enumerate(self.table.lines, start=1)]

    def question_form(self, line: str = "", *, blank: bool = True) -> QuestionForm:
        form = QuestionForm(formdata=None) if blank else QuestionForm()
        if blank and line in dict(self.rows_to_ask):
            form.line.data = line
        form.offer(self.rows_to_ask)
        return form

    @staticmethod
    def again_form() -> AgainForm:
        return AgainForm(formdata=None)

    @staticmethod
    def answer_form() -> AnswerForm:
        return AnswerForm(formdata=None)

    @staticmethod
    def name(row: Any, prefix: str = "") -> str:
        """张*; empty where nobody is named."""
        family_name = getattr(row, f"{prefix}family_name")
        return masked(family_name, getattr(row, f"{prefix}family_name_en"), language()) if family_name else ""

    @property
    def json_href(self) -> str:
        """The same revision as data."""
        path, query, rest = self.href(revision=None if self.is_latest else self.number).partition("?")
        return f"{path}.json{query}{rest}"

    def href(self, **args: Any) -> str:
        return url_for("disclosures.disclosure", disclosure_id=self.row.id, **args)


def _named(files: Sequence[AnyRow]) -> str:
    """One file a line, with the beginning of its check sum: another paper may bear the same name."""
    return "\n".join(f"{one.name} · {one.sha256[:8]}" for one in files)


def term_words(due_at: datetime, at: datetime) -> str:
    """3 working days left; 2 working days overdue."""
    first, last = sorted((clock.local(at).date(), clock.local(due_at).date()))
    days = sum(
        working_days.is_working_day(first.fromordinal(day)) for day in range(first.toordinal(), last.toordinal())
    )
    if at < due_at:
        return str(ngettext("%(num)d working day left", "%(num)d working days left", days))
    return str(ngettext("%(num)d working day overdue", "%(num)d working days overdue", days))

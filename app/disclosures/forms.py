"""What is typed about disclosures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, SelectField, StringField
from wtforms import Form as PlainRows
from wtforms.fields import SelectChoice
from wtforms.validators import Length, Optional, ValidationError

from app.disclosures import cells, money, sheet
from app.disclosures.finances import FinanceTable, cell
from app.kit.fields import Form, OnceForm, date_field, file_field, row_id, text_field, tidy
from app.kit.i18n import language, tell
from app.kit.periods import Period, named
from app.kit.sheets import Cell
from app.kit.words import Words

MOST_TEXT, MOST_ASKED = 8_000, 500
MOST_FUNDS, MOST_LINES = 12, 20  # rows of the form; more than that comes as a file
MORE_FUNDS, MORE_LINES = 2, 4

# What can be begun that is not on the list of duties.
WHAT = {
    "party": _l("Party affairs"), "village": _l("Village affairs"), "finance": _l("Finances, as a text"),
    "finances": _l("Finances of a month, as a table"),
}  # fmt: skip


class BeginForm(Form):
    """A new item: of a duty for a period or an event, or of anything else."""

    duty = StringField(validators=[Optional(), Length(max=9)])
    place = SelectField(_l("Which place publishes it?"), coerce=row_id, validate_choice=False)
    what = SelectField(_l("What is it about?"), choices=[SelectChoice(key, words) for key, words in WHAT.items()],
                       validate_choice=False)  # fmt: skip
    period = StringField(_l("Which month? For example 2026-10"), filters=[tidy], validators=[Optional(), Length(max=8)])
    event_on = date_field(_l("On which day was it?"), needed=False)

    def offer(self, places: Sequence[Any]) -> None:
        self.place.choices = [SelectChoice(one.id, one.name.into(language())) for one in places]

    def validate_period(self, field: StringField) -> None:
        if field.data and named(field.data) is None:
            raise ValidationError(_l("Write the month like 2026-10."))


class WriteForm(Form):
    """Title, text and a plain table; a correction also says why."""

    title = text_field(_l("The item in one line"), least=2, most=120)
    text = text_field(_l("The text"), most=MOST_TEXT, needed=False, lines=True)
    cells = text_field(_l("A table"), most=MOST_TEXT, needed=False, lines=True)
    reason = text_field(_l("What is corrected, and why"), least=4, most=500, needed=False, lines=True)

    def validate_cells(self, field: StringField) -> None:
        rows = cells.parted(field.data or "")
        if any(len(row) > cells.MOST_COLUMNS for row in rows) or len(rows) > cells.MOST_ROWS:
            raise ValidationError(
                _l("At most %(columns)s columns and %(rows)s rows, please; send more than that as a file.",
                   columns=cells.MOST_COLUMNS, rows=cells.MOST_ROWS)
            )  # fmt: skip
        if any(len(text) > cells.LONGEST for row in rows for text in row):
            raise ValidationError(_l("A cell holds at most %(most)s characters.", most=cells.LONGEST))

    def fill(self, draft: Any) -> None:
        """What the draft says now, in the reader's language."""
        self.title.data = draft.title.into(language())
        self.text.data = draft.text.into(language()) if draft.text else ""
        self.cells.data = cells.as_text(draft.cells, language())
        self.reason.data = draft.reason.into(language()) if draft.reason else ""

    def words(self, name: str, before: Words | None) -> Words | None:
        """What was typed; what reads as it did keeps its other language."""
        text = self[name].data
        if not text:
            return None
        if before is not None and before.into(language()) == text:
            return before
        return Words.typed(text, language())


def _amount(label: Any) -> StringField:
    return StringField(label, filters=[tidy], validators=[Length(max=24)])


class FundRow(PlainRows):
    """One fund with its balances."""

    fund = StringField(_l("Fund"), filters=[tidy], validators=[Length(max=80)])
    opening, income = _amount(_l("Opening")), _amount(_l("Income"))
    expenditure, closing = _amount(_l("Expenditure")), _amount(_l("Closing"))


class LineRow(PlainRows):
    """One line of income or expenditure."""

    fund = StringField(_l("Fund"), filters=[tidy], validators=[Length(max=80)])
    on = StringField(_l("Day"), filters=[tidy], validators=[Length(max=12)])
    account = StringField(_l("Ledger account"), filters=[tidy], validators=[Length(max=80)])
    text = StringField(_l("Purpose"), filters=[tidy], validators=[Length(max=200)])
    income, expenditure = _amount(_l("Income")), _amount(_l("Expenditure"))


class TableForm(Form):
    """The finance table, typed row by row; read by the same reader as a file, which names the field that is wrong."""

    funds = FieldList(FormField(FundRow), max_entries=MOST_FUNDS)
    lines = FieldList(FormField(LineRow), max_entries=MOST_LINES)

    def fill(self, table: FinanceTable) -> None:
        for fund in table.funds:
            figures = {key: money.plain(getattr(fund, key)) for key in ("opening", "income", "expenditure", "closing")}
            self.funds.append_entry({"fund": fund.name.into(language()), **figures})
        for line in table.lines:
            self.lines.append_entry(
                {
                    "fund": table.funds[line.fund].name.into(language()),
                    "on": line.on.isoformat() if line.on else "",
                    "account": line.account.into(language()) if line.account else "",
                    "text": line.text.into(language()),
                    "income": money.plain(line.income) if line.income else "",
                    "expenditure": money.plain(line.expenditure) if line.expenditure else "",
                }
            )
        self.more()

    def more(self) -> None:
        """Some empty rows at the end, as far as the form goes."""
        for rows, count, most in ((self.funds, MORE_FUNDS, MOST_FUNDS), (self.lines, MORE_LINES, MOST_LINES)):
            for _ in range(min(count, most - len(rows))):
                rows.append_entry()

    def read(self, period: Period | None) -> FinanceTable:
        """The table that was typed. Raises `Refused` with the field that is wrong."""
        head = [Cell(words.into(language()), "") for words in sheet.COLUMNS.values()]
        rows = [head, *self._rows(self.funds, "closing"), *self._rows(self.lines, "text")]
        _period, table = sheet.read(rows)
        return table

    @staticmethod
    def _rows(entries: Any, otherwise: str) -> list[list[Cell]]:
        """Rows as the reader of files wants them; a column that these rows have not is named by another."""
        made = []
        for number, row in enumerate(entries):
            fields = row.form._fields
            made.append(
                [
                    Cell(fields[key].data or "", fields[key].name) if key in fields
                    else Cell("", f"{entries.name}-{number}-{otherwise}")
                    for key in sheet.COLUMNS
                ]
            )  # fmt: skip
        return made

    @property
    def wrong(self) -> str | None:
        """The name of the field that the refusal is about."""
        at = dict(self.refusal.values).get("at") if self.refusal else None
        names = (field.name for rows in (self.funds, self.lines) for row in rows for field in row.form)
        return next((name for name in names if at is not None and cell(name) == at), None)


class SheetForm(Form):
    """The finance table as a file."""

    sheet = file_field(_l("The table as a file"), kinds={"sheet"}, needed=True)


class AttachForm(Form):
    """A file beside the text."""

    file = file_field(_l("A file to read beside it"), kinds={"image", "pdf", "sheet"}, needed=True)


class BackForm(Form):
    """Why a draft goes back to its author."""

    why = text_field(_l("What is to be changed"), least=4, most=500, lines=True)


class PlainForm(Form):
    """A step that needs nothing but the press of its button."""


class StepForm(OnceForm):
    """Sending or countersigning: pressed twice, it is done once, and the second press is answered as the first."""


class QuestionForm(OnceForm):
    """A question about an item, or about one of its rows."""

    line = SelectField(_l("Which row is it about?"), validate_choice=True)
    text = text_field(_l("What would you like to know?"), least=4, most=MOST_ASKED, lines=True)

    def offer(self, rows: Sequence[tuple[str, Words]]) -> None:
        self.line.choices = [
            SelectChoice("", _l("The whole item")), *(SelectChoice(key, tell(words)) for key, words in rows)
        ]  # fmt: skip
        if self.line.data is None:
            self.line.data = ""


class AgainForm(OnceForm):
    """One more question after the answer."""

    again = text_field(_l("What is still unclear?"), least=4, most=MOST_ASKED, lines=True)


class AnswerForm(OnceForm):
    """The committee's answer."""

    answer = text_field(_l("The answer, for everybody to read"), least=4, most=2_000, lines=True)

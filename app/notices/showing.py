"""What a page shows of a notice to one reader: its lines, and what this reader may do about them."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from app.kit.i18n import shown
from app.kit.kept import cached_property
from app.kit.refusal import Refusal
from app.kit.words import Words
from app.notices import queries, rules
from app.notices.forms import AnswerForm, ObjectionForm
from app.notices.queries import Line, NoticeView, Said
from app.people.rules import Anyone


class NoticePage:
    """One notice as `reader` sees it."""

    rules = rules

    def __init__(self, view: NoticeView, reader: Anyone) -> None:
        self.view, self.reader, self.at = view, reader, view.at

    @property
    def period(self) -> str:
        """7 days; 5 working days."""
        days = self.view.days
        if self.view.working:
            return str(ngettext("%(num)d working day", "%(num)d working days", days))
        return str(ngettext("%(num)d day", "%(num)d days", days))

    @property
    def takes_objections(self) -> bool:
        """Whether the period runs, for whoever may object."""
        return self.view.state == "running"

    @property
    def object_refusal(self) -> Refusal | None:
        view = self.view
        return rules.object_refusal(
            self.reader, place_path=view.place_path, starts_at=view.starts_at, ends_at=view.last_end, at=self.at
        )

    @property
    def is_staff(self) -> bool:
        """Whether this reader answers for the place."""
        return self.reader.holds(*rules.STAFF, at=self.view.place_path)

    @cached_property
    def own_lines(self) -> frozenset[str]:
        """The lines in which this reader has a part; asked of those alone who answer for the others."""
        return queries.own_lines(self.reader, self.view.id) if self.is_staff else frozenset()

    def waits(self, line: Line, said: Said) -> bool:
        """Whether the committee still owes an answer."""
        return said.outcome is None and line.state != "taken_back"

    def answer_refusal(self, line: Line, said: Said) -> Refusal | None:
        """Why this reader does not answer it; None when they may."""
        return rules.answer_refusal(
            self.reader, place_path=self.view.place_path, filed_by=said.filed_by,
            filed_by_household=said.filed_by_household, has_part=said.line_key in self.own_lines,
            ended=not self.waits(line, said),
        )  # fmt: skip

    def may_withdraw(self, line: Line, said: Said) -> bool:
        no = rules.withdraw_refusal(self.reader, filed_by=said.filed_by, ended=not self.waits(line, said))
        return no is None

    def is_late(self, line: Line, said: Said) -> bool:
        return self.waits(line, said) and rules.is_late(said.filed_at, self.at)

    def filer(self, said: Said) -> str:
        """Who filed it: told to the reader if it was they, and to the staff who answer for its line; to nobody else."""
        if said.filed_by == self.reader.id:
            return _("My objection")
        answers = self.is_staff and said.line_key not in self.own_lines
        return shown(Words(zh=said.filer_name)) if answers else _("A resident")

    def objection_form(self, *, blank: bool = False) -> ObjectionForm:
        form = ObjectionForm(formdata=None) if blank else ObjectionForm()
        form.offer([(line.key, line.text) for line in self.view.lines if self._takes(line)])
        return form

    def _takes(self, line: Line) -> bool:
        """Whether it can be objected to while the notice runs: not once its period is over, or it was taken back."""
        return line.state in ("on_notice", "held") if self.view.goes_on else line.state != "taken_back"

    def answer_form(self) -> AnswerForm:
        return AnswerForm(formdata=None)


def filed_words() -> str:
    """What somebody hears who objected."""
    return _(
        "Your objection is filed. It holds this one line until the committee has answered; "
        "the answer stands here for everybody to read."
    )

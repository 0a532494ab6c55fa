"""What a page shows of a promise to one reader; each part is read when the page draws it, and once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.kit import clock
from app.kit.i18n import language
from app.kit.kept import cached_property
from app.kit.refusal import N_
from app.people.rules import Anyone, masked
from app.promises import queries, rules

ACT_WORDS = {"make": N_("Promised"), "report": N_("Progress"), "finish": N_("Done"), "drop": N_("Dropped")}


class PromisePage:
    """One promise as `reader` sees it at `at`."""

    rules = rules

    def __init__(self, row: queries.AnyRow, reader: Anyone, at: datetime) -> None:
        self.row, self.reader, self.at = row, reader, at

    @property
    def state(self) -> str:
        return rules.shown_state(self.row.state, self.row.due_on, self.at)

    @cached_property
    def acts(self) -> list[str]:
        """What this reader may say of it now."""
        who = rules.who_is(self.reader, place_path=self.row.place_path, owner_id=self.row.owner_id)
        return rules.LIFE.open_to(self.row.state, who)

    @cached_property
    def notes(self) -> Sequence[queries.AnyRow]:
        return queries.notes(self.row.id)

    @cached_property
    def photos(self) -> dict[int, list[queries.AnyRow]]:
        """By the note that they belong to."""
        found: dict[int, list[queries.AnyRow]] = {}
        for one in queries.photos(self.row.id):
            found.setdefault(one.note_id, []).append(one)
        return found

    def words(self, note: queries.AnyRow) -> str:
        """Progress: 40%; Done."""
        words = _(ACT_WORDS[note.act])
        return f"{words} {note.percent}%" if note.act == "report" else words

    @staticmethod
    def name(note: queries.AnyRow) -> str:
        """张*; empty where nobody is named."""
        return masked(note.family_name, note.family_name_en, language()) if note.family_name else ""


def term_words(row: Any, at: datetime) -> str:
    """How it stands with its day: 3 days overdue; 5 days left; done 2 days late; empty where nothing needs saying."""
    ended = row.ended_at is not None
    days = (clock.local(row.ended_at if ended else at).date() - row.due_on).days
    if row.state == "dropped":
        return ""
    if ended:
        return str(ngettext("%(num)d day late", "%(num)d days late", days)) if days > 0 else _("in time")
    if days > 0:
        return str(ngettext("%(num)d day overdue", "%(num)d days overdue", days))
    return str(ngettext("%(num)d day to go", "%(num)d days to go", -days)) if days else _("due today")

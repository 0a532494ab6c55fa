"""A line of the tariff in the reader's words, and its limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.kit import say
from app.kit.i18n import language
from app.kit.refusal import N_
from app.kit.words import Words
from app.merits import windows
from app.merits.claiming import claim_refusal
from app.merits.rules import HIGHEST, OCCASIONS, OFFICES, Cap, Done, Line, Used
from app.people.rules import Person
from app.points.rules import ASSETS

_WINDOW = {
    "day": N_("a day"),
    "week": N_("a week"),
    "month": N_("a month"),
    "quarter": N_("a quarter"),
    "year": N_("a year"),
    "event": N_("for one occasion"),
    "award": N_("for one award"),
    "ever": N_("in all"),
    "balance": N_("in store"),
}
_PER = {
    "household": N_("per household"),
    "resident": N_("per person"),
    "household_pair": N_("between the same two households"),
}
EARN_WORDS = {
    "automatic": N_("Posted by itself"),
    "claim": N_("By claim"),
    "deduction": N_("Deduction"),
    "correction": N_("Correction"),
}
_OF = {"honour": N_("of honour"), "points": N_("to spend"), "minutes": N_("of service time")}


@dataclass(frozen=True)
class LineShown:
    """A line of the tariff in the reader's words."""

    code: str
    behaviour: Words
    earns: Sequence[tuple[str, str]]  # amount and of what
    terms: Sequence[str]
    confirmer: Words
    evidence: Words
    way: str
    clause: Words | None  # of the agreement that set it
    href: str | None
    may_be_claimed: bool


def line_shown(row: Any) -> LineShown:
    # "Once" is in the words of the unit already.
    terms = [
        row.unit,
        *(cap_words(cap) for cap in row.caps if cap["of"] != "factor" and (cap["of"], cap["limit"]) != ("count", 1)),
    ]
    if row.also_minutes:
        terms.append(_("The minutes served are recorded too"))
    return LineShown(
        code=row.code,
        behaviour=row.behaviour,
        earns=[(amount, _(_OF[asset])) for asset in ASSETS if (amount := _amount(row, asset))],
        terms=terms,
        confirmer=row.confirmer,
        evidence=row.evidence,
        way=way_words(row),
        clause=row.clause,
        href=row.href,
        may_be_claimed=claim_refusal(row) is None,
    )


def way_words(line: Any) -> str:
    """How a line is earned: 由网格员登记; Entered by the grid member. `line` has `earn` and `entered_by`."""
    if line.entered_by is not None:
        return _("Entered by %(office)s", office=OFFICES[line.entered_by].name.into(language()))
    return _(EARN_WORDS[line.earn])


def _amount(row: Any, asset: str) -> str:
    value = row.assets.get(asset)
    if row.factor is not None and value is not None:
        return f"×{row.factor:g}"
    if isinstance(value, int):
        return say.signed(value) if asset != "minutes" else "+" + say.hours(value)
    if isinstance(value, list):
        return f"{say.signed(value[0])}–{value[1]}"
    return ""


def cap_words(cap: Mapping[str, Any]) -> str:
    """每户每月最多4分; at most 4 points a month per household."""
    limit, measure, window, per = (cap[name] for name in ("limit", "of", "window", "per"))
    values = {"what": measured(limit, measure), "window": _(_WINDOW[window]), "per": _(_PER[per])}
    if limit < 0:
        return _("never below %(what)s %(window)s %(per)s", **values)
    return _("at most %(what)s %(window)s %(per)s", **values)


def measured(limit: int, measure: str) -> str:
    """4分; 4 points."""
    shown = say.number(limit)
    if measure == "count":
        return ngettext("%(shown)s time", "%(shown)s times", limit, shown=shown)
    if measure == "minutes":
        return ngettext("%(shown)s minute", "%(shown)s minutes", limit, shown=shown)
    return ngettext("%(shown)s point", "%(shown)s points", limit, shown=shown)


def left_under(line: Line, person: Person, at: datetime) -> list[tuple[str, str]]:
    """Each limit of a line with what it leaves this person now, in words; what waits is counted in."""
    if person.household_id is None:
        return []
    now = Done(code=line.code, resident_id=person.id, because="", effective_at=at, announced_at=at)
    used = windows.used_under(line, now, household_id=person.household_id)
    return [(cap_words(_plain(cap)), measured(_left(cap, so_far), cap.of)) for cap, so_far in used if not _is_each(cap)]


def _is_each(cap: Cap) -> bool:
    """Limits of one occasion, one pair of households or lines bound together leave nothing to count beforehand."""
    return cap.window in OCCASIONS or cap.per == "household_pair" or cap.of == HIGHEST


def _plain(cap: Cap) -> dict[str, Any]:
    return {"limit": cap.limit, "of": cap.of, "window": cap.window, "per": cap.per}


def _left(cap: Cap, so_far: Used) -> int:
    if cap.of == "count":
        return max(0, cap.limit - so_far.count)
    if cap.of == "minutes":
        return max(0, cap.limit - so_far.served)
    return max(0, cap.limit - max(getattr(so_far, asset) for asset in cap.assets))

"""A line of the tariff from its document: what `models.TariffLine` keeps of it, and what awards and trials take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from app.kit.words import Words
from app.merits.rules import ANYONE, OFFICES, Cap, Line

# What a document says of a line beside others; kept as it stands there.
BESIDE_OTHERS = ("exclusive_with", "highest_of_group", "highest_wins", "first_report_only")


def row_of(document: Mapping[str, Any], confirmers: Mapping[str, Words]) -> dict[str, Any]:
    """The columns of a line; `confirmers` gives the words for those that the document only names."""
    evidence, who, office = document.get("evidence") or {}, document["confirmer"], document.get("entered_by")
    confirmer = Words.of(who) if isinstance(who, Mapping) else confirmers[who]
    return {
        "code": document["code"], "heading": document["heading"], "behaviour": Words.of(document["behaviour"]),
        "unit": Words.of(document["unit"]), "assets": document["assets"], "caps": document["caps"],
        "per": document["per"], "per_minutes": document.get("per_minutes"),
        "also_minutes": "also_minutes" in document, "factor": document.get("factor"),
        "applies_to": document.get("applies_to", []), "earn": document["earn"], "confirmer": confirmer,
        "evidence": Words.of(evidence.get("text") or {}), "evidence_kind": str(evidence.get("kind", "")),
        "entered_by": office if office in OFFICES else None,
        "exclusive": {name: document[name] for name in BESIDE_OTHERS if document.get(name)} or None,
    }  # fmt: skip


def line_of(document: Mapping[str, Any], spanning: Sequence[Mapping[str, Any]]) -> Line:
    """A line that is a draft only, under the caps that span the tariff; it has no id."""
    return line_from({"id": 0, "tariff_caps": spanning} | row_of(document, {}))


def line_from(row: Mapping[str, Any]) -> Line:
    """The line that these columns describe; `tariff_caps` are those that span its tariff."""
    own = [Cap(int(cap["limit"]), cap["of"], cap["window"], cap["per"]) for cap in row["caps"]]
    spanning = [
        Cap(int(cap["limit"]), "amount", cap["window"], cap["per"], True, cap["asset"], tuple(cap["outside_headings"]))
        for cap in row["tariff_caps"] or ()
        if row["heading"] not in cap["outside_headings"]
    ]
    exclusive = row["exclusive"] or {}
    first = [Cap(1, "count", "event", ANYONE)] if exclusive.get("first_report_only") else []
    plain = ("id", "code", "heading", "behaviour", "unit", "assets", "per", "earn", "per_minutes", "also_minutes")
    return Line(
        **{name: row[name] for name in plain}, caps=(*own, *first, *spanning), applies_to=tuple(row["applies_to"]),
        factor=None if row["factor"] is None else Fraction(str(row["factor"])), evidence_kind=row["evidence_kind"],
        entered_by=row["entered_by"],
        exclusive_with=tuple(exclusive.get("exclusive_with", ())), group=exclusive.get("highest_of_group"),
    )  # fmt: skip

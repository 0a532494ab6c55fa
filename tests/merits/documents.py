"""A small tariff of the shape that communities write."""

from __future__ import annotations

from typing import Any


def tariff_document(*, version: int = 1, **changes: dict[str, Any]) -> dict[str, Any]:
    """A few lines; `E04={...}` changes one of them."""
    lines = {
        "E04": line("E04", "environment", 5, 5, cap(10, "amount", "day", "household")),
        "E06": line("E06", "environment", 0, 50, per="household"),
        "V01": line(
            "V01", "service", 2, 2, cap(240, "minutes", "day", "resident"), per_minutes=60, also_minutes={"rate": 1}
        ),
        "V02": factor("V02", "assign", 1.4),
        "V03": factor("V03", "mark", 1.5),
        "D01": line("D01", "council", 2, 2, cap(1, "count", "event", "household"), per="household"),
        "D02": line("D02", "council", 3, 3, cap(9, "amount", "quarter", "resident")),
        "D03": line("D03", "council", 10, 10, cap(1, "count", "event", "resident")),
        "D04": line("D04", "council", 0, 1, cap(5, "amount", "month", "resident")),
        "N01": line("N01", "neighbours", 3, 3, cap(2, "count", "month", "household_pair")),
        "N07": line("N07", "neighbours", 0, 0, cap(100, "minutes", "balance", "resident"), per_minutes=1)
        | {"assets": {"minutes": 1}},
        "R01": line("R01", "compact", 5, 0, cap(1, "count", "ever", "household"), per="household"),
        "K01": line("K01", "deduction", -2, 0, per="household") | {"earn": "deduction"},
    }
    for code, change in changes.items():
        lines[code] |= change
    return {
        "tariff": {"name": {"zh": "试用细则", "en": "Tariff on trial"}, "version": version},
        "confirmers": [{"key": "leader", "name": {"zh": "楼组长", "en": "building leader"}}],
        "global_caps": [
            {
                "key": "household_points_month", "asset": "points", "limit": 80, "window": "month", "per": "household",
                "outside_headings": ["service", "family"], "note": {"zh": "每月最多80分", "en": "at most 80 a month"},
            },
            {"key": "no_self_review", "note": {"zh": "回避", "en": "no self-review"}},
        ],
        "lines": list(lines.values()),
    }  # fmt: skip


def cap(limit: int, of: str, window: str, per: str) -> dict[str, Any]:
    return {"limit": limit, "of": of, "window": window, "per": per}


def line(
    code: str, heading: str, honour: int, points: int, *caps: dict[str, Any], per: str = "resident", **more: Any
) -> dict[str, Any]:
    assets = {asset: amount for asset, amount in (("honour", honour), ("points", points)) if amount}
    return {
        "code": code, "heading": heading, "behaviour": {"zh": f"好事{code}", "en": f"Deed {code}"}, "assets": assets,
        "per": per, "unit": {"zh": "每次", "en": "each time"}, "caps": list(caps), "confirmer": "leader",
        "evidence": {"kind": "signin", "text": {"zh": "签到", "en": "check-in record"}}, "earn": "automatic", **more,
    }  # fmt: skip


def factor(code: str, evidence: str, by: float) -> dict[str, Any]:
    return line(code, "service", 0, 0, cap(2, "factor", "event", "resident")) | {
        "assets": {"honour": "factor", "points": "factor"}, "factor": by, "applies_to": ["V01"],
        "evidence": {"kind": evidence, "text": {"zh": "记录", "en": "record"}},
    }  # fmt: skip

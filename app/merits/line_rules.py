"""Why a line of a tariff document cannot be used: it is forbidden, or it cannot be understood. Without a database.

A document is what somebody wrote: whatever stands in it, the answer is a sentence and never an error of the program.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.kit.refusal import N_, Refusal, refusal
from app.kit.words import Words
from app.merits.banned import findings
from app.merits.rules import MEASURES, MOST, OFFICES, RESIDENT, SUBJECTS, WAYS, WINDOWS
from app.points.rules import ASSETS, HEADINGS

MOST_LIMIT = 10_000_000  # of a cap: minutes that somebody may keep are many
LONGEST_CODE = 16
MOST_QUOTED = 6  # words that a refusal quotes


def line_refusal(line: Any) -> Refusal | None:
    """Why a line of a tariff document cannot be used; None when it can."""
    if not _is_readable(line):
        return _unclear(line)
    no = topic_refusal(*_texts(line))
    if no is not None:
        return no
    if _leaves_several_choices(line):
        return refusal(
            N_(
                "Line %(code)s of the tariff leaves the reviewers more than one amount to choose. Please give honour "
                "and points the same range, or fixed amounts to both."
            ),
            status=422, code=line["code"],
        )  # fmt: skip
    if line.get("heading") not in HEADINGS or line.get("earn") not in WAYS or not _assets_make_sense(line):
        return _unclear(line)
    return None if all(map(_cap_makes_sense, line["caps"])) else _unclear(line)


def topic_refusal(*texts: Words) -> Refusal | None:
    """Why a line may not be published: what it is about must never earn or lose points (words.md sentence 13).

    The words that gave it away are quoted as the line has them, in whichever language it says so.
    """
    found = findings(*texts)
    if not found:
        return None
    quoted = [f"“{word}”" for finding in found for word in finding.words][:MOST_QUOTED]
    return refusal(
        N_(
            "This line concerns %(topic)s (%(words)s), which must never earn or lose points, so the tariff cannot be "
            "published. Take it out and run the simulation again."
        ),
        topic=Words(
            zh="；".join(finding.topic.name.zh for finding in found),
            en="; ".join(finding.topic.name.en for finding in found),
        ),
        words=Words(zh="、".join(quoted), en=", ".join(quoted)),
    )


def _unclear(line: Any) -> Refusal:
    code = line.get("code", "?") if isinstance(line, Mapping) else "?"
    return refusal(
        N_(
            "Line %(code)s of the tariff cannot be understood: heading, amounts, caps or way of earning. "
            "Nothing was published. Please correct the line, or ask the street's office for the sample."
        ),
        status=422,
        code=str(code)[:LONGEST_CODE],
    )


def _texts(line: Mapping[str, Any]) -> list[Words]:
    """What residents read in a line."""
    evidence = line.get("evidence") or {}
    return [Words.of(text or {}) for text in (line["behaviour"], line.get("unit"), evidence.get("text"))]


def _is_readable(line: Any) -> bool:
    """Each part has the shape that reading it asks for; what it says is looked at afterwards."""
    if not isinstance(line, Mapping) or not isinstance(line.get("caps"), list):
        return False
    evidence, who = line.get("evidence") or {}, line.get("confirmer") or ""
    return (
        all(isinstance(line.get(name), str) for name in ("code", "heading", "earn"))
        and 0 < len(line["code"]) <= LONGEST_CODE
        and isinstance(evidence, Mapping)
        and all(_are_words(text) for text in (line.get("behaviour"), line.get("unit"), evidence.get("text")))
        and bool(Words.of(line.get("behaviour") or {}).into("zh"))
        and (isinstance(who, str) or _are_words(who))
        and isinstance(line.get("assets"), Mapping)
        and all(isinstance(cap, Mapping) for cap in line["caps"])
        and line.get("entered_by") in (None, RESIDENT, *OFFICES)
        and _counts(line)
        and _knows_others(line)
    )


def _counts(line: Mapping[str, Any]) -> bool:
    """The minutes for which the amount is given and the factor are numbers where they stand."""
    minutes, factor, applies_to = line.get("per_minutes"), line.get("factor"), line.get("applies_to") or []
    return (
        (minutes is None or _is_amount(minutes))
        and (factor is None or (type(factor) in (int, float) and 0 < factor <= MOST))
        and isinstance(applies_to, list)
        and all(isinstance(code, str) for code in applies_to)
    )


def _knows_others(line: Mapping[str, Any]) -> bool:
    """The lines and the group beside which it counts only once are named, where they stand."""
    others, group = line.get("exclusive_with") or [], line.get("highest_of_group")
    return (
        isinstance(others, list)
        and all(isinstance(code, str) for code in others)
        and (group is None or (isinstance(group, str) and bool(group)))
        and all(type(line.get(name, False)) is bool for name in ("highest_wins", "first_report_only"))
    )


def _leaves_several_choices(line: Mapping[str, Any]) -> bool:
    """Reviewers choose one amount for all assets: ranges that differ, or one beside a fixed amount, would need two."""
    amounts = list(line["assets"].values())
    return any(map(_is_range, amounts)) and any(one != amounts[0] for one in amounts)


def _are_words(text: Any) -> bool:
    """Nothing, or a text for each of some languages."""
    return text is None or (isinstance(text, Mapping) and all(isinstance(one, str) for one in text.values()))


def _assets_make_sense(line: Mapping[str, Any]) -> bool:
    """Whole amounts of honour, points or minutes; deductions take honour only (I9).

    A range has two ends, [20, 50]. In words, such as -5至-50, it is no amount: nobody is to guess which end was meant.
    """
    if line["earn"] == "correction":
        return True
    assets: Mapping[str, Any] = line["assets"]
    if not assets or not set(assets) <= set(ASSETS):
        return False
    if line["earn"] == "deduction":
        return set(assets) == {"honour"} and _is_amount(assets["honour"], least=-MOST, most=-1)
    if line.get("factor"):
        return all(value == "factor" for value in assets.values())
    return all(_is_amount(value) or _is_range(value) for value in assets.values())


def _is_amount(value: Any, *, least: int = 1, most: int = MOST) -> bool:
    return type(value) is int and least <= value <= most


def _is_range(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_amount, value)) and value[0] <= value[1]


def _cap_makes_sense(cap: Mapping[str, Any]) -> bool:
    """The limit of a factor may be a fraction; that of a deduction is below zero."""
    limit: Any = cap.get("limit")
    number = type(limit) is int or (cap.get("of") == "factor" and type(limit) is float)
    known = cap.get("of") in MEASURES and cap.get("window") in WINDOWS and cap.get("per") in SUBJECTS
    return known and number and 0 < abs(limit) <= MOST_LIMIT

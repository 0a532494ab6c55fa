"""What stands on the public notice of a batch, in both languages: a masked household, the deed, what it earns."""

from __future__ import annotations

from typing import Any

from app.kit.periods import Period
from app.kit.words import Words
from app.people.rules import masked

PRIVATE = frozenset({"med"})  # evidence of deeds whose parties are never made public: mediation


def title_of(month: Period) -> Words:
    """积分申报公示：2026年11月; Points claims: November 2026."""
    return Words(zh=f"积分申报公示：{month.words.zh}", en=f"Points claims: {month.words.en}")


def household_of(row: Any) -> Words:
    """张*家; the Zhang* household."""
    zh, en = (masked(row.family_name, row.family_name_en, language) for language in ("zh", "en"))
    return Words(zh=f"{zh}家", en=f"the {en} household")


def deed_of(row: Any) -> Words:
    """The behaviour of the line, and the deed in the claimant's words where that may be public."""
    behaviour: Words = row.behaviour
    if row.evidence_kind in PRIVATE:
        return behaviour
    return Words(
        zh=f"{behaviour.into('zh')}（{row.title.into('zh')}）", en=f"{behaviour.into('en')} ({row.title.into('en')})"
    )


def earned_words(honour: int, points: int) -> Words:
    """荣誉分3分，兑换分3分; honour 3, points 3."""
    named = [("荣誉分", "honour", honour), ("兑换分", "points", points)]
    return Words(
        zh="，".join(f"{zh}{amount}分" for zh, _en, amount in named if amount),
        en=", ".join(f"{en} {amount}" for _zh, en, amount in named if amount),
    )


def line_words(row: Any) -> Words:
    """张*家：11月18日主动清走…（…），荣誉分3分，兑换分3分; the same in English."""
    day, home, deed = row.deed_on, household_of(row), deed_of(row)
    earned = earned_words(row.granted_honour, row.granted_points)
    return Words(
        zh=f"{home.zh}：{day.month}月{day.day}日，{deed.zh}，{earned.zh}",
        en=f"{home.en[0].upper()}{home.en[1:]}, {day.day} {_MONTHS[day.month - 1]}: {deed.en}; {earned.en}",
    )


_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

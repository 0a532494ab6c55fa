"""Personal numbers in what is to be published: identity numbers, bank cards, mobile numbers (security.md 2.7, P7)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from app.kit.words import Words

KINDS = {
    "identity": Words(zh="身份证号", en="an identity number"),
    "card": Words(zh="银行卡号", en="a bank card number"),
    "mobile": Words(zh="手机号码", en="a mobile number"),
}
# Groups of digits, with the spaces, dots and dashes that people put between them.
_GAP = re.compile(r"[ \u00a0.\-\u2010-\u2015_]{1,2}")
_RUN = re.compile(rf"\+?\d+(?:{_GAP.pattern}\d+)*(?:(?:{_GAP.pattern})?[Xx](?![A-Za-z]))?")
_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"  # GB 11643
CARD_LENGTHS = range(16, 20)
CARD_BEGINS = "3456"  # networks that issue cards: UnionPay begins with 62, others with 3 to 6


@dataclass(frozen=True)
class Found:
    """One number: what kind, and with its middle hidden, so that the sentence about it does not repeat it."""

    kind: str
    hidden: str


def find(text: str) -> Iterator[Found]:
    """Every personal number in a text, in order; full-width digits and gaps between digits count as well."""
    for match in _RUN.finditer(unicodedata.normalize("NFKC", text)):
        groups = _GAP.split(match[0])
        for start, end in _numbers(groups):
            number = "".join(groups[start:end])
            yield Found(_kind(number) or "", _hidden(number.lstrip("+")))


def covered(text: str) -> str:
    """The text with the middle of every personal number hidden; as it was where there is none."""
    if next(find(text), None) is None:
        return text
    return _RUN.sub(_covered, unicodedata.normalize("NFKC", text))


def _covered(match: re.Match[str]) -> str:
    """A run of groups, its personal numbers covered and without the gaps inside them."""
    groups, gaps = _GAP.split(match[0]), [*_GAP.findall(match[0]), ""]
    whole, before = "", 0
    for start, end in [*_numbers(groups), (len(groups), len(groups))]:
        whole += "".join(group + gap for group, gap in zip(groups[before:start], gaps[before:start], strict=True))
        if end > start:
            whole += _hidden("".join(groups[start:end]).lstrip("+")) + gaps[end - 1]
        before = end
    return whole


def _numbers(groups: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Which groups of a run make personal numbers, the longest from the left: from the first to behind the last."""
    start = 0
    while start < len(groups):
        end = next((end for end in range(len(groups), start, -1) if _kind("".join(groups[start:end]))), None)
        if end is not None:
            yield start, end
        start = end or start + 1


def _hidden(number: str) -> str:
    return f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}"


def _kind(number: str) -> str | None:
    number = number.upper()
    if _MOBILE.fullmatch(number):
        return "mobile"
    if is_identity_number(number):
        return "identity"
    return "card" if is_card_number(number) else None


def is_identity_number(number: str) -> bool:
    """18 digits (the last may be X) with a day of birth that can be and a check digit that fits."""
    if not re.fullmatch(r"[1-9]\d{16}[\dX]", number, re.ASCII):
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return born.year >= 1850 and _CHECKS[total % 11] == number[17]


def is_card_number(number: str) -> bool:
    """16 to 19 digits of a card network whose Luhn sum is a whole ten."""
    if not number.isdecimal() or len(number) not in CARD_LENGTHS or number[0] not in CARD_BEGINS:
        return False
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0

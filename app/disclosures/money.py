"""Sums of money: whole fen in the database, exact decimals for people, and what people type read without rounding."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from app.kit.words import Words

FEN = 100  # fen in a yuan, pence in a pound
MOST = 10**14  # fen: a thousand billion yuan, more than any street has
MINUS = "\u2212"
SIGNS = {"CNY": "¥", "GBP": "£", "EUR": "€", "USD": "$"}

_TYPED = re.compile(r"(-?)(?:[¥￥£€$]|RMB|CNY)?(-?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2})0*)?元?", re.ASCII)


def fen(text: str) -> int | None:
    """1234.5, 1,234.50, ¥1,234.50, １２３４, (12.00) or −12 as whole fen; None for what is no sum of money.

    More than two decimals are no sum of money, unless they are noughts.
    """
    plain = unicodedata.normalize("NFKC", text).replace(" ", "").replace(MINUS, "-").replace("\u2013", "-")
    if plain.startswith("(") and plain.endswith(")"):
        plain = "-" + plain[1:-1]
    match = _TYPED.fullmatch(plain)
    if match is None or (match[1] and match[2]):
        return None
    amount = int(match[3].replace(",", "")) * FEN + int((match[4] or "0").ljust(2, "0"))
    if amount > MOST:
        return None
    return -amount if match[1] or match[2] else amount


def exact(amount: int) -> Decimal:
    """Fen as an exact decimal with two places."""
    return Decimal(amount).scaleb(-2)


def plain(amount: int) -> str:
    """1234.50 and -12.00: for files and for fields to type in."""
    return f"{exact(amount):.2f}"


def said(amount: int) -> str:
    """1,234.50 and −12.00: for tables."""
    return f"{exact(amount):,.2f}".replace("-", MINUS)


def in_words(amount: int) -> Words:
    """In running text: 1234.50元, ¥1,234.50."""
    number = said(amount)
    sign, digits = (MINUS, number[1:]) if amount < 0 else ("", number)
    return Words(zh=f"{sign}{digits.replace(',', '')}元", en=f"{sign}¥{digits}")

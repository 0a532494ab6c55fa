"""The voucher: twelve digits that only the household's own page can show, as on the printed slip.

The digits are an HMAC of the order's nonce under the house's secret, so they need not be kept; the database
holds a keyed digest of them. Whoever copies the database can neither show a voucher nor try all digits until one fits.
"""

from __future__ import annotations

import hashlib
import hmac

DIGITS = 12


def nonce(key: bytes, form: str) -> str:
    """What an order is known by, derived from the form that reserved it."""
    return _keyed(key, "voucher nonce", form).hex()[:32]


def digits(key: bytes, nonce: str) -> str:
    """The twelve digits of one order."""
    number = int.from_bytes(_keyed(key, "voucher", nonce), "big") % 10**DIGITS
    return f"{number:0{DIGITS}d}"


def digest(key: bytes, voucher: str) -> str:
    """What stands in the database for these digits."""
    return _keyed(key, "voucher digest", voucher).hex()


def clerk_key(key: bytes, resident_id: int) -> str:
    """Under which name the wrong vouchers of one clerk are counted."""
    return _keyed(key, "voucher clerk", str(resident_id)).hex()


def grouped(voucher: str) -> str:
    """4-4-4, as people read it out: 3307 5518 6420."""
    return " ".join(voucher[start : start + 4] for start in range(0, len(voucher), 4))


def _keyed(key: bytes, what: str, text: str) -> bytes:
    return hmac.new(key, f"{what}:{text}".encode(), hashlib.sha256).digest()

"""How values stand in JSON: a text as its languages, an instant to the second with its offset, a day as in ISO 8601."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask.json.provider import DefaultJSONProvider

from app.kit.words import Words


class PlainJson(DefaultJSONProvider):
    """Twins hand over what they read; it is put into plain words here, the same for all of them."""

    @staticmethod
    def default(value: Any) -> Any:
        """What JSON does not know itself. Raises TypeError for what has no plain form."""
        if isinstance(value, Words):
            return value.as_dict()
        if isinstance(value, datetime):
            return value.isoformat(timespec="seconds")
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, Decimal) and value == value.to_integral_value():
            return int(value)  # a sum of whole numbers, as PostgreSQL tells it
        raise TypeError(f"{type(value).__name__} has no plain form")

"""What cases announce. Of all of it only the household and those who act on it are told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class CaseFiled:
    """A household is reminded, given written notice, or a deduction is proposed; `step` as in `models.Case`."""

    case_id: int
    step: str
    at: datetime


@dataclass(frozen=True)
class CureLookedAt:
    """Somebody looked whether it is put right; `in_time`: it was, by the day that was given."""

    case_id: int
    cure_id: int
    accepted: bool
    in_time: bool
    at: datetime


@dataclass(frozen=True)
class CaseDecided:
    """A deduction was confirmed or declined, or the case was cancelled."""

    case_id: int
    outcome: str
    at: datetime


@dataclass(frozen=True)
class AppealFiled:
    """The household appealed, or handed in new evidence: the deduction is held back until it is decided."""

    case_id: int
    appeal_id: int
    at: datetime


@dataclass(frozen=True)
class AppealDecided:
    """Those who decide on an appeal have all said their word."""

    case_id: int
    appeal_id: int
    upheld: bool
    at: datetime


@dataclass(frozen=True)
class DeductionTookEffect:
    """The deduction stands in the ledger; `amount` is what the limits left of it."""

    case_id: int
    amount: int
    at: datetime

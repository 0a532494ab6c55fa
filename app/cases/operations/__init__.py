"""Writes of cases: file, put right, decide, appeal, take effect. Each locks the household first.

What took effect by the clock is written down before anybody acts, so that it makes no difference when `flask tick` ran.
"""

from app.cases.operations.appealing import appeal, hand_in_evidence, say_opinion
from app.cases.operations.curing import look, note_coming, note_cured, send_cure
from app.cases.operations.deciding import cancel, decide
from app.cases.operations.filing import file, file_absence, file_false_claim
from app.cases.operations.taking_effect import write_due

__all__ = [
    "appeal",
    "cancel",
    "decide",
    "file",
    "file_absence",
    "file_false_claim",
    "hand_in_evidence",
    "look",
    "note_coming",
    "note_cured",
    "say_opinion",
    "send_cure",
    "write_due",
]

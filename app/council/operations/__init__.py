"""What people do with topics."""

from app.council.operations.gathering import merge, new_topic, propose, support, withdraw_support
from app.council.operations.holding import give_number
from app.council.operations.talking import adopt, agree, comment, hide
from app.council.operations.voting import (
    extend_vote,
    put_to_vote,
    record_result,
    record_results,
    take_step,
    write_result,
)

__all__ = [
    "adopt",
    "agree",
    "comment",
    "extend_vote",
    "give_number",
    "hide",
    "merge",
    "new_topic",
    "propose",
    "put_to_vote",
    "record_result",
    "record_results",
    "support",
    "take_step",
    "withdraw_support",
    "write_result",
]

"""Writes of claims: claim, review, put on notice, post."""

from app.claims.operations.answering import answer_neighbour
from app.claims.operations.appealing import appeal
from app.claims.operations.claiming import attach, claim, complete, withdraw
from app.claims.operations.entering import enter
from app.claims.operations.reviewing import declare_conflict, fill_due, leave_office, review, step_back
from app.claims.operations.settling import post_due, put_up, put_up_due, uphold

__all__ = [
    "answer_neighbour",
    "appeal",
    "attach",
    "claim",
    "complete",
    "declare_conflict",
    "enter",
    "fill_due",
    "leave_office",
    "post_due",
    "put_up",
    "put_up_due",
    "review",
    "step_back",
    "uphold",
    "withdraw",
]

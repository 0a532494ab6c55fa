"""Writes of claims: claim, review, put on notice, post."""

from app.claims.operations.claiming import attach, claim, complete, withdraw
from app.claims.operations.reviewing import declare_conflict, leave_office, review, step_back
from app.claims.operations.settling import post_due, put_up, put_up_due, uphold

__all__ = [
    "attach",
    "claim",
    "complete",
    "declare_conflict",
    "leave_office",
    "post_due",
    "put_up",
    "put_up_due",
    "review",
    "step_back",
    "uphold",
    "withdraw",
]

"""Writes of requests: report, handle, rate. What came by itself is written down before anybody acts."""

from app.grid.operations.handling import (
    assess,
    assign,
    call_in,
    link,
    pass_up,
    reply,
    resolve,
    send_down,
    start,
    take,
    write_note,
)
from app.grid.operations.moving import settle, write_due
from app.grid.operations.rating import rate
from app.grid.operations.reporting import add, attach, follow, report, unfollow

__all__ = [
    "add",
    "assess",
    "assign",
    "attach",
    "call_in",
    "follow",
    "link",
    "pass_up",
    "rate",
    "reply",
    "report",
    "resolve",
    "send_down",
    "settle",
    "start",
    "take",
    "unfollow",
    "write_due",
    "write_note",
]

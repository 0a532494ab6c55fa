"""What people do with disclosures: write, publish, ask and answer."""

from app.disclosures.operations.asking import answer, ask, ask_again
from app.disclosures.operations.publishing import countersign, send, send_back
from app.disclosures.operations.writing import attach, begin, correct, detach, discard, put_table, write

__all__ = [
    "answer", "ask", "ask_again", "attach", "begin", "correct", "countersign", "detach", "discard", "put_table",
    "send", "send_back", "write",
]  # fmt: skip

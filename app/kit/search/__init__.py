"""Search: public texts by word, in Chinese and in English, the same on both databases.

A room keeps a text when it becomes public or changes, and has it forgotten when it is taken away; nothing that is not
public ever comes in. Chinese is found by any one sign or any signs that stand together, English by whole words in
singular or plural, and a single letter by words that begin with it.
"""

from app.kit.search.finding import find
from app.kit.search.keeping import (
    Document,
    differences,
    fill,
    forget,
    index_again,
    is_whole,
    joined,
    number_of,
    renew,
)
from app.kit.search.marking import marked, snippet
from app.kit.search.tokens import wanted

__all__ = [
    "Document", "differences", "fill", "find", "forget", "index_again", "is_whole", "joined", "marked", "number_of",
    "renew", "snippet", "wanted",
]  # fmt: skip

"""What is kept for searching: the texts as people read them, and beside them the index of the database at hand.

The index is a table that only its own database understands (FTS5 on SQLite, tsvector and GIN on PostgreSQL), so it is
no table of the models: `statements` make it, here after `search_documents` is made, and in a migration alike.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import DDL, BigInteger, Integer, String, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base
from app.kit.words import Words

INDEX = "search_words"


class SearchDocument(Base):
    """One public text that can be found. What is not public, or no longer, has no row at all.

    `id` begins with the second of `at`, so that the order of ids is the order of time: both databases walk the index
    from the newest on and stop when a page is full.
    """

    __tablename__ = "search_documents"
    __table_args__ = (UniqueConstraint("kind", "ref"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16))
    ref: Mapped[int]
    place_path: Mapped[str] = mapped_column(String(120))
    title: Mapped[Words]
    text: Mapped[Words]
    href: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


_SQLITE = ("CREATE VIRTUAL TABLE search_words USING fts5(words, tokenize = 'ascii')",)

# A frequent word has tens of thousands of rows, and a GIN index tells them in no order. So the function looks at the
# newest 128 texts one by one, which is enough for a frequent word, then asks the index in windows of time, each about
# four times as long as the one before. Every text carries its time as five tokens (`·t` and the first one to five of
# five hexadecimal digits of `id` >> 43, units of 4,096 seconds), so that a window is one to four words to the index,
# which steps over them from find to find. Whether signs stand next to each other the index does not know: it is asked
# without (`loose`), and the texts it names are read, the newest first, only until there are enough.
# Rare and frequent words both cost one to three milliseconds among 100,000 texts.
_FUNCTION = """
CREATE FUNCTION search_newest(wanted tsquery, loose tsquery, below bigint, most integer) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  high bigint; low bigint; shift integer := 4; part bigint; parts integer; cover text; whole boolean := false;
  missing integer := most; got integer;
BEGIN
  RETURN QUERY SELECT newest.id FROM
    (SELECT w.id, w.words FROM search_words w WHERE w.id < below ORDER BY w.id DESC LIMIT 128) newest
    WHERE newest.words @@ wanted ORDER BY newest.id DESC LIMIT missing;
  GET DIAGNOSTICS got = ROW_COUNT;
  missing := missing - got;
  SELECT w.id INTO low FROM search_words w WHERE w.id < below ORDER BY w.id DESC OFFSET 127 LIMIT 1;
  IF missing = 0 OR low IS NULL THEN RETURN; END IF;
  SELECT max(w.id) INTO high FROM search_words w WHERE w.id < below;
  WHILE shift < 16 AND 1::bigint << 43 + shift < 4 * (high - low) LOOP shift := shift + 4; END LOOP;
  high := low;
  WHILE missing > 0 AND high > 0 LOOP
    part := high - 1 >> 39 + shift;  -- a sixteenth of the time that this step may reach back to
    parts := CASE WHEN part & 15 < 4 THEN part & 15 WHEN whole THEN 15 ELSE 3 END;
    low := part - least(parts, part & 15) << 39 + shift;
    IF shift > 16 THEN
      low := 0;
      cover := '';
    ELSIF parts = 15 THEN
      cover := '·t' || lpad(to_hex(part >> 4), 5 - shift / 4, '0');
    ELSE
      SELECT string_agg('·t' || lpad(to_hex(n), 6 - shift / 4, '0'), ' | ') INTO cover
        FROM generate_series(part - parts, part) n;
    END IF;
    RETURN QUERY SELECT may.id FROM
      (SELECT w.id, w.words FROM search_words w
        WHERE w.words @@ (loose && cover::tsquery) AND w.id + 0 < high AND w.id + 0 >= low
        ORDER BY w.id + 0 DESC OFFSET 0) may
      WHERE wanted = loose OR may.words @@ wanted LIMIT missing;
    GET DIAGNOSTICS got = ROW_COUNT;
    missing := missing - got;
    high := low;
    whole := parts = 3 AND part & 15 > 3;
    IF NOT whole THEN shift := shift + 4; END IF;
  END LOOP;
END $$
"""

_POSTGRESQL = (
    "CREATE TABLE search_words (id bigint PRIMARY KEY, words tsvector NOT NULL)",
    # What was written last waits in a list that every search reads through: keep it short.
    "CREATE INDEX ix_search_words_words ON search_words USING gin (words) WITH (gin_pending_list_limit = 256)",
    _FUNCTION,
)


def statements(dialect: str) -> tuple[str, ...]:
    """The SQL that makes the index; migrations run the same statements."""
    return _POSTGRESQL if dialect == "postgresql" else _SQLITE


def undoing(dialect: str) -> tuple[str, ...]:
    """The SQL that takes the index away again."""
    table = f"DROP TABLE IF EXISTS {INDEX}"
    function = "DROP FUNCTION IF EXISTS search_newest(tsquery, tsquery, bigint, integer)"
    return (function, table) if dialect == "postgresql" else (table,)


def is_of_the_index(table: str) -> bool:
    """Whether that table belongs to the index: FTS5 keeps five of its own."""
    return table == INDEX or table.startswith(f"{INDEX}_")


for _dialect in ("sqlite", "postgresql"):
    for _when, _all in (("after_create", statements(_dialect)), ("before_drop", undoing(_dialect))):
        for _statement in _all:
            _ddl: Any = DDL(_statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
            event.listen(SearchDocument.__table__, _when, _ddl.execute_if(dialect=_dialect))

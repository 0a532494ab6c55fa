"""`cached_property`: worked out at the first reading, then kept in the object.

Not that of functools: before Python 3.12 it holds one lock for all objects of a class while it works. A request that
waits for the database inside of one stops the others, and two of them can wait for each other: one has the database
and wants the lock, the other has the lock and wants the database.
"""

from __future__ import annotations

from werkzeug.utils import cached_property

__all__ = ["cached_property"]

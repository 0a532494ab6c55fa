"""A Merkle tree over lines: one root stands for all of them, and a short path shows that a line is among them.

As in RFC 9162, 2.1: the hash of a leaf begins with a zero byte and that of two parts with a one, so that neither can
pass for the other; the left part of a tree is the largest full one that leaves something over. `tools/verify_ledger.py`
does the same without the house.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

Step = tuple[str, bytes]  # "left" or "right": on which side the other part stands, and its hash


def leaf_hash(line: bytes) -> bytes:
    return sha256(b"\x00" + line).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes; of none, the hash of nothing."""
    if not leaves:
        return sha256(b"").digest()
    level = leaves
    while len(level) > 1:
        # Two by two; one that is left over at the end goes up as it is, which makes the same tree as splitting it.
        pairs = [sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
        level = pairs + list(level[-1:]) if len(level) % 2 else pairs
    return level[0]


def path(leaves: Sequence[bytes], index: int) -> list[Step]:
    """What has to be joined to the leaf at `index`, from the leaf up, to arrive at the root."""
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return [*path(leaves[:split], index), ("right", root(leaves[split:]))]
    return [*path(leaves[split:], index - split), ("left", root(leaves[:split]))]


def climb(leaf: bytes, steps: Sequence[Step]) -> bytes:
    """The root that this path leads to."""
    for side, other in steps:
        leaf = _both(leaf, other) if side == "right" else _both(other, leaf)
    return leaf


def _both(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()

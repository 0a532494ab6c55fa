"""Passwords: Argon2id, the same work for known and unknown names, and a list of those everybody tries first."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_settings = {"memory_cost": 19_456, "time_cost": 2}

# The most guessed ones of ten or more characters, and words of this house; shorter ones are refused by length.
COMMON = frozenset(
    """
    1234567890 0123456789 12345678910 1q2w3e4r5t 1qaz2wsx3edc qwertyuiop asdfghjkl; password123 password1234
    passw0rd123 administrator 9876543210 0987654321 1111111111 0000000000 1122334455 woaini1314 woaini520520
    aa12345678 a123456789 a1234567890 qq123456789 abcd123456 abc1234567 123456789a 1234567890a xiangyue123
    xiangyue2026 iloveyou123 letmein1234 zhongguo123 5201314520 welcome1234 changeme123 qwerty12345 qwerty123456
    1314520520 woshishei123 wojiushiwo
    """.split()
)


def set_cost(*, memory: int, rounds: int) -> None:
    """Choose Argon2's cost once, at start; memory in KiB."""
    _settings.update(memory_cost=memory, time_cost=rounds)
    _hasher.cache_clear()
    _nobody.cache_clear()


@lru_cache
def _hasher() -> PasswordHasher:
    return PasswordHasher(parallelism=1, memory_cost=_settings["memory_cost"], time_cost=_settings["time_cost"])


@lru_cache
def _nobody() -> str:
    return _hasher().hash("a password that nobody has")


def hashed(password: str) -> str:
    return _hasher().hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether it is the password. Without an account the same work is done and the answer is no (security Z5)."""
    try:
        return _hasher().verify(password_hash or _nobody(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False

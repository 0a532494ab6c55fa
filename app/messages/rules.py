"""How each kind of message reads, what may be sent when, and what makes an address one's own."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from app.kit import clock
from app.kit.refusal import N_, Refusal, refusal
from app.kit.words import Words

Way = Literal["now", "digest", "off"]
WAYS: tuple[Way, ...] = ("now", "digest", "off")

DIGEST_AT = time(18, 0)  # of the village's clock
# After so long nobody wants the mail any more; the message stays in the inbox.
TOO_LATE = timedelta(days=3)
# How long to wait after each failed try. The first is far longer than one try can take: it also keeps others away.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 180, 360, 720, 1440))

DIGITS, DIGITS_STAND = 8, timedelta(hours=24)
MOST_CLAIMS, CLAIM_WINDOW = 5, timedelta(days=1)

_ADDRESS = re.compile(
    r"(?=.{3,254}\Z)(?=[^@]{1,64}@)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]",
    re.IGNORECASE | re.ASCII,
)


# Kinds -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """How one kind of message reads. `name` is what it is called in the settings, `way` how it comes unless chosen.

    One that is not `switchable` is about the e-mail itself, or cannot wait for anybody's choice. `duty`: it comes to
    staff alone, who act on it.
    """

    key: str
    name: str
    subject: str
    text: str
    switchable: bool
    way: Way
    duty: bool

    @property
    def group(self) -> str:
        """What belongs together in the settings: the part of the key before the point."""
        return self.key.partition(".")[0]


_kinds: dict[str, Kind] = {}
_groups: dict[str, str] = {}


def describe(
    kind: str, *, subject: str, text: str, switchable: bool = True, name: str = "", way: Way = "digest",
    duty: bool = False,
) -> None:  # fmt: skip
    """Say how a kind of message reads: `N_` sentences with %(name)s places for its values.

    The text must not tell more about a person than the subject does: it goes out by mail.
    """
    _kinds[kind] = Kind(kind, name or subject, subject, text, switchable, way, duty)


def describe_group(group: str, words: str) -> None:
    """The heading in the settings over the kinds whose key begins so: an `N_` text."""
    _groups[group] = words


def kind_of(key: str) -> Kind:
    """How messages of this kind read; one that nobody describes any more still has a sentence."""
    known = _kinds.get(key)
    if known is not None:
        return known
    return Kind(key, key, N_("Something has changed"), N_("Open it to see what it is about."), False, "off", False)


def switches(*, staff: bool) -> list[tuple[str, list[Kind]]]:
    """The headings of the settings, each with its kinds, in the order in which they were described.

    What comes to staff alone is only among them for `staff`.
    """
    kinds = [kind for kind in _kinds.values() if kind.switchable and (staff or not kind.duty)]
    found = [(words, [kind for kind in kinds if kind.group == group]) for group, words in _groups.items()]
    return [(words, those) for words, those in found if those]


def switchable(key: str) -> bool:
    return key in _kinds and _kinds[key].switchable


# Values ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Phrase:
    """A value that is itself an `N_` text: a state, an outcome."""

    text: str


def packed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as they are kept: instants, days and text in two languages keep saying what they are."""
    return {name: _packed(value) for name, value in values.items()}


def _packed(value: Any) -> Any:
    if isinstance(value, Words):
        return {"words": value.as_dict()}
    if isinstance(value, Phrase):
        return {"phrase": value.text}
    if isinstance(value, datetime):
        return {"instant": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return value


def unpacked(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values again as `packed` took them."""
    return {name: _unpacked(value) for name, value in values.items()}


def _unpacked(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((what, kept),) = value.items()
    makers: dict[str, Any] = {
        "words": Words.of, "phrase": Phrase, "instant": datetime.fromisoformat, "day": date.fromisoformat,
    }  # fmt: skip
    return makers[what](kept)


# Mail ------------------------------------------------------------------------------------------------------------


def digest_due(day: date) -> datetime:
    """The instant at which the digest of that local day is due; it holds what was told before."""
    return clock.at_local(day, DIGEST_AT)


def digest_days(at: datetime) -> list[date]:
    """The days whose digests are due by now and not too late to send, the earliest first."""
    today = clock.local(at).date()
    days = [today - timedelta(days=ago) for ago in range(TOO_LATE.days, -1, -1)]
    return [day for day in days if digest_due(day) <= at < digest_due(day) + TOO_LATE]


def pause(tries: int) -> timedelta:
    """How long to wait after so many tries."""
    return PAUSES[min(tries, len(PAUSES)) - 1]


def is_given_up(tries: int) -> bool:
    return tries >= len(PAUSES)


# Addresses -------------------------------------------------------------------------------------------------------


def plain_address(text: str | None) -> str:
    """An address without spaces, its domain in small letters: Post@Example.ORG is Post@example.org."""
    name, mark, domain = "".join((text or "").split()).rpartition("@")
    return f"{name}{mark}{domain.lower()}"


def is_address(text: str) -> bool:
    """Whether mail can be sent there by any server: plain letters, one @, a domain with a point."""
    return _ADDRESS.fullmatch(text) is not None


def digits(key: bytes, nonce: str, address: str) -> str:
    """The digits that were sent to an address. `key` is the house's secret."""
    mac = hmac.new(key, f"address:{nonce}:{address}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(mac[:8], 'big') % 10**DIGITS:0{DIGITS}d}"


def claim_refusal(*, own: int, of_address: int) -> Refusal | None:
    """Why no more digits are sent: a mailbox of somebody else must not be filled from here."""
    if max(own, of_address) >= MOST_CLAIMS:
        return refusal(
            N_(
                "Digits were sent %(most)s times within a day, so no more are sent today. "
                "Look into the folder for unwanted mail, or try again tomorrow; "
                "your grid member can look at it with you."
            ),
            status=429, most=MOST_CLAIMS,
        )  # fmt: skip
    return None


def wrong_digits() -> Refusal:
    return refusal(
        N_(
            "These digits do not fit. Type the ones of the latest mail, or have new ones sent; "
            "your grid member can look at it with you."
        )
    )


def unsubscribe_code(key: bytes, resident_id: int, kind: str) -> str:
    """What proves, without signing in, that a link came from a mail to this person. It can only end mail."""
    mac = hmac.new(key, f"unsubscribe:{resident_id}:{kind}".encode(), hashlib.sha256).hexdigest()
    return f"{resident_id}.{kind}.{mac[:32]}"


def read_unsubscribe_code(key: bytes, code: str) -> tuple[int, str] | None:
    """Whose mail and of which kind; None when the code is not one of ours."""
    owner, _, rest = code.partition(".")
    kind = rest.rpartition(".")[0]
    if not re.fullmatch(r"[1-9][0-9]{0,9}", owner, re.ASCII) or int(owner) >= 2**31 or not code.isascii():
        return None
    return (int(owner), kind) if hmac.compare_digest(code, unsubscribe_code(key, int(owner), kind)) else None

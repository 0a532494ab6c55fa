"""Names, telephone numbers and codes as people type them, brought to one form; and names that pretend to be an office.

Source of the care taken: security W12 (full-width digits, invisible signs, look-alike letters, names of offices).
"""

from __future__ import annotations

import re
import unicodedata

# Cyrillic and Greek letters that look like Latin ones; used only to compare, never to change what is kept.
_LOOK_ALIKE = str.maketrans("асеорхуіѕԁмтнкοαιυνκτρ", "aceopxyisdmthkoaiuvktp")

_OFFICES_ZH = (
    "管理员", "居委会", "村委会", "委员会", "网格员", "网格长", "社区工作者", "村干部", "楼组长", "监督委员",
    "系统", "官方", "街道办", "办事处", "评议员", "政府", "派出所", "客服", "乡约",
)  # fmt: skip
_OFFICES_ANYWHERE = ("admin", "official", "xiangyue", "moderator", "juweihui", "cunweihui", "guanliyuan")
_OFFICES_WORD = frozenset("system support helpdesk staff committee supervisor police government".split())

_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[·•.' \-’])*")
_PHONE = re.compile(r"1[3-9]\d{9}|\+\d{7,15}", re.ASCII)
_SIGN_IN_NAME = re.compile(r"[a-z][a-z0-9_.\-]{2,29}", re.ASCII)


def plain_name(text: str | None) -> str | None:
    """A name in one form of each letter, without invisible signs or doubled spaces."""
    if text is None:
        return None
    whole = unicodedata.normalize("NFKC", text)
    seen = "".join(sign for sign in whole if unicodedata.category(sign) not in ("Cf", "Cc", "Cs", "Co", "Cn"))
    return " ".join(seen.split())


def plain_phone(text: str | None) -> str | None:
    """13800000000 for "138 0000 0000", "１３８..." and "+86-138..."; other countries keep their +."""
    if text is None:
        return None
    digits = re.sub(r"[\s()\-.\u2010-\u2015]", "", plain_name(text) or "")
    return re.sub(r"^(?:\+|00)86(?=1[3-9])", "", digits)


def plain_code(text: str | None) -> str:
    """An invitation code without the gaps it is printed with."""
    return re.sub(r"[^0-9A-Z]", "", (plain_name(text) or "").upper())


def is_code(code: str, *, digits: int) -> bool:
    """Whether a code as `plain_code` gives it could be one that was printed."""
    return len(code) == digits and code.isdecimal() and code.isascii()


def printed_code(code: str) -> str:
    """Digits in groups of four, as they stand on paper."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def is_name(text: str) -> bool:
    """Letters of any script, with the dots, hyphens and spaces that names have."""
    return _NAME.fullmatch(text) is not None


def is_phone(text: str) -> bool:
    return _PHONE.fullmatch(text) is not None


def is_sign_in_name(text: str) -> bool:
    """A Latin letter first, so that it can never be somebody's telephone number."""
    return _SIGN_IN_NAME.fullmatch(text) is not None


def masked_phone(phone: str | None) -> str:
    """138****0000: enough to recognise a number that one knows, too little to call it."""
    return f"{phone[:3]}****{phone[-4:]}" if phone else ""


def sounds_official(*parts: str) -> bool:
    """Whether a name, or its parts put together, reads like an office of the village."""
    whole = _skeleton(" ".join(parts))
    joined = re.sub(r"[\W\d_]", "", whole)
    if any(word in joined for word in (*_OFFICES_ZH, *_OFFICES_ANYWHERE)):
        return True
    return not _OFFICES_WORD.isdisjoint(re.split(r"[\W\d_]+", whole))


def _skeleton(text: str) -> str:
    """Small letters, look-alikes made Latin: what the eye reads."""
    return (plain_name(text) or "").casefold().translate(_LOOK_ALIKE)

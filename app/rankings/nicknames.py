"""What a household may call itself on a public list: a name of fun, never an office, a person, a door or a number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from app.kit.refusal import N_, Refusal, refusal
from app.people.names import sounds_official

LEAST, MOST = 2, 16

# Words that would make neighbours take a household for an office or for the system itself.
OFFICES = (
    "居委", "村委", "居民委员", "村民委员", "街道办", "办事处", "网格", "监督委", "议事会", "评议员", "评议组",
    "楼组长", "小组长", "书记", "主任", "村长", "社区工作", "志愿队", "物业", "业委", "民警", "警察", "公安", "法院",
    "政府", "党委", "党支部", "官方", "公告", "通知", "客服", "管理员", "系统", "乡约",
    "committee", "official", "government", "police", "admin", "staff", "moderator", "secretary", "system", "support",
    "gridmember", "gridleader", "supervisor", "reviewer", "xiangyue",
)  # fmt: skip

# Chinese characters and Latin letters: letters of other scripts can look like ours.
_WRITTEN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fffA-Za-z\u00c0-\u024f0-9 ·\-'’]+")
_NUMBER = re.compile(r"\d{4,}|\d+(号楼|栋|单元|室|幢)")


def tidied(nickname: str) -> str:
    """One space at most between words, none at the ends; full-width letters made plain."""
    return " ".join(unicodedata.normalize("NFKC", nickname).split())


def folded(nickname: str) -> str:
    """Without case, width, accents, spaces and marks: two nicknames that look alike are one."""
    plain = unicodedata.normalize("NFKD", nickname).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


def nickname_refusal(nickname: str, *, names: Sequence[str] = (), taken: bool = False) -> Refusal | None:
    """Why a household may not call itself so. `names` are those of its people, given names of minors among them."""
    plain = folded(nickname)
    if not LEAST <= len(plain) <= MOST or len(nickname) > MOST or not _WRITTEN.fullmatch(nickname):
        return refusal(
            N_("A nickname has %(least)s to %(most)s characters, letters or figures. Please choose another one."),
            status=422, least=LEAST, most=MOST,
        )  # fmt: skip
    if sounds_official(nickname) or any(office in plain for office in OFFICES):
        return refusal(
            N_("That nickname sounds like an office or a role. Please choose one that nobody can mistake for it."),
            status=422,
        )
    if _NUMBER.search(plain) or any(name and folded(name) in plain for name in names):
        return refusal(
            N_("A nickname gives away nobody's name, door or number. Please choose another one."), status=422
        )
    if taken:
        return refusal(N_("Another household already goes by that nickname. Please choose another one."), status=422)
    return None

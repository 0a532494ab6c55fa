"""Names put together from characters of each generation; nobody real is meant."""

from __future__ import annotations

import random
from dataclasses import dataclass

from app.sample.content import Content

# Names that these characters can make and that everybody knows: drawn again (people.yaml, rules).
WIDELY_KNOWN = frozenset(
    """朱德 陈云 李鹏 许海峰 陈建斌 黄磊 邓超 胡军 朱丹 谢娜 何洁 李静 杨洋 韩磊 刘涛 王凯
    李晨 张杰 高峰 夏雨 王浩 林丹 徐静蕾 李娜 刘洋 李宁 周涛 郭涛 王菲 张磊 林萍 陈红
    刘欢 王志 李云 张国荣 周明 王军 朱军 石磊 彭军 李德生 汪明荃 谢军 林强 王强 刘志军
    周永强 陈国军 王建军 徐才 郭伯 李嘉 李泽 张艳 蒋雯 殷桃 王丽 金星 王一 宋佳 王珂 曹颖
    孙俪 梁静 潘虹""".split()
)


@dataclass(frozen=True)
class Surname:
    """王 and Wang: English pages show the second, masked."""

    zh: str
    en: str


class Names:
    """Draws surnames by their weight and given names by year of birth."""

    def __init__(self, names: Content, rng: random.Random) -> None:
        self._rng = rng
        self._surnames = [Surname(one["zh"], one["en"]) for one in names["surnames"]]
        self._weights = [one["weight"] for one in names["surnames"]]
        self._given = names["given"]

    def surname(self, *, but: Surname | None = None) -> Surname:
        while True:
            one = self._rng.choices(self._surnames, self._weights)[0]
            if one != but:
                return one

    def given(self, surname: Surname, *, born: int, woman: bool) -> str:
        """One or two characters of that generation, two never alike."""
        generation = next((one for one in self._given if born <= one["born"]["to"]), self._given[-1])
        characters = generation["women" if woman else "men"]
        while True:
            count = 2 if self._rng.random() < generation["two_characters_share"] else 1
            given = "".join(self._rng.sample(characters, count))
            if surname.zh + given not in WIDELY_KNOWN:
                return given

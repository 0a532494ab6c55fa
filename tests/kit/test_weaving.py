"""Two texts woven into one can be read, and each of them read off it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.kit.weaving import MOST_WORDS, woven


def test_chinese_is_compared_sign_by_sign_and_chance_likeness_is_not_kept() -> None:
    found = woven("消防通道、单元门前三米不停车。", "消防通道、单元门前三米任何时候不停车；卸货到8号楼旁。")

    assert "".join(one.text for one in found if one.kind != "added") == "消防通道、单元门前三米不停车。"
    assert (
        "".join(one.text for one in found if one.kind != "removed")
        == "消防通道、单元门前三米任何时候不停车；卸货到8号楼旁。"
    )
    assert [one.text for one in found if one.kind == "added"] == ["任何时候", "；卸货到8号楼旁"]
    islands = [one.text for one in found[1:-1] if one.kind == "same"]
    assert all(len(text) >= 2 for text in islands)


def test_english_is_compared_word_by_word() -> None:
    found = woven("Leave within two hours.", "Leave within four hours.")

    assert [(one.kind, one.text) for one in found] == [
        ("same", "Leave within "), ("removed", "two"), ("added", "four"), ("same", " hours."),
    ]  # fmt: skip


def test_a_number_with_its_signs_is_one_word() -> None:
    found = woven("周一至周六开放 8:30，收费1,200.50元", "周一至周日开放 9:30，收费1,300.50元")

    assert [one.text for one in found if one.kind == "removed"] == ["六", "8:30", "1,200.50"]
    assert [one.text for one in found if one.kind == "added"] == ["日", "9:30", "1,300.50"]


@given(st.text("甲乙 a1.,\n", max_size=40), st.text("甲乙 a1.,\n", max_size=40))
def test_both_texts_can_be_read_off_the_difference(old: str, new: str) -> None:
    found = woven(old, new)

    assert "".join(one.text for one in found if one.kind != "added") == old
    assert "".join(one.text for one in found if one.kind != "removed") == new


def test_texts_too_long_to_compare_stand_one_after_the_other() -> None:
    old, new = "甲" * (MOST_WORDS + 1), "乙"

    assert [(one.kind, one.text) for one in woven(old, new)] == [("removed", old), ("added", new)]

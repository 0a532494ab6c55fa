"""The house keeps its own rules: doors, one commit, sizes, imports, words in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from babel.messages.pofile import read_po
from flask import Flask

from app.kit.access import Door
from app.kit.db import SAFE_METHODS

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = sorted((ROOT / "app").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
CATALOGUES = sorted((ROOT / "app").rglob("*.po"))

MOST_LINES, MOST_FUNCTION_LINES = 300, 40


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_every_route_says_who_may_open_it(app: Flask) -> None:
    silent = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if not isinstance(getattr(app.view_functions[rule.endpoint], "door", None), Door)
    ]

    assert silent == []


def test_a_route_that_says_nothing_is_shut(app: Flask) -> None:
    view = app.view_functions["house.healthz"]
    app.view_functions["house.healthz"] = lambda: "open to all by mistake"
    try:
        assert app.test_client().get("/healthz").status_code == 403
    finally:
        app.view_functions["house.healthz"] = view


def test_no_address_both_reads_and_writes(app: Flask) -> None:
    mixed = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if (rule.methods or set()) & SAFE_METHODS - {"OPTIONS"} and (rule.methods or set()) - SAFE_METHODS
    ]

    assert mixed == []


def test_there_is_one_commit_in_the_program() -> None:
    found = [
        f"{named(path)}: {line.strip()}"
        for path in PROGRAM
        for line in path.read_text().splitlines()
        if ".commit(" in line
    ]

    assert found == ["app/kit/db.py: db.session.commit()"]


@pytest.mark.parametrize("path", PROGRAM, ids=named)
def test_files_and_functions_stay_short(path: Path) -> None:
    text = path.read_text()
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > MOST_FUNCTION_LINES
    ]

    assert long == []
    assert text.count("\n") <= MOST_LINES


@pytest.mark.parametrize("path", PROGRAM, ids=named)
def test_imports_stand_at_the_top(path: Path) -> None:
    tree = ast.parse(path.read_text())
    hidden = [
        node.lineno for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom)) and node.col_offset
    ]

    assert hidden == []


def test_days_and_figures_are_said_by_the_house() -> None:
    """Babel's own way loads what it knows of all the world's calendars, 8 MB a worker (app/kit/say.py)."""
    asking = [
        named(path)
        for path in PROGRAM
        if re.search(r"babel[\w.]* import [^\n]*(format_|Locale)|babel\.(dates|numbers|units|lists)", path.read_text())
    ]

    assert asking == []


# Names of languages in their own language, the mark of the house, and code beside no word.
NOT_FOR_TRANSLATION = ("English", "简体中文", "乡约")


def words_left(template: str) -> str:
    """What remains of a template when tags, comments and everything that Jinja fills in are taken away."""
    for pattern in (
        r"\{#.*?#\}",
        r"\{%\s*trans\b.*?\{%\s*endtrans\s*%\}",
        r"\{%.*?%\}",
        r"\{\{.*?\}\}",
        r'\bdata-[\w-]+="[^"]*"',
        r"<svg.*?</svg>",
        r"<[^>]*>",
    ):
        template = re.sub(pattern, " ", template, flags=re.DOTALL)
    for word in NOT_FOR_TRANSLATION:
        template = template.replace(word, "")
    return " ".join(re.findall(r"[^\W\d_]{2,}", re.sub(r"&\w+;", "", template)))


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_every_text_can_be_translated(path: Path) -> None:
    assert words_left(path.read_text()) == ""


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_attributes_people_hear_are_translated_too(path: Path) -> None:
    spoken = re.findall(
        r'\b(?:aria-label|title|alt|placeholder)="([^"{}]*[A-Za-z\u4e00-\u9fff][^"{}]*)"', path.read_text()
    )

    assert spoken == []


def test_what_decides_the_plural_is_a_number() -> None:
    """Unless `pluralize` names it, the first name of a `trans` does: ours is always `num`."""
    texts = re.compile(r"{% trans ([^%]*?)%}((?:(?!endtrans).)*?){% pluralize ?%}", re.DOTALL)
    found = [(named(path), text[1]) for path in TEMPLATES for text in texts.finditer(path.read_text())]

    assert len(found) > 20
    assert [one for one in found if not one[1].startswith("num=")] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=named)
def test_every_text_is_translated(path: Path) -> None:
    with path.open("rb") as file:
        catalogue = read_po(file, locale="zh_Hans")
    missing = [
        str(message.id)
        for message in catalogue
        if message.id
        and (message.fuzzy or not all(message.string if isinstance(message.string, tuple) else [message.string]))
    ]

    assert missing == []


def test_one_text_has_one_translation() -> None:
    said: dict[str, dict[str, str]] = {}
    for path in CATALOGUES:
        with path.open("rb") as file:
            for message in read_po(file, locale="zh_Hans"):
                if message.id:
                    said.setdefault(str(message.id), {})[str(message.string)] = named(path)

    assert {text: ways for text, ways in said.items() if len(ways) > 1} == {}


def values_of(key: str, node: Any) -> Iterator[str]:
    """Every text under that key, at any depth."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == key and isinstance(value, str):
                yield value
            else:
                yield from values_of(key, value)
    elif isinstance(node, list):
        for item in node:
            yield from values_of(key, item)


def chinese_texts() -> list[tuple[str, str]]:
    """Every Chinese text that the program shows: translations, templates, the sample street."""
    texts = [(named(path), path.read_text()) for path in TEMPLATES]
    for path in sorted((ROOT / "app").rglob("*.yaml")):
        texts += [(named(path), text) for text in values_of("zh", yaml.load(path.read_text(), yaml.CSafeLoader))]
    for path in CATALOGUES:
        with path.open("rb") as file:
            texts += [(named(path), str(message.string)) for message in read_po(file, locale="zh_Hans") if message.id]
    return texts


def test_chinese_text_takes_full_width_marks() -> None:
    half = [
        f"{name}: {found.group(0)}"
        for name, text in chinese_texts()
        for found in re.finditer(r".{0,8}[\u4e00-\u9fff][,;:?!(].{0,8}", text)
    ]

    assert half == []


FORBIDDEN = (
    "黑榜",
    "黑名单",
    "曝光",
    "末位",
    "落后户",
    "信用分",
    "素质低",
    "钉子户",
    "刁民",
    "低端",
    "温馨提示",
    "请知悉",
    "敬请谅解",
)


def test_words_we_do_not_use() -> None:
    used = [f"{name}: {word}" for name, text in chinese_texts() for word in FORBIDDEN if word in text]
    used += [
        f"{named(path)}: {found}"
        for path in (*TEMPLATES, *PROGRAM)
        for found in re.findall(
            r"""_\(["'][^"']*\b(submit|user|citizen score|blacklist|penalty|loser|execute|invalid)\b""",
            path.read_text(),
            re.I,
        )
    ]

    assert used == []

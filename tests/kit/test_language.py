"""Which language a reader gets: `zh-CN` must give Chinese."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.kit.i18n import language_from_header, shown
from app.kit.words import Words


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("zh-Hans-CN", "zh"),
        ("zh_TW", "zh"),
        ("ZH", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.5", "en"),
        ("en;q=0.4, zh-CN;q=0.9", "zh"),
        ("fr-FR,fr;q=0.9,en;q=0.1", "en"),
        ("de", None),
        ("", None),
        ("zh;q=0, en", "en"),
        ("en;q=rubbish, zh", "zh"),
        (",;,=;q=" * 50, None),
    ],
)
def test_browsers_are_understood(header: str, language: str | None) -> None:
    assert language_from_header(header) == language


def test_the_browser_decides_until_the_person_does(client: FlaskClient) -> None:
    assert '<html lang="zh-CN"' in client.get("/sign-in", headers={"Accept-Language": "zh-CN"}).text
    assert '<html lang="en"' in client.get("/sign-in", headers={"Accept-Language": "en"}).text

    client.get("/language/zh")

    assert '<html lang="zh-CN"' in client.get("/sign-in", headers={"Accept-Language": "en"}).text


def test_without_any_wish_it_is_chinese(client: FlaskClient) -> None:
    assert '<html lang="zh-CN"' in client.get("/sign-in").text


def test_an_unknown_language_is_not_found(client: FlaskClient) -> None:
    assert client.get("/language/fr").status_code == 404


def test_large_text_stays_switched_on(client: FlaskClient) -> None:
    answer = client.get("/text/large?next=/sign-in")

    assert answer.headers["Location"] == "/sign-in"
    assert 'data-text="large"' in client.get("/sign-in").text


def test_text_of_another_language_is_marked(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert shown(Words(zh="你好", en="Hello")) == "Hello"
        assert shown(Words(zh="你<好>")) == '<span lang="zh-CN">你&lt;好&gt;</span>'
        assert shown(Words(other="Hola")) == '<span lang="und">Hola</span>'


def test_names_and_doors_are_marked_by_their_signs(app: Flask) -> None:
    """They are kept as people wrote them, whatever language the page is in."""
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert shown("张<秀英>") == '<span lang="zh-CN">张&lt;秀英&gt;</span>'
        assert shown("3号楼2单元402") == '<span lang="zh-CN">3号楼2单元402</span>'
        assert [shown(text) for text in ("Zhang*", "3-402", "B2-402", "")] == ["Zhang*", "3-402", "B2-402", ""]
    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        assert shown("Mary Smith") == '<span lang="en">Mary Smith</span>'
        assert [shown(text) for text in ("张秀英", "3-402", "B2-402", "")] == ["张秀英", "3-402", "B2-402", ""]

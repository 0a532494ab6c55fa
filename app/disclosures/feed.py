"""What was published lately as an Atom feed (RFC 4287)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as Xml  # nosec B405 - written here, nothing is read

from flask_babel import gettext as _

from app.disclosures.rules import SUBJECTS
from app.kit.fields import tidy
from app.kit.i18n import html_lang, language
from app.kit.words import Words

ATOM = "http://www.w3.org/2005/Atom"
LONGEST_SUMMARY = 500
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 cannot hold


def feed(rows: Sequence[Any], *, title: str, base: str, path: str, page: str, at: datetime) -> bytes:
    """The feed at `path` about the page `page`; `base` is the address of the house. Corrections count as updates."""
    Xml.register_namespace("", ATOM)
    root = Xml.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": html_lang()})
    _text(root, "id", base + path)
    _text(root, "title", title)
    _text(root, "updated", _moment(max((row.revised_at for row in rows), default=at)))
    _link(root, "self", base + path, "application/atom+xml")
    _link(root, "alternate", base + page, "text/html")
    _author(root, _("Xiangyue"))
    for row in rows:
        _entry(root, row, base)
    return Xml.tostring(root, encoding="utf-8", xml_declaration=True)


def _entry(root: Xml.Element, row: Any, base: str) -> None:
    entry = Xml.SubElement(root, f"{{{ATOM}}}entry")
    address = f"{base}/disclosures/{row.id}"
    _text(entry, "id", address)
    _text(entry, "title", _told(row.title))
    _text(entry, "published", _moment(row.published_at))
    _text(entry, "updated", _moment(row.revised_at))
    _link(entry, "alternate", address, "text/html")
    _author(entry, _told(row.committee or row.place))
    Xml.SubElement(entry, f"{{{ATOM}}}category", {"term": row.subject, "label": _(SUBJECTS[row.subject])})
    summary = _told(row.text)[:LONGEST_SUMMARY] or _told(row.title)
    _text(entry, "summary", summary)


def _told(words: Words | None) -> str:
    return (tidy(words.into(language())) or "") if words else ""


def _text(parent: Xml.Element, name: str, text: str) -> None:
    Xml.SubElement(parent, f"{{{ATOM}}}{name}").text = _NO_XML.sub("", text)


def _link(parent: Xml.Element, rel: str, href: str, kind: str) -> None:
    Xml.SubElement(parent, f"{{{ATOM}}}link", {"rel": rel, "href": href, "type": kind})


def _author(parent: Xml.Element, name: str) -> None:
    _text(Xml.SubElement(parent, f"{{{ATOM}}}author"), "name", name)


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")

"""Translations, one catalogue for each room: app/<room>/translations/zh_Hans/LC_MESSAGES/messages.po.

    python tools/words.py update [ROOM ...]   take over new sentences, drop what nobody says any more
    python tools/words.py compile             make the .mo files that are older than their .po
    python tools/words.py check [ROOM ...]    fail when a sentence is missing, fuzzy, unused or breaks its placeholders

English is the language of the sources; kit's catalogue also holds what belongs to no room.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
KEYWORDS: dict[str, Any] = {
    "_": None,
    "N_": None,
    "gettext": None,
    "lazy_gettext": None,
    "_l": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
# The same switches as the application's Jinja, or blocks would be read otherwise than they are drawn.
JINJA = {"silent": "false", "trim_blocks": "true", "lstrip_blocks": "true"}
KIT_TEMPLATES = ("*.html", "components/**/*.html", "errors/**/*.html")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("act", choices=("update", "compile", "check"))
    parser.add_argument("rooms", nargs="*", metavar="ROOM")
    chosen = parser.parse_args()
    if chosen.act == "compile":
        return compile_stale()
    unknown = set(chosen.rooms) - set(rooms())
    if unknown:
        print(f"no such room: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    work = update if chosen.act == "update" else check
    return max([work(room) for room in chosen.rooms or rooms()], default=0)


def rooms() -> list[str]:
    """Every package below app/, kit among them."""
    return sorted(path.parent.name for path in (ROOT / "app").glob("*/__init__.py"))


def catalogue_file(room: str) -> Path:
    return ROOT / "app" / room / "translations" / "zh_Hans" / "LC_MESSAGES" / "messages.po"


def sources(room: str) -> Iterator[tuple[str, Path]]:
    """The files whose sentences belong to this room, each with the method that reads it."""
    python = sorted((ROOT / "app" / room).rglob("*.py"))
    templates = sorted((ROOT / "templates" / room).rglob("*.html"))
    if room == "kit":
        python += sorted((ROOT / "app").glob("*.py"))
        templates = sorted(path for pattern in KIT_TEMPLATES for path in (ROOT / "templates").glob(pattern))
    yield from (("python", path) for path in python)
    yield from (("jinja2.ext:babel_extract", path) for path in templates)


def spoken(room: str) -> Any:
    """A catalogue of all sentences that the sources of this room say now."""
    from babel.messages.catalog import Catalog  # noqa: PLC0415 - `compile` must start quickly when all is done
    from babel.messages.extract import extract_from_file  # noqa: PLC0415

    catalogue = Catalog(project="xiangyue", charset="utf-8")
    for method, path in sources(room):
        options = JINJA if method.startswith("jinja2") else {}
        for line, message, comments, context in extract_from_file(
            method, path, keywords=KEYWORDS, comment_tags=("translators:",), options=options, strip_comment_tags=True
        ):
            where = (path.relative_to(ROOT).as_posix(), line)
            catalogue.add(message, None, [where], auto_comments=comments, context=context)
    return catalogue


def written(room: str) -> Any:
    """The catalogue as it lies on disk; an empty one when there is none."""
    from babel.messages.catalog import Catalog  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    path = catalogue_file(room)
    if not path.exists():
        return Catalog(locale="zh_Hans", project="xiangyue", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def update(room: str) -> int:
    """Bring the room's catalogue up to date. Nothing is guessed: a changed sentence comes back empty."""
    from babel.messages.pofile import write_po  # noqa: PLC0415

    now, catalogue = spoken(room), written(room)
    path = catalogue_file(room)
    if not len(now) and not path.exists():
        return 0
    catalogue.update(now, no_fuzzy_matching=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        # Without line numbers and dates two people's changes do not collide.
        write_po(
            file, catalogue, omit_header=True, include_lineno=False, sort_output=True, ignore_obsolete=True, width=120
        )
    missing = sum(not _is_said(message) for message in catalogue if message.id)
    print(f"{room}: {len(catalogue)} sentences, {missing} to translate")
    return 0


def check(room: str) -> int:
    """List what is wrong with the room's catalogue; 1 when there is anything."""
    now, catalogue = spoken(room), written(room)
    faults = []
    for message in now:
        if not message.id:
            continue
        translated = catalogue.get(message.id, message.context)
        if translated is None or not _is_said(translated):
            faults.append(("missing", message))
        elif translated.fuzzy:
            faults.append(("fuzzy", message))
        else:
            faults += [(f"wrong ({error})", message) for error in translated.check(catalogue)]
    faults += [
        ("unused", message) for message in catalogue if message.id and now.get(message.id, message.context) is None
    ]
    faults += [("unused", message) for message in catalogue.obsolete.values()]
    for fault, message in faults:
        where = f" {message.locations[0][0]}" if message.locations else ""
        print(f"{room}: {fault}:{where} {message.id!r}")
    return 1 if faults else 0


def _is_said(message: Any) -> bool:
    texts = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return bool(texts) and all(texts)


def compile_stale() -> int:
    """Make the .mo of every .po that changed since."""
    for po in sorted((ROOT / "app").glob("*/translations/*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime <= po.stat().st_mtime:
            _compile(po, mo)
    return 0


def _compile(po: Path, mo: Path) -> None:
    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    with po.open("rb") as source:
        catalogue = read_po(source, locale=po.parent.parent.name)
    # Written beside and moved: a server that reads it meanwhile sees the old one or the new one.
    beside = mo.with_suffix(".mo.new")
    with beside.open("wb") as target:
        write_mo(target, catalogue)
    beside.replace(mo)


if __name__ == "__main__":
    sys.exit(main())

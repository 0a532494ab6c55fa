"""Division codes of China (National Bureau of Statistics): cities, districts and counties, streets, villages."""

from __future__ import annotations

from dataclasses import dataclass

from app.cli.formats.reading import BadLine, cell, text_of

# What each file holds, known by its columns: kind, digits of a code, column of the code above.
_FORMS = {
    frozenset({"code", "name", "provinceCode"}): ("city", 4, None),
    frozenset({"code", "name", "cityCode", "provinceCode"}): ("district", 6, "cityCode"),
    frozenset({"code", "name", "areaCode", "provinceCode", "cityCode"}): ("street", 9, "areaCode"),
    frozenset({"code", "name", "streetCode", "provinceCode", "cityCode", "areaCode"}): ("village", 12, "streetCode"),
}
LONGEST_NAME = 60


@dataclass(frozen=True)
class Division:
    """One place. `kind` is a kind of places; `above` the code of the place it stands under, None at the top."""

    line: int
    kind: str
    code: str
    name: str
    above: str | None


def knows(columns: tuple[str, ...]) -> bool:
    return frozenset(columns) in _FORMS


def division(line: int, fields: dict[str, str]) -> Division:
    """Read one line. Raises `BadLine`."""
    if frozenset(fields) not in _FORMS:
        raise BadLine("it has other columns than the lines before it")
    kind, digits, column = _FORMS[frozenset(fields)]
    code = _code(fields, "code", digits)
    above = _code(fields, column, len(cell(fields, column))) if column else None
    if above is not None and not code.startswith(above):
        raise BadLine(f"code {code} does not begin with {column} {above}")
    name = text_of(fields, "name", most=LONGEST_NAME)
    return Division(line, _kind(code, name) if kind == "village" else kind, code, name, above)


def _code(fields: dict[str, str], column: str, digits: int) -> str:
    code = cell(fields, column)
    if len(code) != digits or not code.isascii() or not code.isdecimal():
        raise BadLine(f"{column} is {code[:40]!r}; {digits} digits are needed")
    return code


def _kind(code: str, name: str) -> str:
    """A villagers' committee makes a village, a residents' committee a community.

    A few units bear neither in their name; then the last three digits tell: 200 to 399 and 500 to 599 are villages
    (统计用区划代码和城乡划分代码编制规则).
    """
    if name.endswith(("居委会", "居民委员会")):
        return "community"
    if name.endswith(("村委会", "村民委员会")):
        return "village"
    return "village" if code[-3] in "235" else "community"

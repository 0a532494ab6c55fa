"""Drafts of the tariff tried on last quarter: ask for it, watch it, read what came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Response
from flask_babel import gettext as _
from flask_login import current_user

from app.kit import access, audit, clock
from app.kit.i18n import language, shown
from app.kit.open_data import publish
from app.kit.pages import found, page, to_page
from app.kit.periods import period_of
from app.kit.refusal import N_
from app.kit.words import Words
from app.merits import queries, simulating
from app.merits.forms import SimulationForm
from app.merits.replaying import MOST_BAND
from app.merits.showing import line_shown
from app.merits.views.blueprint import bp
from app.places import queries as places

audit.describe("merits.simulate", N_("had a draft of the tariff tried"))
audit.describe("simulation", N_("simulation no."), "/points/simulations/")

publish(
    "/points/simulations/<int:simulation_id>.json",
    N_("A draft of the tariff tried on a quarter"),
    {
        "title": N_("What was tried"),
        "place": N_("The place whose households were counted"),
        "quarter": N_("The quarter whose deeds were gone through"),
        "draft": N_("The page of the agreement whose draft was tried; null where amounts were typed"),
        "sums": N_("Honour, points and minutes granted, how many deeds earned, and how many earned nothing"),
        "lines": N_("The same for each line, now and under the draft; cut: how often a limit made it less"),
        "households": N_("How many households live there"),
        "honour": N_("How many households gain, stay and lose, the middle household, and bands of five points"),
        "points": N_("The same for points"),
    },
)


@dataclass(frozen=True)
class LineShown:
    """A line of the tariff under both: how often it earned, and what it granted."""

    code: str
    behaviour: Words | None
    now: Mapping[str, int]
    draft: Mapping[str, int]

    @property
    def differs(self) -> bool:
        return self.now != self.draft


@bp.get("/points/simulations")
@access.anyone
def simulations() -> Response:
    rows = queries.simulations()
    return page("merits/simulations.html", rows=rows, may_ask=_places_to_ask_for(), quarter_of=_quarter_of)


@bp.get("/points/simulations/new")
@access.role("staff", "street")
def new_simulation() -> Response:
    return page("merits/new_simulation.html", form=_form(), quarter=_last_quarter())


@bp.post("/points/simulations/new")
@access.role("staff", "street")
@access.takes(SimulationForm)
def ask_simulation() -> Response:
    """Try other amounts for some lines of the tariff in force."""
    form = _form()
    if form.validate_on_submit() and form.carries_out(partial(_ask, form)):
        simulating.start(form.result_id or 0)
        return to_page(".simulation", simulation_id=form.result_id)
    return page("merits/new_simulation.html", form=form, quarter=_last_quarter(), status=form.status)


def _form() -> SimulationForm:
    form, mine = SimulationForm(), _places_to_ask_for()
    lines = {row.code: row for one in mine for row in queries.tariff_in_force(one.path, clock.today())}
    form.offer(mine, [(code, _line_words(row)) for code, row in sorted(lines.items()) if _fixed(row)])
    return form


def _line_words(row: Any) -> str:
    """The line with what it earns today."""
    now = line_shown(row)
    earns = " ".join(f"{amount} {what}" for amount, what in now.earns)
    return _("%(line)s (now %(earns)s)", line=f"{row.code} {shown(now.behaviour)}", earns=earns)


def _fixed(row: Any) -> bool:
    """Whether other amounts make sense for it: it earns honour or points of its own."""
    return row.factor is None and row.earn in ("automatic", "claim") and not set(row.assets) <= {"minutes"}


def _ask(form: SimulationForm) -> Any:
    place, at = found(places.place(form.place.data)), clock.now()
    in_force = {row.code: row for row in queries.tariff_in_force(place.path, clock.today())}
    documents = []
    for code, amounts in form.amounts().items():
        document = queries.as_document(found(in_force.get(code)))
        assets = {asset: amount for asset, amount in (document["assets"] | amounts).items() if amount}
        documents.append(document | {"assets": assets})
    title = Words.typed(form.title.data, language())
    return simulating.simulate(documents, place=place, title=title, by=current_user, at=at)


def _places_to_ask_for() -> Sequence[Any]:
    return [one for one in places.communities() if current_user.holds("staff", "street", at=one.path)]


@bp.get("/points/simulations/<int:simulation_id>.json")
@bp.get("/points/simulations/<int:simulation_id>")
@access.anyone
def simulation(simulation_id: int) -> Response:
    """How far it is, or what came out; to a resident of the place also what it means for their own household."""
    row = found(queries.simulation(simulation_id))
    result = row.result
    own = queries.simulated_household(simulation_id, current_user.household_id) if result else None
    names = queries.behaviours(row.place_path, clock.local(row.starts).date()) if result else {}
    names |= {one["code"]: Words.of(one["behaviour"]) for one in row.lines}
    return page(
        "merits/simulation.html",
        fragment="trial",
        twin=lambda: _twin(row),
        row=row,
        result=result,
        quarter=shown(_quarter_of(row).words),
        own=own,
        lives_there=bool(current_user.is_verified and current_user.path.startswith(row.place_path)),
        lines=_lines(result, names) if result else [],
        tried=sorted({one["code"] for one in row.lines}),
        band_words=band_words,
    )


def _lines(result: Mapping[str, Any], names: Mapping[str, Words]) -> list[LineShown]:
    """Those that differ first, by how many points they move."""
    lines = [LineShown(one["code"], names.get(one["code"]), one["now"], one["draft"]) for one in result["lines"]]
    return sorted(lines, key=lambda one: (not one.differs, -abs(one.draft["points"] - one.now["points"]), one.code))


def band_words(end: int) -> str:
    """A band of change by its end that lies further from nothing: 1 to 5 more; more than 15 less."""
    size = abs(end)
    if size >= MOST_BAND:
        open_band = _("more than %(least)s more", least=size - 5), _("more than %(least)s less", least=size - 5)
        return open_band[end < 0]
    closed = {"least": size - 4, "most": size}
    return _("%(least)s to %(most)s more", **closed) if end > 0 else _("%(least)s to %(most)s less", **closed)


def _quarter_of(row: Any) -> Any:
    return period_of(clock.local(row.starts).date(), "quarter")


def _last_quarter() -> str:
    return shown(period_of(clock.today(), "quarter").previous.words)


def _twin(row: Any) -> dict[str, Any]:
    known = {"title": row.title, "place": row.place, "quarter": _quarter_of(row).key, "draft": row.href}
    if row.result is None:
        return known | {"done": row.done, "deeds": row.deeds}
    return known | dict(row.result)

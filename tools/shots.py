"""Pictures of the main pages, for people to look at and judge.

    python tools/shots.py BASE_URL OUT_DIR [--fold] [ONLY]

BASE_URL is a served sample street (`make demo`). Phone (360x740) and desk (1440x900) in both languages; a few pages at
768x1024, in the dark scheme and in large text. `--fold` shows the first screen only, else whole pages. ONLY is a part
of the names to take: `topic`, `zh-phone`.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

PASSWORD = "xiangyue-demo"  # noqa: S105 - of the sample street, known to everybody
SIZES = {"phone": (360, 740), "tablet": (768, 1024), "desk": (1440, 900)}
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@dataclass(frozen=True)
class Shot:
    """A page as somebody sees it. `path` may be a list page and a pattern: the first link of it that fits is opened."""

    name: str
    who: str
    path: str
    link: str = ""
    main: bool = False


SHOTS = (
    Shot("home", "", "/", main=True),
    Shot("sign-in", "", "/sign-in"),
    Shot("register", "", "/register"),
    Shot("join", "", "/join"),
    Shot("not-found", "", "/no-such-page"),
    Shot("open-data", "", "/open-data"),
    Shot("home", "resident", "/", main=True),
    Shot("topics", "resident", "/topics", main=True),
    Shot("topic-vote", "resident", "/topics?state=voting&place=a", r"/topics/\d+", main=True),
    Shot("topic-proposed", "resident", "/topics?state=proposed", r"/topics/\d+"),
    Shot("topic-decided", "resident", "/topics?state=decided", r"/topics/\d+"),
    Shot("topic-new", "resident", "/topics/new"),
    Shot("activities", "resident", "/activities", main=True),
    Shot("activity", "resident", "/activities", r"/activities/\d+", main=True),
    Shot("points", "resident", "/points", main=True),
    Shot("tariff", "resident", "/points/tariff"),
    Shot("entry", "resident", "/points", r"/points/entries/\d+"),
    Shot("score", "resident", "/points/score"),
    Shot("expiry", "resident", "/points/expiry"),
    Shot("budget", "resident", "/points/budget"),
    Shot("seals", "", "/seals"),
    Shot("simulations", "", "/points/simulations"),
    Shot("simulation", "", "/points/simulations", r"/points/simulations/\d+"),
    Shot("simulation-new", "staff", "/points/simulations/new"),
    Shot("claims", "resident", "/points/claims"),
    Shot("claim", "resident", "/points/claims", r"/points/claims/\d+"),
    Shot("claim-doors", "resident", "/points/claims/new"),
    Shot("claim-to-review", "reviewer", "/work?room=claims", r"/points/claims/\d+"),
    Shot("claims-desk", "staff", "/points/claims/desk"),
    Shot("claims-conflicts", "reviewer", "/points/claims/conflicts"),
    Shot("batches", "", "/points/claims/batches"),
    Shot("batch", "", "/points/claims/batches", r"/points/claims/batches/\d+"),
    Shot("settlement", "staff", "/points/claims/desk", r"/points/claims/settlement[^\"]*"),
    Shot("cases", "neighbour", "/points/cases"),
    Shot("case", "neighbour", "/points/cases", r"/points/cases/\d+"),
    Shot("case-cured", "resident", "/points/cases", r"/points/cases/\d+"),
    Shot("case-appealed", "voter002", "/points/cases", r"/points/cases/\d+"),
    Shot("case-to-decide", "reviewer", "/work?room=cases", r"/points/cases/\d+"),
    Shot("case-appeal", "reviewer2", "/work?room=cases", r"/points/cases/\d+"),
    Shot("cases-desk", "grid", "/points/cases/desk"),
    Shot("case-doors", "grid", "/points/cases/new"),
    Shot("case-figures", "", "/points/cases/figures"),
    Shot("rewards", "resident", "/rewards", main=True),
    Shot("reward", "resident", "/rewards?category=food", r"/rewards/\d+"),
    Shot("orders", "resident", "/orders"),
    Shot("order", "resident", "/orders", r"/orders/\d+"),
    Shot("rankings", "resident", "/rankings", main=True),
    Shot("rankings-household", "resident", "/rankings/household"),
    Shot("rankings-consent", "resident", "/rankings/consent"),
    Shot("me", "resident", "/me", main=True),
    Shot("household", "resident", "/me/household"),
    Shot("sessions", "resident", "/me/sessions"),
    Shot("settings", "resident", "/settings"),
    Shot("communities", "", "/communities"),
    Shot("place", "", "/communities", r"/places/\w+"),
    Shot("search", "resident", "/search?q=停车"),
    Shot("agreements", "resident", "/agreements", main=True),
    Shot("agreement", "resident", "/agreements", r"/agreements/\d+", main=True),
    Shot("disclosures", "resident", "/disclosures", main=True),
    Shot("disclosure", "resident", "/disclosures", r"/disclosures/\d+", main=True),
    Shot("disclosures-calendar", "", "/disclosures/calendar"),
    Shot("requests", "resident", "/requests", main=True),
    Shot("request", "resident", "/requests", r"/requests/\d+", main=True),
    Shot("request-new", "resident", "/requests/new"),
    Shot("request-figures", "", "/requests/figures"),
    Shot("service-team", "", "/service-team"),
    Shot("notices", "resident", "/notices"),
    Shot("notice", "resident", "/notices", r"/notices/\d+"),
    Shot("promises", "resident", "/promises"),
    Shot("promise", "resident", "/promises", r"/promises/\d+"),
    Shot("sittings", "resident", "/sittings"),
    Shot("sitting", "resident", "/sittings", r"/sittings/\d+"),
    Shot("messages", "resident", "/me/messages"),
    Shot("messages-settings", "resident", "/settings/messages"),
    Shot("home", "newcomer", "/"),
    Shot("desk", "organiser", "/work", r"/activities/\d+/desk"),
    Shot("activity-new", "organiser", "/activities/new"),
    Shot("counter", "merchant", "/counter"),
    Shot("work", "staff", "/work", main=True),
    Shot("households", "staff", "/households"),
    Shot("residents", "staff", "/residents"),
    Shot("resident", "staff", "/residents", r"/residents/\d+"),
    Shot("stock", "staff", "/rewards/manage"),
    Shot("topic", "staff", "/topics?state=deliberating", r"/topics/\d+"),
    Shot("agreement-new", "staff", "/agreements/new"),
    Shot("disclosures-desk", "staff", "/disclosures/desk"),
    Shot("requests-desk", "grid", "/requests/desk"),
    Shot("audit", "supervisor", "/audit"),
)


@dataclass(frozen=True)
class View:
    """How it is looked at."""

    language: str
    size: str
    scheme: str = "light"
    text: str = ""
    main_only: bool = False

    @property
    def name(self) -> str:
        return "-".join(
            filter(None, (self.language, self.size, self.scheme if self.scheme != "light" else "", self.text))
        )


def views() -> Iterator[View]:
    for language in LOCALES:
        yield View(language, "phone")
        yield View(language, "desk")
    yield View("zh", "tablet", main_only=True)
    for size in ("phone", "desk"):
        yield View("zh", size, scheme="dark", main_only=True)
    yield View("en", "phone", scheme="dark", main_only=True)
    for language in LOCALES:
        yield View(language, "phone", text="large", main_only=True)


def main() -> int:
    arguments = [one for one in sys.argv[1:] if one != "--fold"]
    if len(arguments) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    base, folder, only = arguments[0].rstrip("/"), Path(arguments[1]), (arguments[2:] or [""])[0]
    folder.mkdir(parents=True, exist_ok=True)
    taken, failed = 0, 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=QUIET)
        states: dict[str, Any] = {who: _state(browser, base, who) for who in sorted({shot.who for shot in SHOTS})}
        for view in views():
            for who in states:
                context = _context(browser, base, view, states[who])
                for shot in [one for one in SHOTS if one.who == who and (one.main or not view.main_only)]:
                    name = f"{view.name}-{who or 'visitor'}-{shot.name}"
                    if only in name:
                        done = _take(context, shot, folder / f"{name}.png", whole="--fold" not in sys.argv)
                        taken, failed = taken + done, failed + (not done)
                context.close()
        browser.close()
    print(f"{taken} pictures in {folder}" + (f", {failed} pages could not be opened" if failed else ""))
    return 1 if failed else 0


def _chromium() -> str:
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found is None:
        raise SystemExit("no Chromium on this machine: install one, or name it in $CHROMIUM")
    return found


def _state(browser: Browser, base: str, who: str) -> Any:
    """The cookies of that account, signed in once for all pictures."""
    context = browser.new_context(base_url=base)
    if who:
        page = context.new_page()
        page.goto("/sign-in")
        page.locator("#main [name=name]").fill(who)
        page.locator("#main [name=password]").fill(PASSWORD)
        page.locator("#main form button").click()
        page.wait_for_url(lambda address: "/sign-in" not in address)
    state = context.storage_state()
    context.close()
    return state


def _context(browser: Browser, base: str, view: View, state: Any) -> BrowserContext:
    width, height = SIZES[view.size]
    context = browser.new_context(
        base_url=base,
        locale=LOCALES[view.language],
        timezone_id="Asia/Shanghai",
        viewport={"width": width, "height": height},
        color_scheme="dark" if view.scheme == "dark" else "light",
        storage_state=state,
    )
    if view.text:
        context.add_cookies([{"name": "text", "value": view.text, "url": base}])
    context.add_cookies([{"name": "language", "value": view.language, "url": base}])
    return context


def _take(context: BrowserContext, shot: Shot, file: Path, *, whole: bool) -> bool:
    page = context.new_page()
    try:
        page.goto(shot.path)
        if shot.link and not _follow(page, shot.link):
            print(f"# {file.stem}: no link {shot.link} on {shot.path}", file=sys.stderr)
            return False
        if whole:  # a window as high as the page: the bar at the bottom then stands where the page ends
            height = page.evaluate("document.documentElement.scrollHeight")
            page.set_viewport_size({"width": page.viewport_size["width"], "height": height})  # type: ignore[index]
        page.screenshot(path=file)
        return True
    finally:
        page.close()


def _follow(page: Page, pattern: str) -> bool:
    for link in page.locator("#main a[href]").all():
        address = (link.get_attribute("href") or "").split("#")[0]
        if re.fullmatch(pattern, address):
            page.goto(address)
            return True
    return False


if __name__ == "__main__":
    sys.exit(main())

"""Every page of the house with real things in it: addresses of the sample street and who opens them.

`{voting}` and the like stand for what `numbers` finds in a database of the sample street. A route without an example
fails `tests/browser/test_pages.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import create_engine, text

from app.config import DEMO_SECRET
from app.kit import clock
from app.kit.periods import period_of
from app.messages.rules import unsubscribe_code

PASSWORD = "xiangyue-demo"
VISITOR = "visitor"
NO_PAGES = (
    ".json",
    ".csv",
    ".txt",
    ".xlsx",
    ".pdf",
    ".py",
    ".atom",
    "/healthz",
    "/readyz",
    "/language/<code>",
    "/text/<size>",
)


@dataclass(frozen=True)
class Example:
    """One address as one person opens it. `main`: looked at in every scheme, language and size."""

    rule: str
    who: str
    path: str
    main: bool = False

    @property
    def is_page(self) -> bool:
        """Whether it shows a page of its own; data, signs of life, and ways to another page do not."""
        return not self.rule.endswith((*NO_PAGES, "/<int:upload_id>"))


# A star marks the main pages.
EXAMPLES: dict[str, tuple[str, ...]] = {
    "/": ("visitor / *", "resident / *", "newcomer /", "staff /", "merchant /", "organiser /", "b-resident /"),
    "/sign-in": ("visitor /sign-in *",),
    "/register": ("visitor /register",),
    "/join": ("visitor /join", "newcomer /join"),
    "/join/<code>": ("newcomer /join/ABCD-EFGH",),
    "/language/<code>": ("visitor /language/en",),
    "/text/<size>": ("visitor /text/large",),
    "/healthz": ("visitor /healthz",),
    "/readyz": ("visitor /readyz",),
    "/open-data": ("visitor /open-data *", "visitor /open-data?room=points"),
    "/search": (
        "visitor /search",
        "visitor /search?q=停车 *",
        "resident /search?q=garden&place=a&kind=topic",
        "visitor /search?q=鱻",
    ),
    "/search.json": ("visitor /search.json?q=停车",),
    "/communities": ("visitor /communities *",),
    "/communities.json": ("visitor /communities.json",),
    "/places/<code>": ("visitor /places/a *", "b-resident /places/b"),
    "/places/<code>.json": ("visitor /places/a.json", "visitor /places/b.json"),
    "/me": ("resident /me *", "newcomer /me", "staff /me"),
    "/me/household": ("resident /me/household", "newcomer /me/household"),
    "/me/sessions": ("resident /me/sessions",),
    "/me/messages": ("resident /me/messages *", "newcomer /me/messages"),
    "/settings": ("resident /settings",),
    "/settings/messages": ("resident /settings/messages",),
    "/messages/leave/<code>": ("visitor /messages/leave/{leave}",),
    "/work": ("staff /work *", "organiser /work", "grid /work", "leader /work", "supervisor /work", "admin /work"),
    "/audit": ("supervisor /audit", "admin /audit"),
    "/households": ("staff /households", "grid /households", "leader /households"),
    "/residents": ("staff /residents", "admin /residents"),
    "/residents/<int:resident_id>": ("staff /residents/{resident}", "grid /residents/{newcomer}"),
    "/topics": (
        "visitor /topics *",
        "resident /topics",
        "resident /topics?state=closed",
        "resident /topics?state=draft",
    ),
    "/topics.json": ("visitor /topics.json",),
    "/topics/new": ("resident /topics/new", "newcomer /topics/new"),
    "/topics/<int:topic_id>": (
        "visitor /topics/{voting}",
        "resident /topics/{voting} *",
        "staff /topics/{voting}",
        "resident /topics/{proposed}",
        "visitor /topics/{deliberating} *",
        "resident /topics/{deliberating}?reply={comment}",
        "staff /topics/{deliberating}",
        "resident /topics/{decided}",
        "staff /topics/{implementing}",
        "visitor /topics/{closed}",
        "visitor /topics/{merged}",
        "visitor /topics/{withdrawn}",
        "visitor /topics/{declined}",
        "resident /topics/{draft}",
    ),
    "/topics/<int:topic_id>.json": ("visitor /topics/{voting}.json",),
    "/topics/<int:topic_id>/ballots.json": ("visitor /topics/{counted}/ballots.json",),
    "/topics/<int:topic_id>/text.txt": ("visitor /topics/{voting}/text.txt",),
    "/votes/<int:question_id>": (
        "visitor /votes/{question_counted} *",
        "voter001 /votes/{question_open} *",
        "visitor /votes/{question_secret}",
        "resident /votes/{question_scored} *",
        "b-resident /votes/{question_ranked}",
        "b-resident /votes/{question_approved}",
    ),
    "/votes/<int:question_id>.json": ("visitor /votes/{question_counted}.json",),
    "/votes/<int:question_id>/desk": (
        "staff /votes/{question_open}/desk *",
        "staff2 /votes/{question_open}/desk?q=王",
    ),
    "/votes/<int:question_id>/desk/<int:entry_id>": (
        "staff2 /votes/{question_open}/desk/{entry_typed}?way=paper *",
        "staff /votes/{question_open}/desk/{entry_proxy}?way=counter",
        "staff /votes/{question_open}/desk/{entry_typed}?way=proxy&sought=王",
    ),
    "/votes/<int:question_id>/proxy/<int:entry_id>": ("resident /votes/{question_open}/proxy/{entry_proxy} *",),
    "/votes/<int:question_id>/proxies/<int:proxy_id>/<int:upload_id>": (
        "staff /votes/{question_open}/proxies/{proxy}/{proxy_paper}",
    ),
    "/votes/<int:question_id>/result.csv": ("visitor /votes/{question_counted}/result.csv",),
    "/votes/<int:question_id>/bundle.json": ("visitor /votes/{question_counted}/bundle.json",),
    "/votes/verify_tally.py": ("visitor /votes/verify_tally.py",),
    "/topics/<int:topic_id>/comments/<int:comment_id>": (
        "visitor /topics/{deliberating}/comments/{comment}",
        "staff /topics/{deliberating}/comments/{comment}",
    ),
    "/topics/<int:topic_id>/ballot": ("staff /topics/{deliberating}/ballot",),
    "/activities": ("visitor /activities *", "resident /activities", "organiser /activities"),
    "/activities.json": ("visitor /activities.json",),
    "/activities/new": ("organiser /activities/new",),
    "/activities/<int:activity_id>": (
        "visitor /activities/{today}",
        "resident /activities/{today} *",
        "organiser /activities/{today}",
        "voter001 /activities/{next}",
        "visitor /activities/{regular}",
        "resident /activities/{activity_open}",
        "resident /activities/{activity_full}",
        "resident /activities/{activity_running}",
        "visitor /activities/{activity_finished}",
        "visitor /activities/{activity_reported}",
        "resident /activities/{activity_cancelled}",
        "staff /activities/{activity_review}",
        "organiser /activities/{activity_draft}",
    ),
    "/activities/<int:activity_id>.json": ("visitor /activities/{today}.json",),
    "/activities/<int:activity_id>/check-in": ("resident /activities/{today}/check-in?code=123456",),
    "/activities/<int:activity_id>/desk": (
        "organiser /activities/{today}/desk *",
        "staff /activities/{regular}/desk?shift={past_shift}",
    ),
    "/activities/<int:activity_id>/words": ("organiser /activities/{today}/words",),
    "/points": (
        "resident /points *",
        "resident /points?asset=honour",
        "resident /points?asset=minutes",
        "newcomer /points",
    ),
    "/points/entries/<int:entry_id>": ("resident /points/entries/{own_entry}", "resident /points/entries/{new_entry}"),
    "/points/entries/<int:entry_id>/proof.json": ("resident /points/entries/{own_entry}/proof.json",),
    "/points/statement.csv": ("resident /points/statement.csv?asset=points",),
    "/points/statement.xlsx": ("resident /points/statement.xlsx?asset=honour",),
    "/seals": ("visitor /seals *",),
    "/seals.json": ("visitor /seals.json",),
    "/seals/verify_ledger.py": ("visitor /seals/verify_ledger.py",),
    "/points/passbook.pdf": ("resident /points/passbook.pdf",),
    "/points/budget": (
        "visitor /points/budget *",
        "staff /points/budget?place=a *",
        "b-resident /points/budget?quarter={past_quarter}",
        "visitor /points/budget?place=b&quarter={next_quarter}",
    ),
    "/points/budget.json": ("visitor /points/budget.json",),
    "/points/expiry": ("visitor /points/expiry", "resident /points/expiry", "staff /points/expiry"),
    "/points/expiry.json": ("visitor /points/expiry.json",),
    "/points/tariff": ("visitor /points/tariff", "resident /points/tariff"),
    "/points/score": ("resident /points/score *", "resident /points/score?period=2026-Q3"),
    "/points/simulations": ("visitor /points/simulations", "staff /points/simulations"),
    "/points/simulations/new": ("staff /points/simulations/new",),
    "/points/simulations/<int:simulation_id>": (
        "visitor /points/simulations/{simulation}",
        "resident /points/simulations/{simulation} *",
    ),
    "/points/simulations/<int:simulation_id>.json": ("visitor /points/simulations/{simulation}.json",),
    "/points/claims": ("visitor /points/claims", "resident /points/claims *", "newcomer /points/claims"),
    "/points/claims.json": ("visitor /points/claims.json",),
    "/points/claims/new": (
        "resident /points/claims/new",
        "resident /points/claims/new?line=E07 *",
        "newcomer /points/claims/new",
    ),
    "/points/claims/<int:claim_id>": (
        "resident /points/claims/{claim}",
        "resident /points/claims/{claim_posted}",
        "reviewer /points/claims/{claim_drawn} *",
        "staff /points/claims/{claim_drawn}",
    ),
    "/points/claims/<int:claim_id>/neighbour": ("resident /points/claims/{claim_asked}/neighbour *",),
    "/points/claims/<int:claim_id>/photos/<int:upload_id>": ("resident /points/claims/{claim}/photos/{claim_photo}",),
    "/points/claims/desk": ("reviewer /points/claims/desk", "staff /points/claims/desk"),
    "/points/claims/enter": (
        "grid /points/claims/enter *",
        "grid /points/claims/enter?household={neighbours} *",
        "reviewer /points/claims/enter?household={neighbours}",
        "leader /points/claims/enter",
    ),
    "/points/claims/conflicts": ("reviewer /points/claims/conflicts",),
    "/points/claims/settlement": ("reviewer /points/claims/settlement?place={community_a}&month={month}",),
    "/points/claims/batches": ("visitor /points/claims/batches",),
    "/points/claims/batches.json": ("visitor /points/claims/batches.json",),
    "/points/claims/batches/<int:batch_id>": (
        "visitor /points/claims/batches/{claim_batch} *",
        "staff /points/claims/batches/{claim_batch}",
    ),
    "/points/claims/batches/<int:batch_id>.json": ("visitor /points/claims/batches/{claim_batch}.json",),
    "/points/claims/batches/<int:batch_id>.csv": ("staff /points/claims/batches/{claim_batch}.csv",),
    "/points/tariff.json": ("visitor /points/tariff.json",),
    "/points/cases": ("resident /points/cases", "neighbour /points/cases *", "newcomer /points/cases"),
    "/points/cases/desk": ("staff /points/cases/desk", "reviewer /points/cases/desk", "grid /points/cases/desk"),
    "/points/cases/new": ("grid /points/cases/new", "grid /points/cases/new?household={neighbours}"),
    "/points/cases/<int:case_id>": (
        "neighbour /points/cases/{reminded} *",
        "resident /points/cases/{put_right}",
        "reviewer /points/cases/{proposed_case}",
        "staff /points/cases/{proposed_case}",
        "voter002 /points/cases/{appealed}",
        "voter003 /points/cases/{in_effect}",
        "voter004 /points/cases/{confirmed_case}",
        "reviewer2 /points/cases/{appealed} *",
    ),
    "/points/cases/<int:case_id>/photos/<int:upload_id>": ("neighbour /points/cases/{reminded}/photos/{cupboard}",),
    "/points/cases/figures": ("visitor /points/cases/figures",),
    "/points/cases/figures.json": ("visitor /points/cases/figures.json",),
    "/rewards": ("visitor /rewards", "resident /rewards *", "newcomer /rewards"),
    "/rewards.json": ("visitor /rewards.json",),
    "/rewards/<int:item_id>": (
        "visitor /rewards/{rice}",
        "resident /rewards/{rice}",
        "resident /rewards/{loan}",
        "newcomer /rewards/{rice}",
        "b-resident /rewards/{rice}",
    ),
    "/rewards/<int:item_id>.json": ("visitor /rewards/{rice}.json",),
    "/rewards/<int:item_id>/stock": ("staff /rewards/{rice}/stock",),
    "/rewards/manage": ("staff /rewards/manage",),
    "/orders": ("resident /orders", "voter050 /orders", "merchant /orders"),
    "/orders/<int:order_id>": (
        "resident /orders/{held} *",
        "resident /orders/{posted}",
        "resident /orders/{voided}",
        "resident /orders/{expired}",
    ),
    "/counter": ("merchant /counter", "staff /counter"),
    "/requests": (
        "visitor /requests *",
        "resident /requests?state=overdue",
        "staff /requests?place=a&category=drain",
    ),
    "/requests.json": ("visitor /requests.json",),
    "/requests/figures": ("visitor /requests/figures *", "resident /requests/figures?place=a&days=90"),
    "/requests/figures.json": ("visitor /requests/figures.json",),
    "/requests/new": ("resident /requests/new *", "grid /requests/new", "newcomer /requests/new"),
    "/requests/mine": ("resident /requests/mine", "newcomer /requests/mine"),
    "/requests/desk": ("staff /requests/desk", "grid /requests/desk", "supervisor /requests/desk"),
    "/requests/<int:request_id>": (
        "visitor /requests/{answered} *",
        "resident /requests/{to_rate} *",
        "grid /requests/{in_grid}",
        "staff /requests/{in_community}",
        "b-resident /requests/{in_street}",
        "street /requests/{in_street}",
        "staff /requests/{reopened}",
        "visitor /requests/{twin}",
    ),
    "/requests/<int:request_id>.json": ("visitor /requests/{answered}.json",),
    "/requests/<int:request_id>/photos/<int:upload_id>": ("visitor /requests/{in_grid}/photos/{lamp}",),
    "/service-team": ("visitor /service-team", "resident /service-team"),
    "/service-team.json": ("visitor /service-team.json",),
    "/service-guide": ("visitor /service-guide", "resident /service-guide?q=card"),
    "/service-guide.json": ("visitor /service-guide.json",),
    "/rankings": (
        "visitor /rankings *",
        "resident /rankings",
        "resident /rankings?period={month}",
        "resident /rankings?period={year}",
    ),
    "/rankings.json": ("visitor /rankings.json",),
    "/rankings/household": ("resident /rankings/household", "voter001 /rankings/household"),
    "/rankings/consent": ("resident /rankings/consent",),
}

# What follows from decisions, and what was agreed.
EXAMPLES |= {
    "/agreements": ("visitor /agreements *", "resident /agreements?place=a", "staff /agreements"),
    "/agreements.json": ("visitor /agreements.json",),
    "/agreements/new": ("staff /agreements/new",),
    "/agreements/<int:agreement_id>": (
        "visitor /agreements/{agreed} *",
        "resident /agreements/{agreed} *",
        "newcomer /agreements/{agreed}",
        "staff /agreements/{agreed}",
        "visitor /agreements/{repealed}",
    ),
    "/agreements/<int:agreement_id>.json": ("visitor /agreements/{agreed}.json",),
    "/agreements/<int:agreement_id>/compare": (
        "visitor /agreements/{agreed}/compare",
        "resident /agreements/{agreed}/compare?from=1&to=3",
    ),
    "/agreements/<int:agreement_id>/poster": (
        "visitor /agreements/{agreed}/poster",
        "resident /agreements/{agreed}/poster?size=a3",
    ),
    "/agreements/<int:agreement_id>/versions/<int:number>": (
        "visitor /agreements/{consulted} *",
        "resident /agreements/{consulted}?reply={proposal}",
        "staff /agreements/{consulted}",
        "visitor /agreements/{adopting}",
        "resident /agreements/{adopting} *",
        "staff /agreements/{adopting}",
        "resident /agreements/{not_adopted}",
        "visitor /agreements/{coming}",
        "visitor /agreements/{agreed}/versions/1",
        "staff /agreements/{penned}",
    ),
    "/agreements/<int:agreement_id>/versions/<int:number>.json": ("visitor /agreements/{consulted}.json",),
    "/agreements/<int:agreement_id>/versions/<int:number>/ballots.json": (
        "visitor /agreements/{not_adopted}/ballots.json",
    ),
    "/agreements/<int:agreement_id>/versions/<int:number>/text.txt": ("visitor /agreements/{adopting}/text.txt",),
    "/agreements/<int:agreement_id>/versions/<int:number>/ballot": ("staff /agreements/{consulted}/ballot",),
    "/agreements/<int:agreement_id>/versions/<int:number>/edit": ("staff /agreements/{penned}/edit",),
    "/agreements/<int:agreement_id>/versions/<int:number>/articles/<int:article_id>": (
        "staff /agreements/{penned}/articles/{article}",
    ),
    "/agreements/<int:agreement_id>/versions/<int:number>/comments/<int:comment_id>": (
        "visitor /agreements/{consulted}/comments/{proposal}",
        "staff /agreements/{consulted}/comments/{proposal}",
    ),
    "/topics/<int:topic_id>/promises/new": ("staff /topics/{carried_out}/promises/new",),
    "/notices": ("visitor /notices *", "resident /notices", "b-resident /notices?tab=over"),
    "/notices.json": ("visitor /notices.json",),
    "/notices/<int:notice_id>": (
        "visitor /notices/{on_notice}",
        "resident /notices/{on_notice} *",
        "staff /notices/{objected}",
        "visitor /notices/{upheld}",
    ),
    "/notices/<int:notice_id>.json": ("visitor /notices/{objected}.json",),
    "/disclosures": ("visitor /disclosures *", "resident /disclosures?subject=village", "b-staff /disclosures"),
    "/disclosures.json": ("visitor /disclosures.json",),
    "/disclosures/calendar": ("visitor /disclosures/calendar?place=b *", "resident /disclosures/calendar"),
    "/disclosures/calendar.json": ("visitor /disclosures/calendar.json",),
    "/disclosures/<int:disclosure_id>": (
        "visitor /disclosures/{finances} *",
        "b-resident /disclosures/{finances}?line=line:2",
        "b-staff /disclosures/{finances}",
        "visitor /disclosures/{rebooked}",
        "visitor /disclosures/{rebooked}?revision=1",
        "resident /disclosures/{with_paper}",
        "visitor /disclosures/{paid}",
    ),
    "/disclosures/<int:disclosure_id>.json": ("visitor /disclosures/{finances}.json",),
    "/disclosures/<int:disclosure_id>/table.csv": ("visitor /disclosures/{finances}/table.csv",),
    "/disclosures/<int:disclosure_id>/attachments/<int:upload_id>": (
        "visitor /disclosures/{with_paper}/attachments/{paper}",
    ),
    "/disclosures/desk": ("staff /disclosures/desk", "b-staff /disclosures/desk", "supervisor /disclosures/desk"),
    "/disclosures/drafts/<int:draft_id>": (
        "staff /disclosures/drafts/{writing}",
        "supervisor /disclosures/drafts/{to_sign}",
        "b-staff /disclosures/drafts/{keeping_books} *",
    ),
    "/disclosures/drafts/<int:draft_id>/table": ("b-staff /disclosures/drafts/{keeping_books}/table",),
    "/disclosures/drafts/<int:draft_id>/template.csv": ("b-staff /disclosures/drafts/{keeping_books}/template.csv",),
    "/disclosures/drafts/<int:draft_id>/attachments/<int:upload_id>": (
        "supervisor /disclosures/drafts/{writing}/attachments/{rota}",
    ),
    "/feed.atom": ("visitor /feed.atom?place=b",),
    "/promises": ("visitor /promises *", "resident /promises?tab=done", "staff /promises?tab=dropped"),
    "/promises.json": ("visitor /promises.json",),
    "/promises/<int:promise_id>": (
        "visitor /promises/{overdue}",
        "staff /promises/{overdue} *",
        "visitor /promises/{photographed}",
        "visitor /promises/{dropped}",
    ),
    "/promises/<int:promise_id>.json": ("visitor /promises/{overdue}.json",),
    "/promises/<int:promise_id>/photos/<int:upload_id>": ("visitor /promises/{photographed}/photos/{photo}",),
}

# Meetings.
EXAMPLES |= {
    "/sittings": ("visitor /sittings *", "resident /sittings?tab=past", "staff /sittings"),
    "/sittings.json": ("visitor /sittings.json",),
    "/open-days": ("visitor /open-days?place=b *", "b-resident /open-days?tab=past"),
    "/open-days.json": ("visitor /open-days.json",),
    "/sittings/new": ("staff /sittings/new",),
    "/sittings/<int:meeting_id>": (
        "visitor /sittings/{sitting_called}",
        "resident /sittings/{sitting_put_off} *",
        "b-resident /sittings/{sitting_full}",
        "staff /sittings/{sitting_put_off}",
        "visitor /sittings/{sitting_cancelled}",
        "resident /sittings/{sitting_in_session}",
        "staff /sittings/{sitting_owing}",
        "visitor /sittings/{sitting_late}",
        "visitor /sittings/{sitting_minutes} *",
        "visitor /sittings/{sitting_corrected}",
    ),
    "/sittings/<int:meeting_id>.json": ("visitor /sittings/{sitting_minutes}.json",),
    "/sittings/<int:meeting_id>/edit": ("staff /sittings/{sitting_called}/edit",),
    "/sittings/<int:meeting_id>/attendance": (
        "staff /sittings/{sitting_called}/attendance",
        "staff /sittings/{sitting_in_session}/attendance *",
        "staff /sittings/{sitting_minutes}/attendance",
    ),
    "/sittings/<int:meeting_id>/sheet": ("staff /sittings/{sitting_in_session}/sheet",),
    "/sittings/<int:meeting_id>/minutes/new": (
        "staff /sittings/{sitting_owing}/minutes/new",
        "staff /sittings/{sitting_minutes}/minutes/new",
    ),
    "/sittings/<int:meeting_id>/minutes/<int:upload_id>": (
        "visitor /sittings/{sitting_minutes}/minutes/{signed_paper}",
    ),
    "/topics/<int:topic_id>/sittings/new": ("staff /topics/{sat_over}/sittings/new",),
}

_TOPICS = (
    "draft", "proposed", "decided", "implementing", "closed", "merged", "withdrawn", "declined",
)  # fmt: skip
# Versions of the sample street's agreements by what became of them, as `agreement and number`.
_VERSIONS = {
    "consulted": ("pets", 2),
    "adopting": ("waste", 3),
    "not_adopted": ("waste", 2),
    "coming": ("stairs", 2),
    "penned": ("parking", 4),
}
_DELIBERATING = """SELECT MIN(t.id) FROM topics t JOIN places p ON p.id = t.place_id
    WHERE t.state = 'deliberating' AND p.code LIKE 'a%'"""
_ORDERS = ("held", "posted", "voided", "expired")  # of `resident`
_NUMBERS = {
    "own_entry": "SELECT MIN(id) FROM transfers WHERE asset = 'points' AND resident_id ="
    " (SELECT id FROM residents WHERE sign_in_name = 'resident')",
    "new_entry": "SELECT MAX(id) FROM transfers WHERE asset = 'points' AND resident_id ="
    " (SELECT id FROM residents WHERE sign_in_name = 'resident')",
    "simulation": "SELECT MAX(id) FROM simulations WHERE finished_at IS NOT NULL",
    **{state: f"SELECT MIN(id) FROM topics WHERE state = '{state}'" for state in _TOPICS},
    **{
        state: f"""SELECT MIN(o.id) FROM orders o JOIN residents r ON r.id = o.resident_id
        WHERE r.sign_in_name = 'resident' AND o.state = '{state}'"""
        for state in _ORDERS
    },
    **{
        name: f"SELECT id || '/versions/{number}' FROM agreements WHERE source_id = '{key}'"
        for name, (key, number) in _VERSIONS.items()
    },
    "agreed": "SELECT id FROM agreements WHERE source_id = 'parking'",
    "repealed": "SELECT id FROM agreements WHERE source_id = 'laundry'",
    "article": """SELECT MIN(r.id) FROM agreement_articles r JOIN agreement_versions v ON v.id = r.version_id
        WHERE v.stage = 'drafting' AND v.agreement_id = (SELECT id FROM agreements WHERE source_id = 'parking')""",
    "proposal": """SELECT MIN(c.id) FROM comments c JOIN agreement_versions v ON v.thread_id = c.thread_id
        JOIN agreements a ON a.id = v.agreement_id WHERE v.stage = 'consulting' AND a.source_id = 'pets'""",
    **{
        f"activity_{state}": f"SELECT MIN(id) FROM activities WHERE state = '{state}'"
        for state in ("draft", "review", "reported", "cancelled")
    },
    "activity_open": "SELECT id FROM activities WHERE source_id = 'cleanup:today'",
    "activity_full": "SELECT id FROM activities WHERE source_id = 'paperlamp'",
    "activity_running": "SELECT id FROM activities WHERE source_id = 'drill:today'",
    "activity_finished": "SELECT id FROM activities WHERE source_id = 'umbrellas'",
    **{
        f"sitting_{name}": f"SELECT MIN(m.id) FROM meetings m JOIN topics t ON m.href = '/topics/' || t.id "
        f"WHERE t.source = 'sample' AND t.source_id = '{topic}'"
        for name, topic in (
            ("called", "wet-waste"),
            ("put_off", "cats"),
            ("full", "bus-stop"),
            ("cancelled", "dog-walks"),
            ("in_session", "toilet-access"),
            ("owing", "flat-roof"),
            ("late", "lift-b7"),
            ("minutes", "rain-garden"),
            ("corrected", "fire-lane"),
        )
    },
    "sat_over": "SELECT id FROM topics WHERE source = 'sample' AND source_id = 'wet-waste'",
    "signed_paper": "SELECT MIN(upload_id) FROM meeting_minutes",
    "counted": "SELECT MIN(id) FROM topics WHERE state = 'decided' AND question_id IS NOT NULL",
    "question_counted": "SELECT MIN(question_id) FROM topics WHERE state = 'decided'",
    "voting": "SELECT id FROM topics WHERE source = 'sample' AND source_id = 'ebike-shed'",
    "deliberating": _DELIBERATING,
    **{
        f"question_{name}": f"SELECT question_id FROM topics WHERE source = 'sample' AND source_id = '{topic}'"
        for name, topic in (
            ("open", "ebike-shed"),
            ("secret", "lift-b7"),
            ("scored", "elders-canteen"),
            ("ranked", "veg-garden"),
            ("approved", "old-mill"),
        )
    },
    "entry_typed": "SELECT MIN(roll_entry_id) FROM typed_papers",
    "entry_proxy": "SELECT MIN(roll_entry_id) FROM proxies",
    "proxy": "SELECT MIN(id) FROM proxies",
    "proxy_paper": "SELECT MIN(upload_id) FROM proxies",
    "comment": f"""SELECT MIN(c.id) FROM comments c JOIN topics o ON o.thread_id = c.thread_id
        WHERE c.hidden_at IS NULL AND o.id = ({_DELIBERATING})""",
    "quiet": """SELECT MIN(t.id) FROM topics t JOIN threads h ON h.id = t.thread_id
        WHERE t.state = 'deliberating' AND h.last_number <= 5""",
    "lively": """SELECT t.id FROM topics t JOIN threads h ON h.id = t.thread_id
        WHERE t.state = 'deliberating' ORDER BY h.last_number DESC LIMIT 1""",
    "welcome": """SELECT MIN(t.id) FROM topics t JOIN places p ON p.id = t.place_id
        WHERE t.state = 'proposed' AND p.code = 'a' AND t.support_count < t.support_needed - 1""",
    "today": "SELECT id FROM activities WHERE source_id = 'drill:today'",
    "next": "SELECT id FROM activities WHERE source_id = 'cleanup:today'",
    "regular": "SELECT MIN(id) FROM activities WHERE state = 'open' AND source_id NOT LIKE '%today'",
    "past_shift": """SELECT MIN(s.id) FROM shifts s JOIN attendances a ON a.shift_id = s.id WHERE s.activity_id =
        (SELECT MIN(id) FROM activities WHERE state = 'open' AND source_id NOT LIKE '%today')""",
    "finances": "SELECT MAX(id) FROM disclosures WHERE kind = 'finances'",
    "rebooked": """SELECT MAX(r.disclosure_id) FROM disclosure_revisions r JOIN disclosures d ON d.id = r.disclosure_id
        WHERE r.number = 2 AND d.kind = 'finances'""",
    "with_paper": """SELECT MIN(r.disclosure_id) FROM disclosure_attachments a
        JOIN disclosure_revisions r ON r.id = a.revision_id""",
    "paper": "SELECT MIN(upload_id) FROM disclosure_attachments",
    "paid": "SELECT MIN(id) FROM disclosures WHERE kind = 'payments'",
    "writing": "SELECT MIN(draft_id) FROM disclosure_draft_attachments",
    "rota": "SELECT MIN(upload_id) FROM disclosure_draft_attachments",
    "to_sign": "SELECT MIN(id) FROM disclosure_drafts WHERE state = 'awaiting'",
    "keeping_books": "SELECT MIN(id) FROM disclosure_drafts WHERE kind = 'finances'",
    "rice": "SELECT id FROM reward_items WHERE source = 'sample:a:rice'",
    "loan": "SELECT id FROM reward_items WHERE source = 'sample:a:tool'",
    "answered": "SELECT id FROM requests WHERE source_id = 'Q0006'",
    "to_rate": "SELECT id FROM requests WHERE source_id = 'Q0068'",
    "in_grid": "SELECT id FROM requests WHERE source_id = 'Q0067'",
    "in_community": "SELECT id FROM requests WHERE source_id = 'Q0066'",
    "in_street": "SELECT id FROM requests WHERE source_id = 'Q0050'",
    "reopened": "SELECT id FROM requests WHERE source_id = 'Q0049'",
    "twin": "SELECT id FROM requests WHERE source_id = 'Q0069'",
    "lamp": """SELECT p.upload_id FROM request_photos p JOIN requests r ON r.id = p.request_id
        WHERE r.source_id = 'Q0067'""",
    **{
        name: f"""SELECT MAX(c.id) FROM cases c JOIN residents r ON r.household_id = c.household_id
        WHERE r.sign_in_name = '{who}'"""
        for name, who in (
            ("reminded", "neighbour"),
            ("put_right", "resident"),
            ("proposed_case", "voter001"),
            ("appealed", "voter002"),
            ("in_effect", "voter003"),
            ("confirmed_case", "voter004"),
        )
    },
    "cupboard": "SELECT MIN(upload_id) FROM cases",
    "own_home": "SELECT household_id FROM residents WHERE sign_in_name = 'resident'",
    "neighbours": "SELECT household_id FROM residents WHERE sign_in_name = 'neighbour'",
    "private": "SELECT id FROM requests WHERE source_id = 'Q0018'",
    "resident": "SELECT id FROM residents WHERE sign_in_name = 'resident'",
    "newcomer": "SELECT id FROM residents WHERE sign_in_name = 'newcomer'",
    "carried_out": """SELECT MIN(t.id) FROM topics t JOIN places p ON p.id = t.place_id
        WHERE t.state = 'implementing' AND p.code LIKE 'a%'""",
    "on_notice": "SELECT id FROM notices ORDER BY ends_at DESC LIMIT 1",
    "objected": """SELECT MIN(o.notice_id) FROM objections o LEFT JOIN objection_ends e ON e.objection_id = o.id
        WHERE e.objection_id IS NULL""",
    "upheld": """SELECT MIN(o.notice_id) FROM objections o JOIN objection_ends e ON e.objection_id = o.id
        WHERE e.outcome = 'upheld'""",
    "overdue": """SELECT o.id FROM promises o JOIN places p ON p.id = o.place_id
        WHERE o.state = 'under_way' AND p.code LIKE 'a%' ORDER BY o.due_on LIMIT 1""",
    "dropped": "SELECT MIN(id) FROM promises WHERE state = 'dropped'",
    "photo": "SELECT MIN(upload_id) FROM promise_photos",
    "community_a": "SELECT id FROM places WHERE code = 'a'",
    "claim": """SELECT MAX(c.id) FROM claims c JOIN residents r ON r.id = c.resident_id
        WHERE r.sign_in_name = 'resident'""",
    "claim_photo": """SELECT MAX(p.upload_id) FROM claim_photos p JOIN claims c ON c.id = p.claim_id
        JOIN residents r ON r.id = c.resident_id WHERE r.sign_in_name = 'resident'""",
    "claim_asked": """SELECT MAX(c.id) FROM claims c JOIN residents r ON r.household_id = c.other_household_id
        WHERE r.sign_in_name = 'resident' AND c.asks_neighbour""",
    "claim_posted": """SELECT MIN(c.id) FROM claims c JOIN residents r ON r.id = c.resident_id
        WHERE r.sign_in_name = 'resident'""",
    "claim_drawn": """SELECT MAX(d.claim_id) FROM claim_draws d JOIN residents r ON r.id = d.reviewer_id
        LEFT JOIN claim_decisions e ON e.claim_id = d.claim_id
        WHERE r.sign_in_name = 'reviewer' AND e.claim_id IS NULL""",
    "claim_batch": "SELECT MIN(id) FROM claim_batches",
    "photographed": """SELECT n.promise_id FROM promise_notes n JOIN promise_photos p ON p.note_id = n.id
        ORDER BY p.upload_id LIMIT 1""",
}


def numbers(database_url: str, *, secret: str = DEMO_SECRET) -> dict[str, str]:
    """What the names in braces stand for in this database, served with that secret."""
    today = clock.today()
    engine = create_engine(database_url)
    try:
        with engine.connect() as connection:
            found = {name: str(connection.scalar(text(query))) for name, query in _NUMBERS.items()}
    finally:
        engine.dispose()
    leave = unsubscribe_code(secret.encode(), int(found["resident"]), "council.result")
    quarter = period_of(today, "quarter")
    quarters = {"past_quarter": quarter.previous.key, "next_quarter": quarter.next.key}
    return found | {"month": f"{today:%Y-%m}", "year": f"{today:%Y}", "leave": leave} | quarters


def examples() -> list[Example]:
    """All of the table, with the braces still in."""
    found = []
    for rule, lines in EXAMPLES.items():
        for line in lines:
            who, path, *main = line.split()
            found.append(Example(rule, who, path, bool(main)))
    return found

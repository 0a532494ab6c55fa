"""The guards that race tests are about. `tools/mutants.py` removes each in a copy and expects its test to fail.

A guard is named by its exact source text, so that moving it without moving this line is noticed at once. Where several
guards back each other up, the test stays green until the last of them is gone: such a mutant removes them all, and says
so. On SQLite turns and BEGIN IMMEDIATE stand before every other guard, so the locks of rows must show on PostgreSQL.
"""

# ruff: noqa: E501 - source texts as they stand

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """One text of one file, found exactly once, replaced."""

    file: str
    guard: str
    replacement: str


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One guard taken away, with what stands behind it. `test` is a pytest id; `database` is where it must show."""

    name: str
    changes: tuple[Change, ...]
    test: str
    database: str = "postgresql"


_PLACES = "tests/races/test_race_places.py::"
_TOPICS = "tests/races/test_race_topics.py::"
_REWARDS = "tests/races/test_race_rewards.py::"
_LEDGER_RACE = "tests/races/test_race_ledger.py::"
_DISCLOSURES = "tests/races/test_race_disclosures.py::"
_REQUESTS = "tests/races/test_race_requests.py::"

_BALLOT_MODELS, _CASTING = "app/ballots/models.py", "app/ballots/operations/casting.py"
_SIGNING_UP, _ATTENDING = "app/activities/operations/signing_up.py", "app/activities/operations/attending.py"
_HOLDING, _ACTIVITY_MODELS = "app/activities/operations/holding.py", "app/activities/models.py"
_ASKING, _DISCLOSURE_MODELS = "app/disclosures/operations/asking.py", "app/disclosures/models.py"
_ITEMS, _ITEM_MODELS = "app/rewards/operations.py", "app/rewards/models.py"
_LEDGER, _LEDGER_MODELS = "app/points/operations.py", "app/points/models.py"

_AGREEMENTS, _AGREEMENT_MODELS = "tests/races/test_race_agreements.py::", "app/agreements/models.py"
_NO_LOCK_OF_AGREEMENT = Change(
    "app/agreements/operations/holding.py", "query = locked(select(Agreement).where(Agreement.id == agreement_id))",
    "query = select(Agreement).where(Agreement.id == agreement_id)",
)  # fmt: skip
_CHANNELS = "tests/races/test_race_ballots.py::"
_NO_LOCK_OF_VOTER = Change(_CASTING, "_OWN_ENTRY: Any = locked(\n", "_OWN_ENTRY: Any = (\n")
_NO_LOCK_OF_ELECTOR = Change(
    "app/ballots/operations/entering.py",
    "entry = db.session.execute(locked(select(*columns).where(*mine))).one_or_none()",
    "entry = db.session.execute(select(*columns).where(*mine)).one_or_none()",
)
_WHATEVER_STANDS = Change(_CASTING, "        where=Ballot.channel.in_(channels.REPLACES[channel]),\n", "")
_CLOSING = "tests/races/test_race_closing.py::test_v3_a_vote_that_waits_for_"
_NO_LAST_LOOK = Change(_CASTING, "    lastly(lambda: refuse_if(rules.late_refusal(closes_at, at=now())))\n", "")
_CASES = "tests/races/test_race_cases.py::"
_NOTICES, _NOTICE_MODELS = "tests/races/test_race_notices.py::", "app/notices/models.py"

_NO_LOCK_OF_NOTICE = Change(
    "app/notices/operations.py", "db.session.scalars(locked(select(Notice).where(Notice.id == notice_id))).one()",
    "db.session.scalars(select(Notice).where(Notice.id == notice_id)).one()",
)  # fmt: skip
_NO_LOCK_OF_HOUSEHOLD = Change(
    _LEDGER, "_OWN_POINTS: Any = locked(\n", "_OWN_POINTS: Any = (\n",
)  # fmt: skip
_NEVER_SHORT = Change(
    _LEDGER_MODELS, 'CheckConstraint("NOT bounded OR (held >= 0 AND balance >= held)", name="never_short"),', ""
)
_NEVER_OUT_OF_STOCK = Change(
    _ITEM_MODELS, 'CheckConstraint("on_hand IS NULL OR (reserved >= 0 AND on_hand >= reserved)", name="stock"),', ""
)
_ONE_CAUSE = Change(_LEDGER_MODELS, 'UniqueConstraint("because", "asset"),', "")
_ONE_ENTRY_OF_A_HOLD = Change(_LEDGER_MODELS, 'ForeignKey("holds.id"), unique=True)', 'ForeignKey("holds.id"))')
_ONE_END_OF_A_HOLD = Change(
    _LEDGER_MODELS, "hold_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)",
    "id: Mapped[int] = mapped_column(primary_key=True)\n    hold_id: Mapped[int]",
)  # fmt: skip
_NO_LOCK_OF_ATTENDANCE = Change(
    _ATTENDING, "query = locked(select(Attendance).where(Attendance.id == attendance_id))",
    "query = select(Attendance).where(Attendance.id == attendance_id)",
)  # fmt: skip
_NO_LOCK_OF_REQUEST = (
    Change(
        "app/grid/operations/moving.py", "query = locked(select(Request).where(Request.id == request_id))",
        "query = select(Request).where(Request.id == request_id)",
    ),
    Change("app/grid/models.py", 'UniqueConstraint("request_id", "number"),', ""),
)  # fmt: skip

_CLAIMS = "tests/races/test_race_claims.py::"
_NO_TURN = Change("app/merits/operations.py", "        one_at_a_time(name)", "        pass")

MUTANTS: tuple[Mutant, ...] = (
    # Claims at the limit: what waits is counted after the household is locked. Without it all of a family fit.
    Mutant(
        name="claims-at-the-limit",
        changes=(_NO_LOCK_OF_HOUSEHOLD,),
        test=_CLAIMS + "test_i10_of_many_claims_at_the_limit_exactly_the_remaining_are_taken",
    ),
    # Two households that help each other share a window: each has its own lock, so the pair has one too.
    Mutant(
        name="claims-of-a-pair",
        changes=(_NO_TURN,),
        test=_CLAIMS + "test_i10_of_two_households_that_claim_for_each_other_at_once_the_limit_takes_one",
    ),
    # Several households report one hazard: whoever comes first has the turn.
    Mutant(
        name="claims-first-report",
        changes=(_NO_TURN,),
        test=_CLAIMS + "test_of_many_households_that_report_one_hazard_at_once_one_is_the_first",
    ),
    # A deed is claimed once: the lock, and the unique deed of a household behind it.
    Mutant(
        name="claimed-once",
        changes=(
            _NO_LOCK_OF_HOUSEHOLD,
            Change(
                "app/claims/models.py",
                'UniqueConstraint("household_id", "code", "deed_on", "resident_id", "attempt"),', "",
            ),
        ),
        test=_CLAIMS + "test_a_deed_is_claimed_once_from_several_devices",
    ),
    # Two who confirm at once each see their own review alone, and nobody decides.
    Mutant(
        name="claims-two-reviewers",
        changes=(_NO_LOCK_OF_HOUSEHOLD,),
        test=_CLAIMS + "test_two_reviewers_who_confirm_at_once_decide_once",
    ),
    # An appeal is filed once: the lock, and the keys of the appeal and of the deed behind it.
    Mutant(
        name="claims-appealed-once",
        changes=(
            _NO_LOCK_OF_HOUSEHOLD,
            Change(
                "app/claims/models.py",
                'UniqueConstraint("household_id", "code", "deed_on", "resident_id", "attempt"),', "",
            ),
            Change(
                "app/claims/models.py",
                'claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), primary_key=True, autoincrement=False)',
                'id: Mapped[int] = mapped_column(primary_key=True)\n    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"))',
            ),
        ),
        test=_CLAIMS + "test_i26_a_decision_is_appealed_once_from_several_devices",
    ),
    # Two ticks find the same seat empty: each would end and fill it, and the second runs into the keys of that.
    Mutant(
        name="claims-seat-filled-once",
        changes=(_NO_LOCK_OF_HOUSEHOLD,),
        test=_CLAIMS + "test_i22_two_ticks_at_once_fill_a_seat_once",
    ),
    # Two ticks post the same claim: both locks are gone, and the second runs into the key of its end.
    Mutant(
        name="claims-posted-once",
        changes=(
            _NO_LOCK_OF_HOUSEHOLD,
            Change(
                "app/notices/operations.py",
                "db.session.scalar(locked(select(Notice.id).where(Notice.subject == subject)))",
                "db.session.scalar(select(Notice.id).where(Notice.subject == subject))",
            ),
        ),
        test=_CLAIMS + "test_i27_two_ticks_at_once_post_a_claim_once",
    ),
    # One vote: the row of the roll is locked, and unique(roll_entry_id) with its upsert stands behind it. A vote that
    # looks whether there is one and then inserts, as the commonest mistake does it.
    Mutant(
        name="one-vote",
        changes=(
            Change(_BALLOT_MODELS, 'UniqueConstraint("roll_entry_id"),', ""),
            Change(_BALLOT_MODELS, 'UniqueConstraint("question_id", "cast_by"),', ""),
            _NO_LOCK_OF_VOTER,
            Change(
                _CASTING,
                "    done = put_in(question_id, question, entry.id, choice=choice",
                "    if here:\n"
                "        mine = Ballot.__table__.update().where(Ballot.roll_entry_id == entry.id)\n"
                "        db.session.execute(mine.values(choice=choice))\n"
                '        return Cast(0, "", first=False)\n'
                "    done = put_in(question_id, question, entry.id, choice=choice",
            ),
            Change(
                _CASTING,
                """    return new.on_conflict_do_update(
        index_elements=[Ballot.roll_entry_id],
        set_={name: new.excluded[name] for name in as_sent} | {"changed_at": new.excluded.cast_at},
        where=Ballot.channel.in_(channels.REPLACES[channel]),
    ).returning(Ballot.id)
""",
                "    return new.returning(Ballot.id)\n",
            ),
        ),
        test=_TOPICS + "test_one_person_on_two_devices_has_one_vote",
    ),
    # Without the lock two of a family both read that nobody has voted, and the second replaces the first one's vote.
    Mutant(
        name="one-vote-a-household",
        changes=(_NO_LOCK_OF_VOTER,),
        test=_TOPICS + "test_a_household_has_one_vote_when_two_of_it_vote_at_once",
    ),
    # An own vote on the web stands before a paper (V8): the elector's row is locked while it is read whether there is
    # one, and the statement that writes the ballot replaces none that stands before it.
    Mutant(
        name="own-vote-stands",
        changes=(_NO_LOCK_OF_ELECTOR, _WHATEVER_STANDS),
        test=_CHANNELS + "test_v8_a_paper_confirmed_while_its_elector_votes_on_the_web_is_not_counted",
    ),
    # A paper counts once, however many confirm it: the same two guards.
    Mutant(
        name="paper-confirmed-once",
        changes=(_NO_LOCK_OF_ELECTOR, _WHATEVER_STANDS),
        test=_CHANNELS + "test_a_paper_that_two_confirm_at_once_counts_once",
    ),
    # A sealed paper and a secret vote: without the lock the key of the mark has the last word, and a rule should.
    Mutant(
        name="one-mark",
        changes=(_NO_LOCK_OF_ELECTOR,),
        test=_CHANNELS + "test_a_sealed_paper_handed_in_while_its_elector_votes_on_the_web_is_one_vote",
    ),
    # Voting has closed when a vote is to be kept: the clock is read once more after all that a vote waits for.
    Mutant(
        name="last-look-at-the-clock",
        changes=(_NO_LAST_LOOK,),
        test=_CLOSING + "its_household_past_the_closing_is_not_counted",
    ),
    # Whoever counts or extends holds the question, and the clock is read after that; the last look stands behind it.
    Mutant(
        name="clock-read-in-turn",
        changes=(_NO_LAST_LOOK, Change(_CASTING, "closes_at = wait_for_turn(question_id)", "")),
        test=_CLOSING + "whoever_counts_past_the_closing_is_not_counted",
    ),
    # Forty for ten seats: the count is read and then written, instead of both in one statement.
    Mutant(
        name="places",
        changes=(
            Change(
                _SIGNING_UP,
                "return _count(update(Shift).where(*guard).values(taken=Shift.taken + 1)) == 1",
                "now = db.session.scalar(select(Shift.taken).where(*guard))\n"
                "    return now is not None and _count(\n"
                "        update(Shift).where(Shift.id == shift_id).values(taken=now + 1)\n"
                "    ) == 1",
            ),
        ),
        test=_PLACES + "test_of_fifty_who_want_ten_places_ten_get_one",
    ),
    # One person, one place: the person's row is locked, unique(shift, resident) stands behind it.
    Mutant(
        name="one-place-a-person",
        changes=(
            Change(_SIGNING_UP, "db.session.execute(locked(select(Resident.id)", "db.session.execute((select(Resident.id)"),
            Change(
                _ACTIVITY_MODELS,
                'UniqueConstraint("shift_id", "resident_id"),\n'
                "        CheckConstraint(\"state IN ('confirmed', 'cancelled', 'no-show')\"",
                "CheckConstraint(\"state IN ('confirmed', 'cancelled', 'no-show')\"",
            ),
        ),
        test=_PLACES + "test_one_person_who_asks_twenty_times_has_one_place",
    ),
    # Giving up twice: the sign-up is locked while its state is read.
    Mutant(
        name="give-up-once",
        changes=(Change(_HOLDING, "db.session.scalar(locked(mine)", "db.session.scalar(mine"),),
        test=_PLACES + "test_places_are_counted_right_while_people_come_and_go",
    ),
    # One check-in: the sign-up is locked, unique(shift, resident) stands behind it.
    Mutant(
        name="one-check-in",
        changes=(
            Change(_ATTENDING, "query.with_for_update(of=SignUp)", "query"),
            Change(
                _ACTIVITY_MODELS,
                'UniqueConstraint("shift_id", "resident_id"),\n        CheckConstraint("checked_out_at IS NULL OR checked',
                'CheckConstraint("checked_out_at IS NULL OR checked',
            ),
        ),
        test=_PLACES + "test_one_person_comes_once_however_often_the_code_is_sent",
    ),
    # Hours are confirmed once: the attendance is locked while it is read whether they are.
    Mutant(
        name="one-confirmation",
        changes=(_NO_LOCK_OF_ATTENDANCE,),
        test=_PLACES + "test_hours_that_two_people_confirm_at_once_earn_once",
    ),
    # One cause earns once: behind the attendance's lock the household's, and two unique causes.
    Mutant(
        name="one-earning",
        changes=(
            _NO_LOCK_OF_ATTENDANCE,
            _NO_LOCK_OF_HOUSEHOLD,
            Change("app/merits/models.py", 'UniqueConstraint("because"),', ""),
            Change(_LEDGER_MODELS, 'UniqueConstraint("because", "asset"),', ""),
        ),
        test=_PLACES + "test_hours_that_two_people_confirm_at_once_earn_once",
    ),
    # What is left under a limit is read after the household is locked, or not at all.
    Mutant(
        name="limit",
        changes=(_NO_LOCK_OF_HOUSEHOLD,),
        test=_PLACES + "test_a_daily_limit_holds_when_all_hours_of_a_day_are_confirmed_at_once",
    ),
    # The last bag: the row of the reward is locked before its stock is read; check(on_hand >= reserved) stands behind it.
    Mutant(
        name="last-bag",
        changes=(
            Change(
                _ITEMS, "statement = locked(select(Item).where(Item.id.in_(ids)).order_by(Item.id))",
                "statement = (select(Item).where(Item.id.in_(ids)).order_by(Item.id))",
            ),
            _NEVER_OUT_OF_STOCK,
        ),
        test=_REWARDS + "test_the_last_bag_goes_to_one_of_fifty_households",
    ),
    # Points: the household is locked before they are counted; check(balance >= held) stands behind it.
    Mutant(
        name="points",
        changes=(
            _NO_LOCK_OF_HOUSEHOLD,
            _NEVER_SHORT,
        ),
        test=_REWARDS + "test_a_household_cannot_reserve_more_than_it_has_points_for",
    ),
    # Points that expired are found after the household is locked. Behind it stand the cause, which names the entry that
    # was the last one, and check(balance >= held).
    *(
        Mutant(
            name=name,
            changes=(
                _NO_LOCK_OF_HOUSEHOLD,
                Change(_LEDGER_MODELS, 'UniqueConstraint("because", "asset"),', ""),
                Change(
                    _LEDGER_MODELS,
                    'CheckConstraint("NOT bounded OR (held >= 0 AND balance >= held)", name="never_short"),', "",
                ),
            ),
            test=f"tests/races/test_race_expiry.py::{test}",
        )
        for name, test in (
            ("one-expiry", "test_i29_many_ticks_at_once_let_a_lot_expire_once"),
            ("expiry-and-orders", "test_i29_of_orders_and_ticks_at_once_nobody_spends_what_is_over"),
        )
    ),
    # A voucher once: it is asked again after the lock. Behind that stand the steps of an order, the moves of stock, the
    # end of a hold, and the cause and the hold of a transfer: seven, of which any one is enough.
    Mutant(
        name="one-voucher",
        changes=(
            Change(
                _ITEMS,
                "    # Asked again after the lock: of many who come at once, one finds it still held.\n"
                "    _at_counter(voucher, key=key, by=by, at=at)\n", "",
            ),
            Change(_ITEM_MODELS, '__table_args__ = (UniqueConstraint("order_id", "state"),)', ""),
            Change(_ITEM_MODELS, 'ForeignKey("orders.id"), unique=True)', 'ForeignKey("orders.id"))'),
            Change(
                _LEDGER,
                "    refuse_if(rules.ended_refusal(held.outcome, expires_at=held.expires_at, at=at))\n"
                "    amount = held.amount if amount is None else amount\n"
                '    _end(held, "posted", amount=amount, ended_at=at, by_id=by_id)\n',
                "    amount = held.amount if amount is None else amount\n",
            ),
            _ONE_CAUSE,
            _ONE_ENTRY_OF_A_HOLD,
        ),
        test=_REWARDS + "test_a_voucher_that_fifty_posts_redeem_hands_over_once",
    ),
    # The same form twice: the claim on the request id comes before the act.
    *(
        Mutant(
            name=f"request-id-{database}",
            changes=(
                Change(
                    "app/kit/once.py", "if claim.first() is None:", "if claim.first() is None and not act:",
                ),
            ),
            test=_REWARDS + "test_i15_one_form_that_fifty_clients_send_reserves_once_and_answers_the_same",
            database=database,
        )
        for database in ("sqlite", "postgresql")
    ),
    # One reversal: the household is locked before it is asked whether there is one; unique(reverses_id) and the balance
    # that never falls below zero stand behind it.
    Mutant(
        name="one-reversal",
        changes=(
            _NO_LOCK_OF_HOUSEHOLD,
            _NEVER_SHORT,
            Change(_LEDGER_MODELS, 'ForeignKey("transfers.id"), unique=True)', 'ForeignKey("transfers.id"))'),
        ),
        test=_LEDGER_RACE + "test_i24_an_entry_that_many_reverse_at_once_is_reversed_once",
    ),
    # One end of a hold, of many that post, void and let it lapse: the household is locked before it is read how it
    # stands; behind that a hold has one row for its end, one entry, and no account holds less than nothing.
    Mutant(
        name="one-end-of-a-hold",
        changes=(
            _NO_LOCK_OF_HOUSEHOLD,
            _NEVER_SHORT,
            _ONE_ENTRY_OF_A_HOLD,
            _ONE_END_OF_A_HOLD,
        ),
        test=_LEDGER_RACE + "test_i14_posting_voiding_and_lapsing_a_hold_at_once_has_one_winner",
    ),
    # The same of orders: reward and order are locked before it is read how the order stands. The steps of an order, the
    # moves of stock, their count, and all that keeps a hold to one end stand behind that.
    Mutant(
        name="one-end-of-an-order",
        changes=(
            _NO_LOCK_OF_HOUSEHOLD,
            _NEVER_SHORT,
            _ONE_CAUSE,
            _ONE_ENTRY_OF_A_HOLD,
            _ONE_END_OF_A_HOLD,
            _NEVER_OUT_OF_STOCK,
            Change(
                _ITEMS, "statement = locked(select(Item).where(Item.id.in_(ids)).order_by(Item.id))",
                "statement = (select(Item).where(Item.id.in_(ids)).order_by(Item.id))",
            ),
            Change(
                _ITEMS, "statement = locked(select(Order).where(Order.id == order_id))",
                "statement = (select(Order).where(Order.id == order_id))",
            ),
            Change(_ITEMS, "db.session.scalars(locked(statement).execution", "db.session.scalars((statement).execution"),
            Change(_ITEM_MODELS, '__table_args__ = (UniqueConstraint("order_id", "state"),)', ""),
            Change(_ITEM_MODELS, 'ForeignKey("orders.id"), unique=True)', 'ForeignKey("orders.id"))'),
        ),
        test=_LEDGER_RACE + "test_i14_collecting_cancelling_and_lapsing_an_order_at_once_has_one_winner",
    ),
    # One award for one deed: whoever writes the deed down second waits for the first, and the household is locked before
    # it is asked whether there is an award; behind it one award and one entry of each asset to a cause.
    Mutant(
        name="one-award",
        changes=(
            _NO_LOCK_OF_HOUSEHOLD,
            _ONE_CAUSE,
            Change("app/merits/models.py", 'UniqueConstraint("because"),', ""),
            Change(
                "app/merits/operations.py",
                "return ask(_new_deed(), **row).first() is not None",
                "return not row",
            ),
        ),
        test=_LEDGER_RACE + "test_i16_a_deed_that_many_award_at_once_earns_once",
    ),
    # Nobody in debt: what is available is counted after the lock, by those who keep back and by those who reverse.
    Mutant(
        name="no-debt",
        changes=(_NO_LOCK_OF_HOUSEHOLD, _NEVER_SHORT),
        test=_LEDGER_RACE + "test_i25_points_that_are_kept_back_while_their_earning_is_reversed_leave_nobody_in_debt",
    ),
    # A disk that fails is told: each commit waits for it. With NORMAL the log is synchronised later, by whoever tidies it.
    Mutant(
        name="failing-disk",
        changes=(Change("app/kit/connections.py", '"synchronous=FULL"', '"synchronous=NORMAL"'),),
        test="tests/faults/test_failing_disk.py::test_while_the_disk_fails_nothing_is_done_and_nothing_is_said_to_be_done",
        database="sqlite",
    ),
    # One code, one person: the code is marked as used by a statement that only an unused one answers.
    Mutant(
        name="invitation",
        changes=(
            Change("app/people/operations/joining.py", ", Invitation.used_at.is_(None)).values", ").values"),
        ),
        test="tests/races/test_race_people.py::test_of_fifty_strangers_with_one_code_one_moves_in",
    ),
    # Support: the topic is locked while its supporters are counted up.
    Mutant(
        name="support",
        changes=(
            Change(
                "app/council/operations/holding.py", "query = locked(select(Topic).where(Topic.id == topic_id))",
                "query = select(Topic).where(Topic.id == topic_id)",
            ),
        ),
        test=_TOPICS + "test_a_topic_that_thirty_support_at_once_is_taken_up_once",
    ),
    # Adopting waits for the topic: either the step into carrying out sees the suggestion, or adopting it sees the step.
    Mutant(
        name="adopted-suggestion",
        changes=(
            Change(
                "app/council/operations/talking.py", "held = locked_topic(topic.id)",
                "from app.council.models import Topic\n    from app.kit.db import db\n    held = db.session.get_one(Topic, topic.id)",
            ),
        ),
        test=_TOPICS + "test_suggestions_adopted_while_their_topic_goes_into_its_carrying_out_all_earn",
    ),
    # One signature a household: unique(version, household), and nothing else.
    Mutant(
        name="one-signature",
        changes=(
            Change(
                _AGREEMENT_MODELS,
                '(UniqueConstraint("version_id", "household_id"), Index("ix_signatures_household", "household_id"))',
                '(Index("ix_signatures_household", "household_id"),)',
            ),
        ),
        test=_AGREEMENTS + "test_a_household_signs_once_when_two_of_it_sign_at_once",
    ),
    # An adoption is written down once: the agreement is locked before it is read whether it was.
    Mutant(
        name="one-adoption",
        changes=(_NO_LOCK_OF_AGREEMENT,),
        test=_AGREEMENTS + "test_an_adoption_is_written_down_once_by_many_hands_and_ticks",
    ),
    # One version is under way: the agreement is locked, unique(agreement) among those under way and unique numbers
    # stand behind it.
    Mutant(
        name="one-version",
        changes=(
            _NO_LOCK_OF_AGREEMENT,
            Change(_AGREEMENT_MODELS, 'UniqueConstraint("agreement_id", "number"),', ""),
            Change(
                _AGREEMENT_MODELS,
                """        Index(
            "uq_agreement_versions_under_way", "agreement_id",
            **_only("stage IN ('drafting', 'consulting', 'adopting')"),
        ),
""",
                "",
            ),
        ),
        test=_AGREEMENTS + "test_one_version_is_begun_when_many_begin_one",
    ),
    # One ballot, with one day of effect: the agreement is locked before its stage is read.
    Mutant(
        name="one-ballot",
        changes=(_NO_LOCK_OF_AGREEMENT,),
        test=_AGREEMENTS + "test_one_ballot_is_opened_when_many_put_a_version_to_the_vote",
    ),
    # One step of a request: it is locked before it is read, unique(request, number) of its history stands behind it. Of
    # handlers, of an answer and a passing up, of ratings, and of ticks and hands that write what came by itself.
    *(
        Mutant(name=name, changes=_NO_LOCK_OF_REQUEST, test=_REQUESTS + test)
        for name, test in (
            ("one-step", "test_of_twenty_handlers_who_act_at_once_one_does"),
            ("one-end", "test_a_request_is_answered_or_passed_up_but_not_both"),
            ("one-rating", "test_a_request_is_rated_once_when_its_reporter_presses_on_many_devices"),
            ("one-rise", "test_what_goes_up_by_itself_is_written_once_by_many_hands_and_ticks"),
        )
    ),
    # One objection a household: the notice is locked before it is asked who has objected, and two unique keys stand
    # behind it.
    Mutant(
        name="one-objection",
        changes=(
            _NO_LOCK_OF_NOTICE,
            Change(_NOTICE_MODELS, 'UniqueConstraint("notice_id", "line_key", "household_id"),', ""),
            Change(_NOTICE_MODELS, 'UniqueConstraint("notice_id", "line_key", "by_id"),', ""),
        ),
        test=_NOTICES + "test_a_household_objects_once_when_two_of_it_object_at_once",
    ),
    # One end of an objection: answered or taken back after the lock; behind it each objection has one row for its end.
    Mutant(
        name="one-answer",
        changes=(
            _NO_LOCK_OF_NOTICE,
            Change(
                _NOTICE_MODELS, 'objection_id: Mapped[int] = mapped_column(ForeignKey("objections.id"), primary_key=True)',
                "id: Mapped[int] = mapped_column(primary_key=True)\n"
                '    objection_id: Mapped[int] = mapped_column(ForeignKey("objections.id"))',
            ),
        ),
        test=_NOTICES + "test_an_objection_is_answered_or_taken_back_but_once",
    ),
    # A household appeals once: it is locked while it is read whether it has; unique(case, kind) stands behind it.
    Mutant(
        name="one-appeal",
        changes=(
            _NO_LOCK_OF_HOUSEHOLD,
            Change("app/cases/models.py", 'UniqueConstraint("case_id", "kind"),', ""),
        ),
        test=_CASES + "test_a_household_appeals_once_when_two_of_it_do_so_at_once",
    ),
    # Never below zero: what the quarter leaves is read after the household is locked, and nothing else stands behind it.
    Mutant(
        name="honour-above-zero",
        changes=(_NO_LOCK_OF_HOUSEHOLD,),
        test=_CASES + "test_two_deductions_that_take_effect_at_once_leave_the_quarter_at_zero",
    ),
    # Told once: unique(because, resident), and inserts that leave alone what is there.
    Mutant(
        name="told-once",
        changes=(Change("app/messages/models.py", 'UniqueConstraint("because", "resident_id"),', ""),),
        test="tests/races/test_race_messages.py::test_everybody_is_told_once_by_many_ticks",
    ),
    # A mail once: it is locked while it is taken, and passed over by the other senders.
    Mutant(
        name="one-mail",
        changes=(Change("app/messages/operations/outbox.py", "        .with_for_update(skip_locked=True)\n", ""),),
        test="tests/messages/test_messages_mail.py::test_many_senders_at_once_send_each_mail_once",
    ),
    # A draft is published once: it is locked before it is signed.
    Mutant(
        name="one-publication",
        changes=(
            Change(
                "app/disclosures/operations/publishing.py",
                "locked(select(Draft).where(Draft.id == draft_id)).execution_options",
                "select(Draft).where(Draft.id == draft_id).execution_options",
            ),
        ),
        test=_DISCLOSURES + "test_a_draft_that_two_supervisors_sign_at_once_is_published_once",
    ),
    # One month, one table: the place is locked while it is published, unique(place, period) stands behind it.
    Mutant(
        name="one-month",
        changes=(
            Change(
                "app/disclosures/operations/publishing.py", "locked(select(Place).where(Place.id == draft.place_id))",
                "select(Place).where(Place.id == draft.place_id)",
            ),
            Change(
                _DISCLOSURE_MODELS, '"uq_disclosures_finances", "place_id", "period", unique=True,',
                '"uq_disclosures_finances", "place_id", "period", unique=False,',
            ),
        ),
        test=_DISCLOSURES + "test_of_two_drafts_of_one_month_that_are_signed_at_once_one_is_published",
    ),
    # One answer: the question is locked before it is read whether it has one; the primary key stands behind it.
    Mutant(
        name="one-reply",
        changes=(
            Change(
                _ASKING, "question = db.session.scalars(locked(select(Question).where(Question.id == question_id))).one()",
                "question = db.session.scalars(select(Question).where(Question.id == question_id)).one()",
            ),
            Change(
                _DISCLOSURE_MODELS,
                'question_id: Mapped[int] = mapped_column(ForeignKey("disclosure_questions.id"), primary_key=True)',
                "id: Mapped[int] = mapped_column(primary_key=True)\n"
                '    question_id: Mapped[int] = mapped_column(ForeignKey("disclosure_questions.id"))',
            ),
        ),
        test=_DISCLOSURES + "test_a_question_that_two_of_the_staff_answer_at_once_has_one_answer",
    ),
    # Asked once more once: the first question is locked, unique(follows) stands behind it.
    Mutant(
        name="one-more-question",
        changes=(
            Change(
                _ASKING, "first = db.session.scalars(locked(select(Question).where(Question.id == question_id))).one()",
                "first = db.session.scalars(select(Question).where(Question.id == question_id)).one()",
            ),
            Change(
                _DISCLOSURE_MODELS, 'ForeignKey("disclosure_questions.id"), unique=True)',
                'ForeignKey("disclosure_questions.id"))',
            ),
        ),
        test=_DISCLOSURES + "test_who_asks_once_more_on_many_devices_has_asked_once_more",
    ),
    # One correction at a time: the item is locked before it is read whether one is begun, unique(item) stands behind it.
    Mutant(
        name="one-correction",
        changes=(
            Change(
                "app/disclosures/operations/writing.py",
                "locked(select(Disclosure).where(Disclosure.id == disclosure_id))",
                "select(Disclosure).where(Disclosure.id == disclosure_id)",
            ),
            Change(
                _DISCLOSURE_MODELS, 'ForeignKey("disclosures.id"), unique=True)', 'ForeignKey("disclosures.id"))',
            ),
        ),
        test=_DISCLOSURES + "test_many_who_begin_a_correction_write_on_the_same_one",
    ),
    # Seats at a meeting: its row is locked before the seats are counted.
    Mutant(
        name="seats",
        changes=(
            Change(
                "app/meetings/operations/holding.py", "query = locked(select(Meeting).where(Meeting.id == meeting_id))",
                "query = select(Meeting).where(Meeting.id == meeting_id)",
            ),
        ),
        test="tests/races/test_race_meetings.py::test_of_fifty_who_want_ten_seats_ten_get_one",
    ),
    # SQLite: who begins without turn and write lock reads first, and is turned away when somebody else wrote meanwhile.
    *(
        Mutant(
            name=f"begin-immediate-{name}",
            changes=(
                Change("app/kit/connections.py", '"BEGIN IMMEDIATE" if writing else "BEGIN"', '"BEGIN"'),
                Change("app/kit/connections.py", "turns.take(connection)", "pass"),
            ),
            test=test,
            database="sqlite",
        )
        for name, test in (
            ("places", _PLACES + "test_of_fifty_who_want_ten_places_ten_get_one"),
            ("points", _REWARDS + "test_a_household_cannot_reserve_more_than_it_has_points_for"),
        )
    ),
)  # fmt: skip

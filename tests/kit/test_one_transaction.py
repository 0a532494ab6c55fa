"""One request is one transaction, a GET never writes, and a request sent twice acts once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask, abort, flash, get_flashed_messages, session
from sqlalchemy import Engine, func, insert, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from wtforms import StringField
from wtforms.validators import InputRequired

from app.kit import clock, once
from app.kit.db import afterwards, db, lastly, refused, transaction
from app.kit.errors import answer
from app.kit.fields import Form
from app.kit.once import RequestDone
from app.kit.refusal import N_, Refused, refusal
from app.people.models import FailedAttempt


class Deadlock(Exception):
    """As PostgreSQL reports one."""

    sqlstate = "40P01"


def rows() -> int:
    with transaction(writing=False):
        return db.session.scalar(select(func.count()).select_from(FailedAttempt)) or 0


def attempt(key: str = "k") -> None:
    db.session.add(FailedAttempt(key=key, at=clock.now()))
    db.session.flush()


@pytest.fixture
def inside(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


def dispatch(app: Flask, method: str, act) -> int:  # type: ignore[no-untyped-def]
    """Run `act` as the view of the health page, through the real dispatch; no CSRF check knows WRITE."""
    view = app.view_functions["house.healthz"]
    act.door = view.door  # type: ignore[attr-defined]
    app.view_functions["house.healthz"] = act
    try:
        with app.test_request_context("/healthz", method="GET") as context:
            context.request.environ["REQUEST_METHOD"] = "GET"
            context.request.method = method
            return app.full_dispatch_request().status_code
    finally:
        app.view_functions["house.healthz"] = view


@pytest.mark.parametrize(("status", "kept"), [(200, 1), (303, 1), (409, 0), (422, 0), (500, 0)])
def test_the_status_decides_what_is_kept(inside: Flask, status: int, kept: int) -> None:
    def act():  # type: ignore[no-untyped-def]
        attempt()
        return "done", status

    dispatch(inside, "WRITE", act)

    assert rows() == kept


def test_an_exception_keeps_nothing(inside: Flask) -> None:
    def act():  # type: ignore[no-untyped-def]
        attempt()
        raise ValueError("a bug")

    assert dispatch(inside, "WRITE", act) == 500
    assert rows() == 0


def test_an_aborted_request_keeps_nothing(inside: Flask) -> None:
    def act():  # type: ignore[no-untyped-def]
        attempt()
        abort(403)

    assert dispatch(inside, "WRITE", act) == 403
    assert rows() == 0


def test_a_get_cannot_write(inside: Flask) -> None:
    def act():  # type: ignore[no-untyped-def]
        with pytest.raises(DBAPIError):
            attempt()
        return "read only", 418

    dispatch(inside, "GET", act)

    assert rows() == 0


class Needed(Form):
    word = StringField(validators=[InputRequired()])


def refused_by_a_rule() -> None:
    def no() -> None:
        attempt()
        raise Refused(refusal(N_("No.")))

    assert not Form(meta={"csrf": False}).carries_out(no)


def filled_in_wrongly() -> None:
    attempt()
    assert not Needed(meta={"csrf": False}).validate_on_submit()


def told_by_a_page_of_errors() -> None:
    attempt()
    answer(409, "No.")


@pytest.mark.parametrize("ended", [refused_by_a_rule, filled_in_wrongly, told_by_a_page_of_errors])
def test_nobody_waits_while_the_page_of_a_refusal_is_made(inside: Flask, ended: Callable[[], None]) -> None:
    """What was done is undone, others may write at once, and nothing is written in that request any more."""

    def others_write(engine: Engine) -> None:
        with engine.begin() as connection:
            connection.execute(insert(FailedAttempt.__table__).values(key="another", at=clock.now()))

    def act():  # type: ignore[no-untyped-def]
        ended()
        assert db.session.scalar(select(func.count()).select_from(FailedAttempt)) == 0
        with ThreadPoolExecutor() as pool:
            pool.submit(others_write, db.engine).result()
        with pytest.raises(DBAPIError):
            attempt()
        return "the page", 409

    assert dispatch(inside, "WRITE", act) == 409
    assert rows() == 1


def test_a_replay_after_a_refusal_may_write_again(inside: Flask) -> None:
    tries: list[int] = []

    def act():  # type: ignore[no-untyped-def]
        tries.append(1)
        if len(tries) == 1:
            refused()
            raise OperationalError("SELECT", {}, Deadlock())
        attempt()
        return "done"

    assert dispatch(inside, "WRITE", act) == 200
    assert rows() == 1


def test_a_broken_limit_is_a_409_with_a_sentence(inside: Flask) -> None:
    def act():  # type: ignore[no-untyped-def]
        for _ in range(2):
            db.session.add(RequestDone(who=1, request_id="same", digest="x", at=clock.now()))
            db.session.flush()
            db.session.expunge_all()
        return "never"

    assert dispatch(inside, "WRITE", act) == 409


def test_a_limit_that_breaks_at_the_commit_is_a_409_too(inside: Flask) -> None:
    with transaction():
        once.do("the-same", who=1, content={}, act=lambda: 1)

    def act():  # type: ignore[no-untyped-def]
        db.session.add(RequestDone(who=1, request_id="the-same", digest="x", at=clock.now()))
        flash("It is done.")
        return "never", 303

    assert dispatch(inside, "WRITE", act) == 409


def test_a_replay_starts_with_the_cookie_that_came(inside: Flask) -> None:
    tries: list[list[str]] = []

    def act():  # type: ignore[no-untyped-def]
        tries.append([*get_flashed_messages(), *session])
        session["mark"] = 1
        flash("Done.")
        attempt()
        if len(tries) < 3:
            raise OperationalError("UPDATE", {}, Deadlock())
        return "done"

    assert dispatch(inside, "WRITE", act) == 200
    assert tries == [[], [], []]
    assert rows() == 1


def too_late() -> None:
    raise Refused(refusal(N_("Too late.")))


def test_what_is_refused_at_the_last_look_is_not_kept_and_says_why(inside: Flask) -> None:
    looks: list[int] = []

    def act():  # type: ignore[no-untyped-def]
        attempt()
        lastly(lambda: looks.append(rows_here()))
        lastly(too_late)
        flash("It is done.")
        return "done"

    assert dispatch(inside, "WRITE", act) == 409
    assert (looks, rows()) == ([1], 0)


def rows_here() -> int:
    """As this transaction sees them."""
    return db.session.scalar(select(func.count()).select_from(FailedAttempt)) or 0


def test_a_replay_looks_once_and_what_was_undone_is_not_looked_at(inside: Flask) -> None:
    tries: list[int] = []

    def act():  # type: ignore[no-untyped-def]
        tries.append(1)
        lastly(too_late if len(tries) == 1 else lambda: None)
        attempt()
        if len(tries) == 1:
            raise OperationalError("UPDATE", {}, Deadlock())
        return "done"

    def refused_otherwise():  # type: ignore[no-untyped-def]
        lastly(too_late)
        afterwards(attempt)
        return "no", 422

    assert dispatch(inside, "WRITE", act) == 200
    assert dispatch(inside, "WRITE", refused_otherwise) == 422
    assert rows() == 2


def test_a_command_looks_before_it_commits(inside: Flask) -> None:
    def bug() -> None:
        lastly(too_late)
        raise ValueError("a bug")

    with pytest.raises(Refused), transaction():
        lastly(too_late)
    with pytest.raises(ValueError, match="a bug"), transaction():
        bug()
    with transaction():
        attempt()

    assert rows() == 1


@pytest.mark.parametrize(("status", "told"), [(422, 503), (200, 200)])
def test_a_refusal_that_could_not_be_counted_is_not_told(inside: Flask, status: int, told: int) -> None:
    def fail() -> None:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    def act():  # type: ignore[no-untyped-def]
        attempt()
        afterwards(fail)
        return "answer", status

    assert dispatch(inside, "WRITE", act) == told
    assert rows() == (status == 200)


def test_who_reads_leaves_a_connection_that_can_write(inside: Flask) -> None:
    def act():  # type: ignore[no-untyped-def]
        db.session.execute(text("SELECT 1"))
        return "read"

    dispatch(inside, "GET", act)
    db.session.remove()
    with db.engine.begin() as connection:
        connection.execute(insert(FailedAttempt.__table__).values(key="k", at=clock.now()))

    assert rows() == 1


def test_a_missing_table_is_our_fault(inside: Flask) -> None:
    def act():  # type: ignore[no-untyped-def]
        db.session.execute(text("SELECT * FROM no_such_table"))

    assert dispatch(inside, "GET", act) in (500, 503)


def test_the_same_request_acts_once_and_answers_the_same(inside: Flask) -> None:
    done: list[int] = []

    def act() -> int:
        done.append(1)
        return 41 + len(done)

    with transaction():
        first = once.do("abcdefgh", who=1, content={"item": 1}, act=act)
    with transaction():
        second = once.do("abcdefgh", who=1, content={"item": 1}, act=act)

    assert first == second == 42
    assert done == [1]


def test_the_same_id_with_other_content_is_refused(inside: Flask) -> None:
    with transaction():
        once.do("abcdefgh", who=1, content={"item": 1}, act=lambda: 1)

    with pytest.raises(Refused), transaction():
        once.do("abcdefgh", who=1, content={"item": 2}, act=lambda: 2)


def test_another_person_may_use_the_same_id(inside: Flask) -> None:
    with transaction():
        once.do("abcdefgh", who=1, content={}, act=lambda: 1)
        assert once.do("abcdefgh", who=2, content={}, act=lambda: 2) == 2


def test_a_refused_act_leaves_its_id_free(inside: Flask) -> None:
    def refuse() -> int:
        raise Refused(refusal(N_("No.")))

    with pytest.raises(Refused), transaction():
        once.do("abcdefgh", who=1, content={}, act=refuse)
    with transaction():
        assert once.do("abcdefgh", who=1, content={}, act=lambda: 7) == 7

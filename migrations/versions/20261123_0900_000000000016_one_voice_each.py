"""Ballots of every method, secret ones, and representatives of households; a question stays as it was opened."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

from app.ballots.guards import statements as fixed
from app.kit.append_only import not_replaced, statements

revision = "000000000016"
down_revision = "000000000015"
branch_labels = None
depends_on = None

METHODS = "'yes_no', 'single_choice', 'approval', 'score', 'schulze', 'run_off', 'transferable'"
CHECKS = {
    "method": f"method IN ({METHODS})",
    "quorum_of": "quorum_of IN ('roll', 'active')",
    "threshold_of": "threshold_of IN ('chose', 'roll')",
    "ties": "ties IN ('again', 'lot')",
    "seats": "seats > 0 AND best > 0",
}
OF_BALLOTS = {
    "channel": "channel IN ('web', 'paper', 'counter', 'proxy')",
    "entered": "(channel = 'web') = (entered_by IS NULL)",
    "confirmed": "(channel = 'paper') = (confirmed_by IS NOT NULL)",
    "two_people": "confirmed_by <> entered_by",
}
NEW = ("scope", "text_name", "text_href", "text_hash", "quorum_of", "quorum_size", "threshold_of", "default_key", "seats",
       "best", "ties")  # fmt: skip
LONGEST_PAPER = 580


def upgrade() -> None:
    _questions()
    _options_and_rolls()
    _ballots()
    _secret()


def _questions() -> None:
    with op.batch_alter_table("questions") as batch_op:
        batch_op.add_column(sa.Column("scope", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("text_name", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("text_href", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("text_hash", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("quorum_of", sa.String(length=8), nullable=False, server_default="roll"))
        batch_op.add_column(sa.Column("quorum_size", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("threshold_of", sa.String(length=8), nullable=False, server_default="chose"))
        batch_op.add_column(sa.Column("default_key", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("seats", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("best", sa.Integer(), nullable=False, server_default="5"))
        batch_op.add_column(sa.Column("ties", sa.String(length=8), nullable=False, server_default="again"))
    everybody = {"sqlite": "json_array(json_array(place_path, NULL))",
                 "postgresql": "json_build_array(json_build_array(place_path, NULL))"}[_dialect()]  # fmt: skip
    op.execute(sa.text(f"UPDATE questions SET scope = {everybody}, quorum_size = roll_size"))
    with op.batch_alter_table("questions") as batch_op:
        batch_op.alter_column("scope", existing_type=sa.JSON(), nullable=False)
        for name in ("quorum_of", "quorum_size", "threshold_of", "seats", "best", "ties"):
            kind = sa.Integer() if name in ("quorum_size", "seats", "best") else sa.String(length=8)
            batch_op.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
        for name in ("method", "open"):
            batch_op.drop_constraint(op.f(f"ck_questions_{name}"), type_="check")
        for name, rule in CHECKS.items():
            batch_op.create_check_constraint(op.f(f"ck_questions_{name}"), rule)
    table = sa.Table("questions", sa.MetaData(), autoload_with=op.get_bind(), resolve_fks=False)
    for statement in fixed([column.name for column in table.columns], _dialect()):
        op.execute(sa.text(statement.replace(":", r"\:")))
    if _dialect() == "sqlite":
        op.execute(sa.text(not_replaced(table)))


def _options_and_rolls() -> None:
    with _guarded_again("question_options"), op.batch_alter_table("question_options") as batch_op:
        batch_op.add_column(sa.Column("ratio", sa.Integer(), nullable=False, server_default="1"))
        batch_op.create_check_constraint(op.f("ck_question_options_ratio"), "ratio > 0")
    with _guarded_again("question_options"), op.batch_alter_table("question_options") as batch_op:
        batch_op.alter_column("ratio", existing_type=sa.Integer(), existing_nullable=False, server_default=None)
    with _guarded_again("roll_entries"), op.batch_alter_table("roll_entries") as batch_op:
        batch_op.add_column(sa.Column("representative_id", sa.Integer(), nullable=True))
        name = op.f("fk_roll_entries_representative_id")
        batch_op.create_foreign_key(name, "residents", ["representative_id"], ["id"])


def _ballots() -> None:
    """A paper may say more than the key of one option."""
    with op.batch_alter_table("ballots") as batch_op:
        batch_op.drop_constraint(op.f("fk_ballots_question_id_choice"), type_="foreignkey")
        batch_op.alter_column("choice", existing_type=sa.String(length=24), type_=sa.String(length=LONGEST_PAPER))
        batch_op.add_column(sa.Column("channel", sa.String(length=8), nullable=False, server_default="web"))
        for name in ("entered_by", "confirmed_by"):
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=True))
            batch_op.create_foreign_key(op.f(f"fk_ballots_{name}"), "residents", [name], ["id"])
        for name, rule in OF_BALLOTS.items():
            batch_op.create_check_constraint(op.f(f"ck_ballots_{name}"), rule)
    with op.batch_alter_table("ballots") as batch_op:
        batch_op.alter_column("channel", existing_type=sa.String(8), existing_nullable=False, server_default=None)


def _secret() -> None:
    op.create_table(
        "secret_marks",
        sa.Column("roll_entry_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("cast_by", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.CheckConstraint("channel IN ('web', 'paper')", name=op.f("ck_secret_marks_channel")),
        sa.ForeignKeyConstraint(["cast_by"], ["residents.id"], name=op.f("fk_secret_marks_cast_by")),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name=op.f("fk_secret_marks_question_id")),
        sa.ForeignKeyConstraint(["roll_entry_id"], ["roll_entries.id"], name=op.f("fk_secret_marks_roll_entry_id")),
        sa.PrimaryKeyConstraint("roll_entry_id", name=op.f("pk_secret_marks")),
        sa.UniqueConstraint("question_id", "cast_by", name=op.f("uq_secret_marks_question_id_cast_by")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "secret_papers",
        sa.Column("question_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("receipt_hash", sa.String(length=64), nullable=False),
        sa.Column("choice", sa.String(length=LONGEST_PAPER), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name=op.f("fk_secret_papers_question_id")),
        sa.PrimaryKeyConstraint("question_id", "receipt_hash", name=op.f("pk_secret_papers")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "counted_papers",
        sa.Column("question_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("receipt_hash", sa.String(length=64), nullable=False),
        sa.Column("choice", sa.String(length=LONGEST_PAPER), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name=op.f("fk_counted_papers_question_id")),
        sa.PrimaryKeyConstraint("question_id", "number", name=op.f("pk_counted_papers")),
        sa.UniqueConstraint("question_id", "receipt_hash", name=op.f("uq_counted_papers_question_id_receipt_hash")),
        sqlite_with_rowid=False,
    )
    for table in ("secret_marks", "counted_papers"):
        _guard(table, with_rowid=False)


@contextmanager
def _guarded_again(table: str) -> Iterator[None]:
    """SQLite changes a table by making it anew: the guards of the old one go with it."""
    if _dialect() == "sqlite":
        for guard in ("no_update", "no_delete", "no_replace"):
            op.execute(sa.text(f"DROP TRIGGER IF EXISTS {table}_{guard}"))
    yield
    if _dialect() == "sqlite":
        _guard(table)


def _guard(name: str, *, with_rowid: bool = True) -> None:
    for statement in statements(name, _dialect()):
        op.execute(sa.text(statement))
    if _dialect() == "sqlite":
        table = sa.Table(name, sa.MetaData(), autoload_with=op.get_bind(), resolve_fks=False)
        table.dialect_options["sqlite"]["with_rowid"] = with_rowid
        op.execute(sa.text(not_replaced(table)))


def _dialect() -> str:
    return op.get_bind().dialect.name


def downgrade() -> None:
    """Ballots of other methods, and secret ones, have no place in what was there before: they must be gone."""
    for table in ("counted_papers", "secret_papers", "secret_marks"):
        op.drop_table(table)
    with op.batch_alter_table("ballots") as batch_op:
        for name in OF_BALLOTS:
            batch_op.drop_constraint(op.f(f"ck_ballots_{name}"), type_="check")
        for name in ("entered_by", "confirmed_by"):
            batch_op.drop_constraint(op.f(f"fk_ballots_{name}"), type_="foreignkey")
        for name in ("channel", "entered_by", "confirmed_by"):
            batch_op.drop_column(name)
        batch_op.alter_column("choice", existing_type=sa.String(length=LONGEST_PAPER), type_=sa.String(length=24))
        batch_op.create_foreign_key(
            op.f("fk_ballots_question_id_choice"), "question_options", ["question_id", "choice"], ["question_id", "key"]
        )
    with _guarded_again("roll_entries"), op.batch_alter_table("roll_entries") as batch_op:
        batch_op.drop_constraint(op.f("fk_roll_entries_representative_id"), type_="foreignkey")
        batch_op.drop_column("representative_id")
    with _guarded_again("question_options"), op.batch_alter_table("question_options") as batch_op:
        batch_op.drop_constraint(op.f("ck_question_options_ratio"), type_="check")
        batch_op.drop_column("ratio")
    _unfix_questions()
    with op.batch_alter_table("questions") as batch_op:
        for name in CHECKS:
            batch_op.drop_constraint(op.f(f"ck_questions_{name}"), type_="check")
        batch_op.create_check_constraint(op.f("ck_questions_method"), "method IN ('yes_no', 'single_choice')")
        batch_op.create_check_constraint(op.f("ck_questions_open"), "NOT secret")
        for name in NEW:
            batch_op.drop_column(name)


def _unfix_questions() -> None:
    if _dialect() == "postgresql":
        op.execute(sa.text("DROP TRIGGER questions_fixed ON questions"))
        op.execute(sa.text("DROP FUNCTION refuse_change_of_question()"))
        return
    for guard in ("fixed", "no_delete", "no_replace"):
        op.execute(sa.text(f"DROP TRIGGER questions_{guard}"))

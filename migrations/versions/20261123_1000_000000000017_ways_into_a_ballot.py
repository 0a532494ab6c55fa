"""Ballots on paper, at the counter and by written proxy; urns of secret ballots; votes that were contested."""

import sqlalchemy as sa
from alembic import op

from app.kit.append_only import not_replaced, statements

revision = "000000000017"
down_revision = "000000000016"
branch_labels = None
depends_on = None

LONGEST_PAPER = 580
GUARDED = ("contested_votes", "paper_batches")
STANDS = sa.text("ended_at IS NULL")


def upgrade() -> None:
    _papers()
    _proxies()
    _contested()
    _urns()
    dialect = op.get_bind().dialect.name
    for name in GUARDED:
        for statement in statements(name, dialect):
            op.execute(sa.text(statement))
        if dialect == "sqlite":
            table = sa.Table(name, sa.MetaData(), autoload_with=op.get_bind(), resolve_fks=False)
            op.execute(sa.text(not_replaced(table)))


def _papers() -> None:
    op.create_table(
        "typed_papers",
        sa.Column("roll_entry_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("choice", sa.String(length=LONGEST_PAPER), nullable=False),
        sa.Column("voter_id", sa.Integer(), nullable=True),
        sa.Column("typed_by", sa.Integer(), nullable=False),
        sa.Column("typed_at", _instant(), nullable=False),
        *_refers("typed_papers", roll_entry_id="roll_entries", question_id="questions", voter_id="residents",
                 typed_by="residents"),
        sa.PrimaryKeyConstraint("roll_entry_id", name=op.f("pk_typed_papers")),
    )  # fmt: skip
    op.create_index("ix_typed_papers_question_id", "typed_papers", ["question_id"])


def _proxies() -> None:
    op.create_table(
        "proxies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("roll_entry_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("granted_by", sa.Integer(), nullable=False),
        sa.Column("registered_by", sa.Integer(), nullable=False),
        sa.Column("registered_at", _instant(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", _instant(), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("holder_id <> granted_by", name=op.f("ck_proxies_holder")),
        sa.CheckConstraint(
            "registered_by <> holder_id AND registered_by <> granted_by", name=op.f("ck_proxies_registered")
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_proxies_ended")),
        *_refers("proxies", question_id="questions", roll_entry_id="roll_entries", holder_id="residents",
                 granted_by="residents", registered_by="residents", upload_id="uploads", ended_by="residents"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proxies")),
    )  # fmt: skip
    for name in ("holder_id", "granted_by"):
        op.create_index(f"ix_proxies_{name}", "proxies", [name])
    for name, columns in (("of_elector", ["roll_entry_id"]), ("of_holder", ["question_id", "holder_id"])):
        op.create_index(
            f"uq_proxies_{name}", "proxies", columns, unique=True, sqlite_where=STANDS, postgresql_where=STANDS
        )


def _contested() -> None:
    op.create_table(
        "contested_votes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("roll_entry_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("entered_at", _instant(), nullable=False),
        sa.Column("contested_by", sa.Integer(), nullable=False),
        sa.Column("at", _instant(), nullable=False),
        *_refers("contested_votes", question_id="questions", roll_entry_id="roll_entries", entered_by="residents",
                 confirmed_by="residents", contested_by="residents"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contested_votes")),
    )  # fmt: skip
    op.create_index("ix_contested_votes_question_id", "contested_votes", ["question_id"])


def _urns() -> None:
    op.create_table(
        "urn_counts",
        sa.Column("question_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tally", sa.JSON(), nullable=False),
        sa.Column("counted_by", sa.Integer(), nullable=False),
        sa.Column("at", _instant(), nullable=False),
        *_refers("urn_counts", question_id="questions", counted_by="residents"),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_urn_counts")),
    )
    op.create_table(
        "paper_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("papers", sa.Integer(), nullable=False),
        sa.Column("counted_by", sa.Integer(), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=False),
        sa.Column("at", _instant(), nullable=False),
        sa.CheckConstraint("papers > 0", name=op.f("ck_paper_batches_papers")),
        sa.CheckConstraint("counted_by <> confirmed_by", name=op.f("ck_paper_batches_two_people")),
        *_refers("paper_batches", question_id="questions", counted_by="residents", confirmed_by="residents"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_batches")),
        sa.UniqueConstraint("question_id", "number", name=op.f("uq_paper_batches_question_id_number")),
    )


def _refers(table: str, **to: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, other in to.items()
    ]


def _instant() -> sa.types.TypeEngine:
    return sa.DateTime(timezone=True)


def downgrade() -> None:
    for table in ("paper_batches", "urn_counts", "contested_votes", "proxies", "typed_papers"):
        op.drop_table(table)

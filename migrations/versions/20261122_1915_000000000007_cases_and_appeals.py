"""Cases: reminders, written notices, deductions of honour, and appeals."""

import sqlalchemy as sa
from alembic import op

from app.kit.append_only import statements


revision = '000000000007'
down_revision = '000000000006'
branch_labels = None
depends_on = None

ONLY_GROW = (
    "cases", "case_cures", "case_cure_looks", "case_decisions", "case_appeals", "case_opinions", "deductions",
)
_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _make_cases()
    _make_cures()
    _make_decisions()
    _make_appeals()
    _make_deductions()
    for table in ONLY_GROW:
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(sa.text(statement))


def _make_cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(8), nullable=False),
        sa.Column("after_id", sa.Integer(), nullable=True),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("blocks", sa.String(16), nullable=True),
        sa.Column("award_because", sa.String(80), nullable=True),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=True),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("place_path", sa.String(120), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=True),
        sa.Column("masked", sa.Boolean(), nullable=False),
        sa.Column("happened_at", _AT, nullable=False),
        sa.Column("cure_by", _AT, nullable=False),
        sa.Column("filed_by", sa.Integer(), nullable=False),
        sa.Column("filed_at", _AT, nullable=False),
        sa.CheckConstraint("step IN ('reminder', 'notice', 'third', 'proven')", name=op.f("ck_cases_step")),
        sa.CheckConstraint("(step IN ('notice', 'third')) = (after_id IS NOT NULL)", name=op.f("ck_cases_ladder")),
        sa.CheckConstraint("(step = 'proven') = (award_because IS NOT NULL)", name=op.f("ck_cases_false_claim")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_cases_amount")),
        sa.CheckConstraint("happened_at <= filed_at AND cure_by >= filed_at", name=op.f("ck_cases_moments")),
        sa.CheckConstraint("upload_id IS NULL OR masked", name=op.f("ck_cases_masked")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("id", "household_id", "code", name=op.f("uq_cases_id_household_id_code")),
        sa.UniqueConstraint("id", "filed_by", name=op.f("uq_cases_id_filed_by")),
        sa.ForeignKeyConstraint(
            ["after_id", "household_id", "code"], ["cases.id", "cases.household_id", "cases.code"],
            name=op.f("fk_cases_after_id_household_id_code"),
        ),
        *_refers("cases", line_id="tariff_lines", household_id="households", resident_id="residents",
                 community_id="places", upload_id="uploads", filed_by="residents"),
    )
    op.create_index("ix_cases_household", "cases", ["household_id", "filed_at"])
    op.create_index("ix_cases_place_path", "cases", ["place_path", "filed_at"])


def _make_cures() -> None:
    op.create_table(
        "case_cures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=True),
        sa.Column("upload_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", _AT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_cures")),
        *_refers("case_cures", case_id="cases", upload_id="uploads", by_id="residents"),
    )
    op.create_index(op.f("ix_case_cures_case_id"), "case_cures", ["case_id"])
    op.create_table(
        "case_cure_looks",
        sa.Column("cure_id", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.CheckConstraint("accepted OR why IS NOT NULL", name=op.f("ck_case_cure_looks_why")),
        sa.PrimaryKeyConstraint("cure_id", name=op.f("pk_case_cure_looks")),
        *_refers("case_cure_looks", cure_id="case_cures", by_id="residents"),
    )


def _make_decisions() -> None:
    op.create_table(
        "case_decisions",
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("filed_by", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(12), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("appeal_until", _AT, nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.CheckConstraint("outcome IN ('confirmed', 'declined', 'cancelled')", name=op.f("ck_case_decisions_outcome")),
        sa.CheckConstraint("outcome = 'cancelled' OR by_id <> filed_by", name=op.f("ck_case_decisions_four_eyes")),
        sa.CheckConstraint(
            "(outcome = 'confirmed') = (appeal_until IS NOT NULL)", name=op.f("ck_case_decisions_appeal")
        ),
        sa.CheckConstraint("appeal_until IS NULL OR appeal_until > at", name=op.f("ck_case_decisions_time_to_appeal")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_decisions")),
        sa.ForeignKeyConstraint(
            ["case_id", "filed_by"], ["cases.id", "cases.filed_by"], name=op.f("fk_case_decisions_case_id_filed_by")
        ),
        *_refers("case_decisions", by_id="residents"),
    )
    op.create_index(op.f("ix_case_decisions_appeal_until"), "case_decisions", ["appeal_until"])


def _make_appeals() -> None:
    op.create_table(
        "case_appeals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=True),
        sa.Column("deciders", sa.Integer(), nullable=False),
        sa.Column("due_at", _AT, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("filed_at", _AT, nullable=False),
        sa.CheckConstraint("kind IN ('appeal', 'evidence')", name=op.f("ck_case_appeals_kind")),
        sa.CheckConstraint("deciders IN (1, 2)", name=op.f("ck_case_appeals_deciders")),
        sa.CheckConstraint("due_at > filed_at", name=op.f("ck_case_appeals_due")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_appeals")),
        sa.UniqueConstraint("case_id", "kind", name=op.f("uq_case_appeals_case_id_kind")),
        sa.ForeignKeyConstraint(["case_id"], ["case_decisions.case_id"], name=op.f("fk_case_appeals_case_id")),
        *_refers("case_appeals", upload_id="uploads", by_id="residents"),
    )
    op.create_table(
        "case_opinions",
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.PrimaryKeyConstraint("appeal_id", "by_id", name=op.f("pk_case_opinions")),
        *_refers("case_opinions", appeal_id="case_appeals", by_id="residents"),
    )


def _make_deductions() -> None:
    op.create_table(
        "deductions",
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("transfer_id", sa.Integer(), nullable=True),
        sa.Column("period_starts", _AT, nullable=False),
        sa.Column("period_ends", _AT, nullable=False),
        sa.Column("due_at", _AT, nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_deductions_amount")),
        sa.CheckConstraint("(amount > 0) = (transfer_id IS NOT NULL)", name=op.f("ck_deductions_entry")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_deductions")),
        sa.UniqueConstraint("transfer_id", name=op.f("uq_deductions_transfer_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case_decisions.case_id"], name=op.f("fk_deductions_case_id")),
        *_refers("deductions", transfer_id="transfers"),
    )


def _refers(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    """Each of these columns names a row of that table."""
    return [
        sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, other in columns.items()
    ]


def downgrade() -> None:
    for table in reversed(ONLY_GROW):
        op.drop_table(table)

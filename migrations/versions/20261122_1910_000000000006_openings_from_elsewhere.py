"""What accounts had in another ledger when their members came here: whole points are entries, the rest stands beside.
"""

import sqlalchemy as sa
from alembic import op

from app.kit.append_only import statements


revision = '000000000006'
down_revision = '000000000005'
branch_labels = None
depends_on = None


STATEMENTS = {"ix_transfers_statement": "household_id", "ix_transfers_resident": "resident_id"}


def upgrade() -> None:
    # With the heading in it, the chart of a statement reads the index alone.
    for name, whose in STATEMENTS.items():
        op.drop_index(name, "transfers")
        op.create_index(name, "transfers", [whose, "asset", "effective_at", "heading", "change"])
    op.create_table(
        "opening_balances",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("source_id", sa.String(20), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("stood", sa.String(40), nullable=False),
        sa.Column("whole", sa.Integer(), nullable=False),
        sa.Column("because", sa.String(80), nullable=False),
        sa.Column("origin", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("whole >= 0", name=op.f("ck_opening_balances_whole")),
        sa.CheckConstraint("household_id IS NOT NULL OR whole = 0", name=op.f("ck_opening_balances_issuer")),
        sa.ForeignKeyConstraint(["community_id"], ["places.id"], name=op.f("fk_opening_balances_community_id")),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_opening_balances_household_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_balances")),
        sa.UniqueConstraint("source", "source_id", name=op.f("uq_opening_balances_source_source_id")),
        sa.UniqueConstraint("because", name=op.f("uq_opening_balances_because")),
    )
    for statement in statements("opening_balances", op.get_bind().dialect.name):
        op.execute(sa.text(statement))


def downgrade() -> None:
    op.drop_table("opening_balances")
    for name, whose in STATEMENTS.items():
        op.drop_index(name, "transfers")
        op.create_index(name, "transfers", [whose, "asset", "effective_at", "change"])

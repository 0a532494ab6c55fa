"""Which occasion a claim is about, which lines count once among several, and what the neighbour said."""

import sqlalchemy as sa
from alembic import op

from app.kit.append_only import statements

revision = "000000000011"
down_revision = "000000000010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tariff_lines", sa.Column("exclusive", sa.JSON(), nullable=True))
    op.create_index("ix_awards_event", "awards", ["event"], unique=False)
    op.add_column("claims", sa.Column("occasion", sa.String(length=80), nullable=True))
    op.add_column("claims", sa.Column("asks_neighbour", sa.Boolean(), nullable=True))
    op.create_index(op.f("ix_claims_other_household_id"), "claims", ["other_household_id"], unique=False)
    op.create_table(
        'claim_neighbours',
        sa.Column('claim_id', sa.Integer(), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=False),
        sa.Column('yes', sa.Boolean(), nullable=False),
        sa.Column('why', sa.JSON(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('yes OR why IS NOT NULL', name=op.f('ck_claim_neighbours_reason')),
        sa.ForeignKeyConstraint(['by_id'], ['residents.id'], name=op.f('fk_claim_neighbours_by_id')),
        sa.ForeignKeyConstraint(['claim_id'], ['claims.id'], name=op.f('fk_claim_neighbours_claim_id')),
        sa.PrimaryKeyConstraint('claim_id', name=op.f('pk_claim_neighbours'))
    )
    for statement in statements("claim_neighbours", op.get_bind().dialect.name):
        op.execute(sa.text(statement))


def downgrade() -> None:
    op.drop_table("claim_neighbours")
    op.drop_index(op.f("ix_claims_other_household_id"), table_name="claims")
    op.drop_column("claims", "asks_neighbour")
    op.drop_column("claims", "occasion")
    op.drop_index("ix_awards_event", table_name="awards")
    op.drop_column("tariff_lines", "exclusive")

"""What was decided against a claim can be appealed until a stored day."""

import sqlalchemy as sa
from alembic import op

from app.kit.append_only import statements

revision = "000000000012"
down_revision = "000000000011"
branch_labels = None
depends_on = None

DECIDED = ("claim_decisions", "claim_ends")


def upgrade() -> None:
    for table in DECIDED:
        op.add_column(table, sa.Column("appeal_until", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        'claim_appeals',
        sa.Column('claim_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('again_id', sa.Integer(), nullable=False),
        sa.Column('text', sa.JSON(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('again_id > claim_id', name=op.f('ck_claim_appeals_later')),
        sa.CheckConstraint('due_at > at', name=op.f('ck_claim_appeals_due')),
        sa.ForeignKeyConstraint(['again_id'], ['claims.id'], name=op.f('fk_claim_appeals_again_id')),
        sa.ForeignKeyConstraint(['claim_id'], ['claims.id'], name=op.f('fk_claim_appeals_claim_id')),
        sa.PrimaryKeyConstraint('claim_id', name=op.f('pk_claim_appeals')),
        sa.UniqueConstraint('again_id', name=op.f('uq_claim_appeals_again_id'))
    )
    _guard("claim_appeals")


def downgrade() -> None:
    op.drop_table("claim_appeals")
    for table in DECIDED:
        _unguard(table)
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("appeal_until")
        _guard(table)


def _guard(table: str) -> None:
    for statement in statements(table, op.get_bind().dialect.name):
        op.execute(sa.text(statement))


def _unguard(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for guard in ("append_only", "no_truncate"):
            op.execute(sa.text(f"DROP TRIGGER {table}_{guard} ON {table}"))
    else:
        for guard in ("no_update", "no_delete"):
            op.execute(sa.text(f"DROP TRIGGER {table}_{guard}"))

"""Who has a part in a line of a notice leaves what is said against it to others."""

import sqlalchemy as sa
from alembic import op

from app.kit.append_only import statements

revision = "000000000010"
down_revision = "000000000009"
branch_labels = None
depends_on = None

# Of the claims that are on notice already: who claimed, who was helped, and who reviewed.
_LINES = (
    "FROM claims JOIN claim_batch_lines ON claim_batch_lines.claim_id = claims.id "
    "JOIN notices ON notices.subject = 'claim-batch:' || CAST(claim_batch_lines.batch_id AS VARCHAR)"
)
_INTO = "INSERT INTO notice_parts (notice_id, line_key, resident_id, household_id)"
_KEY = "notices.id, CAST(claims.id AS VARCHAR)"
PARTS = (
    f"{_INTO} SELECT {_KEY}, claims.resident_id, claims.household_id {_LINES}",
    f"{_INTO} SELECT {_KEY}, NULL, claims.other_household_id {_LINES} WHERE claims.other_household_id IS NOT NULL",
    f"{_INTO} SELECT DISTINCT {_KEY}, residents.id, residents.household_id {_LINES} "
    "JOIN claim_draws ON claim_draws.claim_id = claims.id JOIN claim_reviews ON claim_reviews.draw_id = claim_draws.id "
    "JOIN residents ON residents.id = claim_draws.reviewer_id",
)


def upgrade() -> None:
    op.create_table(
        'notice_parts',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('notice_id', sa.Integer(), nullable=False),
        sa.Column('line_key', sa.String(length=32), nullable=False),
        sa.Column('resident_id', sa.Integer(), nullable=True),
        sa.Column('household_id', sa.Integer(), nullable=True),
        sa.CheckConstraint('resident_id IS NOT NULL OR household_id IS NOT NULL', name=op.f('ck_notice_parts_somebody')),
        sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_notice_parts_household_id')),
        sa.ForeignKeyConstraint(['notice_id', 'line_key'], ['notice_lines.notice_id', 'notice_lines.key'], name=op.f('fk_notice_parts_notice_id_line_key')),
        sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_notice_parts_resident_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_parts'))
    )
    op.create_index('ix_notice_parts_line', 'notice_parts', ['notice_id', 'line_key'])
    for statement in PARTS:
        op.execute(sa.text(statement))
    for statement in statements("notice_parts", op.get_bind().dialect.name):
        op.execute(sa.text(statement))


def downgrade() -> None:
    op.drop_table("notice_parts")

"""Claims: deeds that wait for their reviewers and their notice. An award may wait, a held line goes on with its time."""

import sqlalchemy as sa
from alembic import op

from app.kit.append_only import statements

revision = "000000000008"
down_revision = "000000000007"
branch_labels = None
depends_on = None

ONLY_GROW = (
    "claims", "claim_additions", "claim_photos", "claim_draws", "claim_draw_ends", "claim_reviews", "claim_decisions",
    "claim_ends", "claim_batches", "claim_batch_lines", "review_conflicts",
)


def upgrade() -> None:
    _make_claims()
    for table in ONLY_GROW:
        _guard(table)
    with op.batch_alter_table("awards") as batch_op:
        batch_op.alter_column("posted_at", existing_type=sa.DateTime(timezone=True), nullable=True)
        batch_op.create_check_constraint(
            batch_op.f("ck_awards_order"), "undone_at IS NULL OR posted_at IS NULL OR undone_at >= posted_at"
        )
    op.add_column("notices", sa.Column("goes_on", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("objection_ends", sa.Column("line_ends_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for table, column in (("objection_ends", "line_ends_at"), ("notices", "goes_on")):
        _unguard(table)
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column(column)
        _guard(table)
    op.execute(sa.text("DELETE FROM awards WHERE posted_at IS NULL"))  # nothing was posted of these
    with op.batch_alter_table("awards") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_awards_order"), type_="check")
        batch_op.alter_column("posted_at", existing_type=sa.DateTime(timezone=True), nullable=False)
    for table in reversed(ONLY_GROW):
        op.drop_table(table)


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


def _make_claims() -> None:
    op.create_table(
        'claims',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('line_id', sa.Integer(), nullable=False),
        sa.Column('code', sa.String(length=16), nullable=False),
        sa.Column('resident_id', sa.Integer(), nullable=False),
        sa.Column('household_id', sa.Integer(), nullable=False),
        sa.Column('community_id', sa.Integer(), nullable=False),
        sa.Column('other_household_id', sa.Integer(), nullable=True),
        sa.Column('deed_on', sa.Date(), nullable=False),
        sa.Column('attempt', sa.Integer(), nullable=False),
        sa.Column('title', sa.JSON(), nullable=False),
        sa.Column('text', sa.JSON(), nullable=False),
        sa.Column('spot', sa.JSON(), nullable=False),
        sa.Column('agreed', sa.Boolean(), nullable=False),
        sa.Column('honour', sa.Integer(), nullable=False),
        sa.Column('points', sa.Integer(), nullable=False),
        sa.Column('needs', sa.Integer(), nullable=False),
        sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('honour >= 0 AND points >= 0 AND honour + points > 0', name=op.f('ck_claims_amounts')),
        sa.CheckConstraint('needs IN (1, 2)', name=op.f('ck_claims_needs')),
        sa.CheckConstraint('other_household_id <> household_id', name=op.f('ck_claims_pair')),
        sa.ForeignKeyConstraint(['community_id'], ['places.id'], name=op.f('fk_claims_community_id')),
        sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_claims_household_id')),
        sa.ForeignKeyConstraint(['line_id'], ['tariff_lines.id'], name=op.f('fk_claims_line_id')),
        sa.ForeignKeyConstraint(['other_household_id'], ['households.id'], name=op.f('fk_claims_other_household_id')),
        sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_claims_resident_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_claims')),
        sa.UniqueConstraint('household_id', 'code', 'deed_on', 'resident_id', 'attempt', name=op.f('uq_claims_household_id_code_deed_on_resident_id_attempt'))
    )
    op.create_index('ix_claims_community', 'claims', ['community_id', 'claimed_at'], unique=False)
    op.create_index(op.f('ix_claims_resident_id'), 'claims', ['resident_id'], unique=False)
    op.create_table(
        'claim_additions',
        sa.Column('claim_id', sa.Integer(), nullable=False),
        sa.Column('round', sa.Integer(), nullable=False),
        sa.Column('text', sa.JSON(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['claim_id'], ['claims.id'], name=op.f('fk_claim_additions_claim_id')),
        sa.PrimaryKeyConstraint('claim_id', 'round', name=op.f('pk_claim_additions'))
    )
    op.create_table(
        'claim_photos',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('claim_id', sa.Integer(), nullable=False),
        sa.Column('upload_id', sa.Integer(), nullable=False),
        sa.Column('round', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['claim_id'], ['claims.id'], name=op.f('fk_claim_photos_claim_id')),
        sa.ForeignKeyConstraint(['upload_id'], ['uploads.id'], name=op.f('fk_claim_photos_upload_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_claim_photos')),
        sa.UniqueConstraint('claim_id', 'upload_id', name=op.f('uq_claim_photos_claim_id_upload_id'))
    )
    op.create_index(op.f('ix_claim_photos_claim_id'), 'claim_photos', ['claim_id'], unique=False)
    op.create_table(
        'claim_draws',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('claim_id', sa.Integer(), nullable=False),
        sa.Column('reviewer_id', sa.Integer(), nullable=False),
        sa.Column('pool', sa.String(length=12), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("pool IN ('own', 'other', 'committee')", name=op.f('ck_claim_draws_pool')),
        sa.ForeignKeyConstraint(['claim_id'], ['claims.id'], name=op.f('fk_claim_draws_claim_id')),
        sa.ForeignKeyConstraint(['reviewer_id'], ['residents.id'], name=op.f('fk_claim_draws_reviewer_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_claim_draws')),
        sa.UniqueConstraint('claim_id', 'reviewer_id', name=op.f('uq_claim_draws_claim_id_reviewer_id'))
    )
    op.create_index('ix_claim_draws_reviewer', 'claim_draws', ['reviewer_id', 'at'], unique=False)
    op.create_table(
        'claim_draw_ends',
        sa.Column('draw_id', sa.Integer(), nullable=False),
        sa.Column('why', sa.JSON(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['draw_id'], ['claim_draws.id'], name=op.f('fk_claim_draw_ends_draw_id')),
        sa.PrimaryKeyConstraint('draw_id', name=op.f('pk_claim_draw_ends'))
    )
    op.create_table(
        'claim_reviews',
        sa.Column('draw_id', sa.Integer(), nullable=False),
        sa.Column('round', sa.Integer(), nullable=False),
        sa.Column('verdict', sa.String(length=16), nullable=False),
        sa.Column('amount', sa.Integer(), nullable=True),
        sa.Column('why', sa.JSON(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("verdict = 'confirm' OR why IS NOT NULL", name=op.f('ck_claim_reviews_reason')),
        sa.CheckConstraint("verdict IN ('confirm', 'not_confirmed', 'returned')", name=op.f('ck_claim_reviews_verdict')),
        sa.CheckConstraint('amount > 0', name=op.f('ck_claim_reviews_amount')),
        sa.ForeignKeyConstraint(['draw_id'], ['claim_draws.id'], name=op.f('fk_claim_reviews_draw_id')),
        sa.PrimaryKeyConstraint('draw_id', 'round', name=op.f('pk_claim_reviews'))
    )
    op.create_table(
        'claim_decisions',
        sa.Column('claim_id', sa.Integer(), nullable=False),
        sa.Column('confirmed', sa.Boolean(), nullable=False),
        sa.Column('honour', sa.Integer(), nullable=False),
        sa.Column('points', sa.Integer(), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('honour >= 0 AND points >= 0', name=op.f('ck_claim_decisions_amounts')),
        sa.ForeignKeyConstraint(['by_id'], ['residents.id'], name=op.f('fk_claim_decisions_by_id')),
        sa.ForeignKeyConstraint(['claim_id'], ['claims.id'], name=op.f('fk_claim_decisions_claim_id')),
        sa.PrimaryKeyConstraint('claim_id', name=op.f('pk_claim_decisions'))
    )
    op.create_index(op.f('ix_claim_decisions_at'), 'claim_decisions', ['at'], unique=False)
    op.create_table(
        'claim_ends',
        sa.Column('claim_id', sa.Integer(), nullable=False),
        sa.Column('outcome', sa.String(length=12), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("outcome IN ('posted', 'withdrawn', 'upheld')", name=op.f('ck_claim_ends_outcome')),
        sa.ForeignKeyConstraint(['claim_id'], ['claims.id'], name=op.f('fk_claim_ends_claim_id')),
        sa.PrimaryKeyConstraint('claim_id', name=op.f('pk_claim_ends'))
    )
    op.create_table(
        'claim_batches',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('place_id', sa.Integer(), nullable=False),
        sa.Column('month', sa.String(length=7), nullable=False),
        sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['by_id'], ['residents.id'], name=op.f('fk_claim_batches_by_id')),
        sa.ForeignKeyConstraint(['place_id'], ['places.id'], name=op.f('fk_claim_batches_place_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_claim_batches')),
        sa.UniqueConstraint('place_id', 'month', name=op.f('uq_claim_batches_place_id_month'))
    )
    op.create_table(
        'claim_batch_lines',
        sa.Column('claim_id', sa.Integer(), nullable=False),
        sa.Column('batch_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['batch_id'], ['claim_batches.id'], name=op.f('fk_claim_batch_lines_batch_id')),
        sa.ForeignKeyConstraint(['claim_id'], ['claims.id'], name=op.f('fk_claim_batch_lines_claim_id')),
        sa.PrimaryKeyConstraint('claim_id', name=op.f('pk_claim_batch_lines')),
        sa.UniqueConstraint('batch_id', 'number', name=op.f('uq_claim_batch_lines_batch_id_number'))
    )
    op.create_table(
        'review_conflicts',
        sa.Column('reviewer_id', sa.Integer(), nullable=False),
        sa.Column('household_id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_review_conflicts_household_id')),
        sa.ForeignKeyConstraint(['reviewer_id'], ['residents.id'], name=op.f('fk_review_conflicts_reviewer_id')),
        sa.PrimaryKeyConstraint('reviewer_id', 'household_id', name=op.f('pk_review_conflicts'))
    )

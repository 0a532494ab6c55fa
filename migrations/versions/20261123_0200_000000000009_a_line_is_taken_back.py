"""A line of a notice can be taken back by those who put it up."""

import sqlalchemy as sa
from alembic import op

from app.kit.append_only import statements

revision = "000000000009"
down_revision = "000000000008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'notice_line_ends',
        sa.Column('notice_id', sa.Integer(), nullable=False),
        sa.Column('line_key', sa.String(length=32), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['by_id'], ['residents.id'], name=op.f('fk_notice_line_ends_by_id')),
        sa.ForeignKeyConstraint(['notice_id', 'line_key'], ['notice_lines.notice_id', 'notice_lines.key'], name=op.f('fk_notice_line_ends_notice_id_line_key')),
        sa.PrimaryKeyConstraint('notice_id', 'line_key', name=op.f('pk_notice_line_ends'))
    )
    for statement in statements("notice_line_ends", op.get_bind().dialect.name):
        op.execute(sa.text(statement))


def downgrade() -> None:
    op.drop_table("notice_line_ends")

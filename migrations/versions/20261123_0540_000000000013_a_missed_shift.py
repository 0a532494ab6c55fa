"""A case can say which sign-up it is about: a shift that somebody missed, filed once."""

import sqlalchemy as sa
from alembic import op

revision = "000000000013"
down_revision = "000000000012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("absence", sa.String(length=32), nullable=True))
    op.create_index("ix_cases_absence", "cases", ["absence"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_cases_absence", table_name="cases")
    op.drop_column("cases", "absence")

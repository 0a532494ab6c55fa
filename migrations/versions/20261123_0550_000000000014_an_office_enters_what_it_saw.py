"""An office enters what it saw: the line of the tariff names the office, the claim names who entered it.

In plain SQL, since a table that only grows would lose its guards if SQLite wrote it anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "000000000014"
down_revision = "000000000013"
branch_labels = None
depends_on = None

REFERS = "CONSTRAINT fk_claims_entered_by_id REFERENCES residents (id)"


def upgrade() -> None:
    op.add_column("tariff_lines", sa.Column("entered_by", sa.String(length=16), nullable=True))
    op.execute(sa.text(f"ALTER TABLE claims ADD COLUMN entered_by_id INTEGER {REFERS}"))
    op.create_index("ix_claims_entered_by_id", "claims", ["entered_by_id"])


def downgrade() -> None:
    op.drop_index("ix_claims_entered_by_id", "claims")
    op.execute(sa.text("ALTER TABLE claims DROP COLUMN entered_by_id"))
    op.execute(sa.text("ALTER TABLE tariff_lines DROP COLUMN entered_by"))

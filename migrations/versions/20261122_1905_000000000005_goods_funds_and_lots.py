"""Goods funds and points that expire: a fourth asset for what communities pay, marks of lots, runs of tick.

The tables of the ledger stay as they are; only what their columns may say grows.
"""

import sqlalchemy as sa
from alembic import op

from app.kit.append_only import statements


revision = '000000000005'
down_revision = '000000000004'
branch_labels = None
depends_on = None

THREE = "asset IN ('honour', 'points', 'minutes')"
FOUR = "asset IN ('honour', 'points', 'minutes', 'goods')"
PURPOSES = "purpose IN ('own', 'issued', 'redeemed', 'expired', 'corrected')"
PAYERS = "asset <> 'goods' OR owner_kind IN ('community', 'merchant')"
QUARTERS = "asset = 'goods' AND owner_kind = 'community' AND purpose LIKE '____-Q_'"


def upgrade() -> None:
    op.create_table(
        "lot_marks",
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("lots", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_lot_marks_household_id")),
        sa.PrimaryKeyConstraint("household_id", "entry_id", name=op.f("pk_lot_marks")),
    )
    op.create_table(
        "points_runs",
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_points_runs_place_id")),
        sa.PrimaryKeyConstraint("place_id", "kind", "due_at", name=op.f("pk_points_runs")),
    )
    for statement in statements("lot_marks", op.get_bind().dialect.name):
        op.execute(sa.text(statement))
    _say(FOUR, f"{PURPOSES} OR ({QUARTERS})", goods=True)


def _say(assets: str, purposes: str, *, goods: bool) -> None:
    """Let accounts and entries be of these assets, and accounts have these purposes."""
    guarded = op.get_bind().dialect.name == "sqlite"  # there a table is written anew, and loses its guards
    if guarded:
        for guard in ("no_update", "no_delete"):
            op.execute(sa.text(f"DROP TRIGGER transfers_{guard}"))
    for table in ("accounts", "transfers"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(batch_op.f(f"ck_{table}_asset"), type_="check")
            batch_op.create_check_constraint(batch_op.f(f"ck_{table}_asset"), assets)
            if table == "accounts":
                batch_op.drop_constraint(batch_op.f("ck_accounts_purpose"), type_="check")
                batch_op.create_check_constraint(batch_op.f("ck_accounts_purpose"), purposes)
                if goods:
                    batch_op.create_check_constraint(batch_op.f("ck_accounts_goods"), PAYERS)
                else:
                    batch_op.drop_constraint(batch_op.f("ck_accounts_goods"), type_="check")
    if guarded:
        for statement in statements("transfers", "sqlite"):
            op.execute(sa.text(statement))


def downgrade() -> None:
    _forget_goods()
    _say(THREE, PURPOSES, goods=False)
    op.drop_table("points_runs")
    op.drop_table("lot_marks")


def _forget_goods() -> None:
    """The entries of goods funds go with them: nothing else refers to them."""
    dialect = op.get_bind().dialect.name
    if dialect == "sqlite":
        op.execute(sa.text("DROP TRIGGER transfers_no_delete"))
        op.execute(sa.text("DELETE FROM transfers WHERE asset = 'goods'"))
        op.execute(sa.text(statements("transfers", dialect)[1]))
    else:
        op.execute(sa.text("GRANT DELETE ON transfers TO CURRENT_USER"))
        op.execute(sa.text("ALTER TABLE transfers DISABLE TRIGGER transfers_append_only"))
        op.execute(sa.text("DELETE FROM transfers WHERE asset = 'goods'"))
        op.execute(sa.text("ALTER TABLE transfers ENABLE TRIGGER transfers_append_only"))
        op.execute(sa.text("REVOKE DELETE ON transfers FROM CURRENT_USER"))
    op.execute(sa.text("DELETE FROM accounts WHERE asset = 'goods'"))

"""Points at full depth: a hold and its end are rows that stay, entries know what is left and which form led to them.

Of entries that were there before, the balance after each is summed up in the order of their ids.
"""

import sqlalchemy as sa
from alembic import op

from app.kit.append_only import revoked, statements
from app.points import postgres


revision = '000000000003'
down_revision = '000000000002'
branch_labels = None
depends_on = None

ONLY_GROW = {"transfers": "id", "holds": "id", "hold_ends": "hold_id", "seals": "number", "sealed_entries": "number"}
WHOLE = "amount BETWEEN 1 AND 1000000 AND amount = CAST(amount AS INTEGER)"
RUNNING = """
UPDATE transfers SET request_id = 'auto\\:' || because, balance_after = CASE WHEN runs.kept THEN runs.balance END
FROM (
    SELECT t.id, SUM(t.change) OVER (
        PARTITION BY CASE WHEN c.owner_kind IN ('household', 'resident') THEN t.credit_id ELSE t.debit_id END
        ORDER BY t.id
    ) AS balance,
    c.owner_kind IN ('household', 'resident') OR d.owner_kind IN ('household', 'resident') AS kept
    FROM transfers t JOIN accounts d ON d.id = t.debit_id JOIN accounts c ON c.id = t.credit_id
) runs WHERE runs.id = transfers.id
"""


def upgrade() -> None:
    _unguard("transfers")
    _deepen_transfers()
    _split_holds()
    _make_seals()
    with op.batch_alter_table("disclosure_revisions") as batch_op:
        batch_op.add_column(sa.Column("ledger_head", sa.String(64), nullable=True))
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        for text in postgres.FUNCTIONS:
            op.execute(sa.text(text.replace(":", "\\:")))
    for table, key in ONLY_GROW.items():
        rights = revoked(table, key) if dialect == "postgresql" else []
        for statement in [*statements(table, dialect), *rights]:
            op.execute(sa.text(statement))


def _unguard(*tables: str) -> None:
    for table in tables:
        if op.get_bind().dialect.name == "postgresql":
            for guard in ("append_only", "no_truncate"):
                op.execute(sa.text(f"DROP TRIGGER {table}_{guard} ON {table}"))
        else:
            for guard in ("no_update", "no_delete"):
                op.execute(sa.text(f"DROP TRIGGER {table}_{guard}"))


def _deepen_transfers() -> None:
    with op.batch_alter_table("transfers") as batch_op:
        batch_op.add_column(sa.Column("balance_after", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("why", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("request_id", sa.String(96), nullable=True))
    op.execute(sa.text(RUNNING))
    own = sa.text("asset = 'minutes'")
    with op.batch_alter_table("transfers") as batch_op:
        batch_op.alter_column("request_id", existing_type=sa.String(96), nullable=False)
        batch_op.drop_constraint(batch_op.f("ck_transfers_amount"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_transfers_amount"), WHOLE)
        batch_op.create_index("ix_transfers_page", ["household_id", "asset", "id"])
        batch_op.create_index("ix_transfers_own_page", ["resident_id", "id"], sqlite_where=own, postgresql_where=own)


def _split_holds() -> None:
    with op.batch_alter_table("holds") as batch_op:
        batch_op.add_column(sa.Column("request_id", sa.String(96), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_holds_id_amount"), ["id", "amount"])
    op.execute(sa.text("UPDATE holds SET request_id = 'auto\\:' || because"))
    op.create_table(
        "hold_ends",
        sa.Column("hold_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(8), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request_id", sa.String(96), nullable=False),
        sa.CheckConstraint("outcome IN ('posted', 'voided', 'expired')", name=op.f("ck_hold_ends_outcome")),
        sa.CheckConstraint("amount BETWEEN 0 AND held", name=op.f("ck_hold_ends_amount")),
        sa.CheckConstraint("(outcome = 'posted') = (amount > 0)", name=op.f("ck_hold_ends_posted")),
        sa.ForeignKeyConstraint(
            ["hold_id", "held"], ["holds.id", "holds.amount"], name=op.f("fk_hold_ends_hold_id_held")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["residents.id"], name=op.f("fk_hold_ends_by_id")),
        sa.PrimaryKeyConstraint("hold_id", name=op.f("pk_hold_ends")),
    )
    op.execute(sa.text("""
        INSERT INTO hold_ends (hold_id, held, outcome, amount, by_id, ended_at, request_id)
        SELECT id, amount, state, CASE state WHEN 'posted' THEN amount ELSE 0 END, NULL, ended_at,
               'auto\\:' || because || '\\:' || state
        FROM holds WHERE state <> 'held'
    """))
    with op.batch_alter_table("holds") as batch_op:
        batch_op.drop_index("ix_holds_live")
        batch_op.drop_constraint(batch_op.f("ck_holds_state"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_holds_ended"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_holds_amount"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_holds_amount"), WHOLE)
        batch_op.drop_column("state")
        batch_op.drop_column("ended_at")
        batch_op.alter_column("request_id", existing_type=sa.String(96), nullable=False)
        batch_op.create_index("ix_holds_household", ["household_id", "expires_at"])


def _make_seals() -> None:
    op.create_table(
        "seals",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(64), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_seals")),
        sa.UniqueConstraint("head", name=op.f("uq_seals_head")),
        sa.UniqueConstraint("until", name=op.f("uq_seals_until")),
    )
    op.create_table(
        "sealed_entries",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(32), nullable=False),
        sa.CheckConstraint("kind IN ('transfer', 'hold', 'hold_end')", name=op.f("ck_sealed_entries_kind")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_sealed_entries")),
        sa.UniqueConstraint("kind", "entry_id", name=op.f("uq_sealed_entries_kind_entry_id")),
    )


def downgrade() -> None:
    _unguard(*ONLY_GROW)
    _unguard("disclosure_revisions")
    with op.batch_alter_table("disclosure_revisions") as batch_op:
        batch_op.drop_column("ledger_head")
    for statement in statements("disclosure_revisions", op.get_bind().dialect.name):
        op.execute(sa.text(statement))
    op.drop_table("sealed_entries")
    op.drop_table("seals")
    if op.get_bind().dialect.name == "postgresql":
        for table in ("transfers", "holds"):
            op.execute(sa.text(f"GRANT UPDATE, DELETE, TRUNCATE ON {table} TO CURRENT_USER"))
        op.execute(sa.text("DROP FUNCTION ledger_post(jsonb)"))
        op.execute(sa.text("DROP FUNCTION ledger_account(text, text, integer, text)"))
    _join_holds()
    with op.batch_alter_table("transfers") as batch_op:
        batch_op.drop_index("ix_transfers_own_page")
        batch_op.drop_index("ix_transfers_page")
        batch_op.drop_constraint(batch_op.f("ck_transfers_amount"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_transfers_amount"), "amount BETWEEN 1 AND 1000000")
        batch_op.drop_column("request_id")
        batch_op.drop_column("why")
        batch_op.drop_column("balance_after")
    for statement in statements("transfers", op.get_bind().dialect.name):
        op.execute(sa.text(statement))


def _join_holds() -> None:
    held = sa.text("state = 'held'")
    with op.batch_alter_table("holds") as batch_op:
        batch_op.drop_index("ix_holds_household")
        batch_op.add_column(sa.Column("state", sa.String(8), nullable=True))
        batch_op.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(sa.text("""
        UPDATE holds SET ended_at = (SELECT ended_at FROM hold_ends WHERE hold_id = holds.id),
            state = COALESCE((SELECT outcome FROM hold_ends WHERE hold_id = holds.id), 'held')
    """))
    op.drop_table("hold_ends")
    with op.batch_alter_table("holds") as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_holds_id_amount"), type_="unique")
        batch_op.drop_constraint(batch_op.f("ck_holds_amount"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_holds_amount"), "amount > 0")
        batch_op.drop_column("request_id")
        batch_op.alter_column("state", existing_type=sa.String(8), nullable=False)
        batch_op.create_check_constraint(
            batch_op.f("ck_holds_state"), "state IN ('held', 'posted', 'voided', 'expired')"
        )
        batch_op.create_check_constraint(batch_op.f("ck_holds_ended"), "(state = 'held') = (ended_at IS NULL)")
        batch_op.create_index("ix_holds_live", ["account_id", "expires_at"], sqlite_where=held, postgresql_where=held)

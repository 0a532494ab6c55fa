"""On SQLite nothing takes the place of a row that stays; what an account is stays on both databases."""

import sqlalchemy as sa
from alembic import op

from app.kit.append_only import not_replaced, stays


revision = "000000000015"
down_revision = "000000000014"
branch_labels = None
depends_on = None

ACCOUNT = ("id", "asset", "owner_kind", "owner_id", "purpose", "bounded")
# Written with `on_conflict_do_nothing`.
TWICE_IS_ONCE = {"accounts", "lot_marks", "review_conflicts", "signatures"}


def upgrade() -> None:
    bind = op.get_bind()
    for statement in stays("accounts", bind.dialect.name, *ACCOUNT):
        op.execute(sa.text(statement))
    for name in _growing("no_delete"):
        table = sa.Table(name, sa.MetaData(), autoload_with=bind, resolve_fks=False)
        op.execute(sa.text(not_replaced(table, twice_is_once=name in TWICE_IS_ONCE)))


def _growing(guard: str) -> list[str]:
    """Tables of SQLite with a guard of this name: those of all migrations before, and the accounts."""
    if op.get_bind().dialect.name != "sqlite":
        return []
    guards = sa.text("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name = tbl_name || '_' || :guard")
    return list(op.get_bind().scalars(guards, {"guard": guard}))


def downgrade() -> None:
    for name in _growing("no_replace"):
        op.execute(sa.text(f"DROP TRIGGER {name}_no_replace"))
    if op.get_bind().dialect.name == "sqlite":
        op.execute(sa.text("DROP TRIGGER accounts_no_delete"))
        op.execute(sa.text("DROP TRIGGER accounts_stays"))
    else:
        op.execute(sa.text("DROP TRIGGER accounts_stays ON accounts"))

"""What people did is kept, paid or not, so that a draft of the tariff can be tried on it.

Of the time before only what was awarded is known; of hours also how long they were and what made them hard.
"""

import sqlalchemy as sa
from alembic import op


revision = '000000000004'
down_revision = '000000000003'
branch_labels = None
depends_on = None

AWARDED = """
INSERT INTO deeds (because, code, resident_id, household_id, other_household_id, place_path, event, minutes, amount,
                   marks, in_charge, effective_at, announced_at, undone_at)
SELECT a.because, a.code, a.resident_id, a.household_id, a.other_household_id, p.path, COALESCE(a.event, a.because),
       CASE WHEN l.per_minutes IS NOT NULL THEN COALESCE(t.minutes, a.served) END, NULL, COALESCE(v.marks, '[]'),
       COALESCE(s.in_charge_id = a.resident_id, l.id <> l.id), a.effective_at, a.posted_at, a.undone_at
FROM awards a
JOIN tariff_lines l ON l.id = a.line_id
JOIN households h ON h.id = a.household_id
JOIN places p ON p.id = h.group_id
LEFT JOIN attendances t
    ON t.id = CASE WHEN a.because LIKE 'activity-hours\\:%' THEN CAST(SUBSTR(a.because, 16) AS INTEGER) END
LEFT JOIN shifts s ON s.id = t.shift_id
LEFT JOIN activities v ON v.id = s.activity_id
ORDER BY a.id
"""


def upgrade() -> None:
    op.create_table(
        "deeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("because", sa.String(80), nullable=False),
        sa.Column("code", sa.String(16), nullable=True),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("other_household_id", sa.Integer(), nullable=True),
        sa.Column("place_path", sa.String(120), nullable=False),
        sa.Column("event", sa.String(80), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("in_charge", sa.Boolean(), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("minutes IS NULL OR minutes >= 0", name=op.f("ck_deeds_minutes")),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], name=op.f("fk_deeds_resident_id")),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_deeds_household_id")),
        sa.ForeignKeyConstraint(["other_household_id"], ["households.id"], name=op.f("fk_deeds_other_household_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deeds")),
        sa.UniqueConstraint("because", name=op.f("uq_deeds_because")),
    )
    op.create_index("ix_deeds_effective_at", "deeds", ["effective_at", "id"])
    op.execute(sa.text(AWARDED))
    _make_simulations()


def _make_simulations() -> None:
    op.create_table(
        "simulations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("place_path", sa.String(120), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("href", sa.String(160), nullable=True),
        sa.Column("set_by", sa.String(64), nullable=True),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("starts", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deeds", sa.Integer(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.CheckConstraint("(finished_at IS NULL) = (result IS NULL)", name=op.f("ck_simulations_finished")),
        sa.CheckConstraint("done >= 0 AND (deeds IS NULL OR done <= deeds)", name=op.f("ck_simulations_done")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_simulations_place_id")),
        sa.ForeignKeyConstraint(["by_id"], ["residents.id"], name=op.f("fk_simulations_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_simulations")),
    )
    op.create_index("ix_simulations_place_id", "simulations", ["place_id", "id"])
    op.create_index("ix_simulations_href", "simulations", ["href", "id"])
    op.create_table(
        "simulated_households",
        sa.Column("simulation_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("honour", sa.Integer(), nullable=False),
        sa.Column("honour_draft", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("points_draft", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["simulation_id"], ["simulations.id"], name=op.f("fk_simulated_households_simulation_id")
        ),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_simulated_households_household_id")),
        sa.PrimaryKeyConstraint("simulation_id", "household_id", name=op.f("pk_simulated_households")),
    )


def downgrade() -> None:
    op.drop_table("simulated_households")
    op.drop_table("simulations")
    op.drop_table("deeds")

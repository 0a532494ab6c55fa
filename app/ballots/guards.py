"""The database itself keeps what was fixed when voting opened: staff can change nothing, nor can a mistake of ours."""

from __future__ import annotations

from sqlalchemy import Table

from app.kit.append_only import attach, not_replaced

# The closing time may be put off; the roll is written once, in the transaction that opens the question.
LATER, ONCE = "closes_at", ("roll_size", "roll_hash", "quorum_size")
_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change_of_question() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR {changed} THEN
    RAISE EXCEPTION 'questions is append-only' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$
"""


def fixed_at_opening(table: Table) -> None:
    """Attach the guards of questions, so that they are there however the table is made."""
    columns = [column.name for column in table.columns]
    attach(table, [*statements(columns, "sqlite"), not_replaced(table)], statements(columns, "postgresql"))


def statements(columns: list[str], dialect: str) -> list[str]:
    """The SQL by which a question stays as it was opened; migrations run the same statements."""
    same, text = ("IS DISTINCT FROM", "::text") if dialect == "postgresql" else ("IS NOT", "")
    stay = [one for one in sorted(columns) if one not in (LATER, *ONCE)]
    parts = [f"OLD.{one}{text} {same} NEW.{one}{text}" for one in stay]
    once = [f"OLD.roll_hash <> '' AND OLD.{one} <> NEW.{one}" for one in ONCE]
    changed = " OR ".join(f"({one})" for one in [*parts, *once, f"NEW.{LATER} < OLD.{LATER}"])
    if dialect == "postgresql":
        return [
            _FUNCTION.format(changed=changed),
            "CREATE TRIGGER questions_fixed BEFORE UPDATE OR DELETE ON questions "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change_of_question()",
        ]
    refused = "BEGIN SELECT RAISE(ABORT, 'questions is append-only'); END"
    return [
        f"CREATE TRIGGER questions_fixed BEFORE UPDATE ON questions WHEN {changed} {refused}",
        f"CREATE TRIGGER questions_no_delete BEFORE DELETE ON questions {refused}",
    ]

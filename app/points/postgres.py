"""Posting on PostgreSQL: one call for any number of entries, so that a posting is one round trip (performance.md).

Elsewhere `posting` does the same in four statements. Migrations run the same texts.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy.exc import DBAPIError

from app.kit.db import db

ACCOUNT = """
CREATE OR REPLACE FUNCTION ledger_account(of_asset text, kind text, owner integer, whatfor text) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE account_id integer;
BEGIN
    SELECT id INTO account_id FROM accounts
    WHERE asset = of_asset AND owner_kind = kind AND owner_id = owner AND purpose = whatfor;
    IF account_id IS NULL THEN
        INSERT INTO accounts (asset, owner_kind, owner_id, purpose, bounded, balance, held)
        VALUES (of_asset, kind, owner, whatfor, kind IN ('household', 'resident') AND of_asset <> 'honour', 0, 0)
        ON CONFLICT DO NOTHING;
        SELECT id INTO STRICT account_id FROM accounts
        WHERE asset = of_asset AND owner_kind = kind AND owner_id = owner AND purpose = whatfor;
    END IF;
    RETURN account_id;
END $$
"""

# Balances move in the order of the accounts' ids, so that two batches never wait for each other in a circle; an entry
# gets its id after the balance that it leads to is locked, so that ids and balances of an account are in one order.
POST = """
CREATE OR REPLACE FUNCTION ledger_post(entries jsonb) RETURNS TABLE (entry_id integer, left_over integer)
LANGUAGE plpgsql AS $$
DECLARE
    one record;
    from_id integer;
    to_id integer;
BEGIN
    IF jsonb_array_length(entries) > 1 THEN
        PERFORM 1 FROM accounts WHERE id IN (
            SELECT ledger_account(e->>'asset', e->>'kept_kind', (e->>'kept_owner')::integer, 'own')
            FROM jsonb_array_elements(entries) e WHERE e->>'kept_kind' IS NOT NULL
        ) ORDER BY id FOR NO KEY UPDATE;
    END IF;
    FOR one IN SELECT * FROM jsonb_to_recordset(entries) AS e (
        asset text, debit_kind text, debit_owner integer, debit_for text, credit_kind text, credit_owner integer,
        credit_for text, kept_kind text, amount integer, change integer, code text, heading text, because text,
        what json, why json, cut_by text, line_id integer, reverses_id integer, hold_id integer,
        community_id integer, household_id integer, resident_id integer, by_id integer,
        effective_at timestamptz, posted_at timestamptz, request_id text
    ) LOOP
        from_id := ledger_account(one.asset, one.debit_kind, one.debit_owner, one.debit_for);
        to_id := ledger_account(one.asset, one.credit_kind, one.credit_owner, one.credit_for);
        left_over := NULL;
        IF one.kept_kind IS NOT NULL THEN
            UPDATE accounts SET balance = balance + one.change
            WHERE id = CASE WHEN one.kept_kind = one.debit_kind THEN from_id ELSE to_id END
            RETURNING balance INTO left_over;
        END IF;
        INSERT INTO transfers (
            asset, debit_id, credit_id, amount, change, balance_after, code, heading, because, what, why, cut_by,
            line_id, reverses_id, hold_id, community_id, household_id, resident_id, by_id, effective_at, posted_at,
            request_id
        ) VALUES (
            one.asset, from_id, to_id, one.amount, one.change, left_over, one.code, one.heading, one.because, one.what,
            one.why, one.cut_by, one.line_id, one.reverses_id, one.hold_id, one.community_id, one.household_id,
            one.resident_id, one.by_id, one.effective_at, one.posted_at, one.request_id
        ) RETURNING id INTO entry_id;
        RETURN NEXT;
    END LOOP;
END $$
"""

FUNCTIONS = (ACCOUNT, POST)
_CALL = "SELECT entry_id FROM ledger_post(%s::jsonb)"
_written = json.JSONEncoder(ensure_ascii=False).encode


def call(told: Sequence[dict[str, Any]]) -> list[int]:
    """The ids of the entries that the function wrote; these are as it takes them.

    Asked of the driver itself, which saves a tenth of a posting. What goes wrong is what SQLAlchemy makes of it
    anywhere else (I7, I16: a constraint had the last word).
    """
    connection = db.session.connection()
    dialect: Any = connection.dialect
    driver = dialect.dbapi
    raw: Any = connection.connection.driver_connection
    try:
        return [entry_id for (entry_id,) in raw.execute(_CALL, (_written(told),))]
    except driver.Error as error:
        gone = dialect.is_disconnect(error, raw, None)
        if gone:
            connection.invalidate(error)
        raise DBAPIError.instance(
            _CALL, (), error, driver.Error, hide_parameters=True, connection_invalidated=gone, dialect=dialect
        ) from error

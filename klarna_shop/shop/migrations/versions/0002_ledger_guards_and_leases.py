"""The ledger's laws in the database itself, and leases for work that one process does at a time.

A later migration that rebuilds `purchase` or `purchase_change` on SQLite (Alembic's batch mode) loses the
triggers of that table and has to make them again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from klarna_shop.shop.database import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TRANSITIONS = {
    "session_open": ("authorized", "refused", "failed", "abandoned", "expired"),
    "authorized": ("placing", "expired"),
    "placing": ("placed", "refused", "failed", "unknown", "authorized"),
    "unknown": ("placing", "placed", "unresolved"),
    "placed": ("completed", "refused"),
    "unresolved": ("placed", "failed"),
}
"""As of this version; `shop/purchase/states.py` says what holds now, and a test compares the two."""

SQLITE = (
    """
    CREATE TRIGGER purchase_begins_open BEFORE INSERT ON purchase
    WHEN NEW.state <> 'session_open'
    BEGIN SELECT RAISE(ABORT, 'a purchase begins as session_open'); END
    """,
    """
    CREATE TRIGGER purchase_goes_on_as_allowed BEFORE UPDATE OF state ON purchase
    WHEN NEW.state <> OLD.state AND NOT EXISTS (
        SELECT 1 FROM purchase_transition WHERE from_state = OLD.state AND to_state = NEW.state
    )
    BEGIN SELECT RAISE(ABORT, 'no such transition of a purchase'); END
    """,
    """
    CREATE TRIGGER purchase_stays BEFORE DELETE ON purchase
    BEGIN SELECT RAISE(ABORT, 'purchases are never deleted'); END
    """,
    """
    CREATE TRIGGER purchase_history_stays BEFORE DELETE ON purchase_change
    BEGIN SELECT RAISE(ABORT, 'history is only added to'); END
    """,
    """
    CREATE TRIGGER purchase_history_stays_as_it_is BEFORE UPDATE ON purchase_change
    BEGIN SELECT RAISE(ABORT, 'history is only added to'); END
    """,
)

POSTGRESQL = (
    """
    CREATE FUNCTION guard_purchase() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'purchases are never deleted' USING ERRCODE = 'check_violation';
        ELSIF TG_OP = 'INSERT' THEN
            IF NEW.state <> 'session_open' THEN
                RAISE EXCEPTION 'a purchase begins as session_open' USING ERRCODE = 'check_violation';
            END IF;
        ELSIF NEW.state <> OLD.state AND NOT EXISTS (
            SELECT 1 FROM purchase_transition WHERE from_state = OLD.state AND to_state = NEW.state
        ) THEN
            RAISE EXCEPTION 'no such transition of a purchase' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER purchase_guard BEFORE INSERT OR UPDATE OF state OR DELETE ON purchase
    FOR EACH ROW EXECUTE FUNCTION guard_purchase()
    """,
    """
    CREATE FUNCTION guard_purchase_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'history is only added to' USING ERRCODE = 'check_violation';
    END $$
    """,
    """
    CREATE TRIGGER purchase_change_guard BEFORE UPDATE OR DELETE ON purchase_change
    FOR EACH ROW EXECUTE FUNCTION guard_purchase_change()
    """,
)


def upgrade() -> None:
    """Make the tables and the triggers."""
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    transitions = op.create_table(
        "purchase_transition",
        sa.Column("from_state", sa.String(length=20), nullable=False),
        sa.Column("to_state", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("from_state", "to_state"),
    )
    rows = [
        {"from_state": before, "to_state": after}
        for before, afters in TRANSITIONS.items()
        for after in afters
    ]
    op.bulk_insert(transitions, rows)
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Drop the triggers and the tables."""
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE:
            op.execute(f"DROP TRIGGER {statement.split()[2]}")
    else:
        op.execute("DROP TRIGGER purchase_guard ON purchase")
        op.execute("DROP TRIGGER purchase_change_guard ON purchase_change")
        op.execute("DROP FUNCTION guard_purchase()")
        op.execute("DROP FUNCTION guard_purchase_change()")
    op.drop_table("purchase_transition")
    op.drop_table("lease")

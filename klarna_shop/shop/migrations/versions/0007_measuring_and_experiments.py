"""Measured events, who agreed to them, experiments, and what simulations know.

A later migration that rebuilds `measured_event` on SQLite (Alembic's batch mode) loses its trigger and has to
make it again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from klarna_shop.shop.database import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SQLITE = """
    CREATE TRIGGER measured_event_stays_as_it_is BEFORE UPDATE ON measured_event
    BEGIN SELECT RAISE(ABORT, 'events are only added, and erased'); END
    """
POSTGRESQL = (
    """
    CREATE FUNCTION guard_measured_event() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'events are only added, and erased' USING ERRCODE = 'check_violation';
    END $$
    """,
    """
    CREATE TRIGGER measured_event_guard BEFORE UPDATE ON measured_event
    FOR EACH ROW EXECUTE FUNCTION guard_measured_event()
    """,
)


def upgrade() -> None:
    """Make the tables."""
    _events()
    op.create_table(
        "measuring_consent",
        sa.Column("visitor_id", sa.String(length=64), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("chosen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("visitor_id"),
    )
    op.create_index(op.f("ix_measuring_consent_chosen_at"), "measuring_consent", ["chosen_at"])
    op.create_table(
        "experiment",
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("hypothesis", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("salt", sa.String(length=60), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("variants", sa.Text(), nullable=False),
        sa.Column("winner", sa.String(length=60), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("slug"),
    )
    op.create_table(
        "experiment_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_experiment_history_slug"), "experiment_history", ["slug"])
    op.create_table(
        "visitor_draw",
        sa.Column("visitor_id", sa.String(length=64), nullable=False),
        sa.Column("draws", sa.Integer(), nullable=False),
        sa.Column("drawn_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("visitor_id"),
    )
    op.create_table(
        "simulation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("visitors", sa.Integer(), nullable=False),
        sa.Column("experiment", sa.String(length=60), nullable=False),
        sa.Column("truth", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _events() -> None:
    op.create_table(
        "measured_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("traffic", sa.String(length=10), nullable=False),
        sa.Column("visitor_id", sa.String(length=64), nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("purchase_id", sa.String(length=64), nullable=True),
        sa.Column("article", sa.String(length=200), nullable=False),
        sa.Column("design", sa.String(length=60), nullable=False),
        sa.Column("design_version", sa.Integer(), nullable=True),
        sa.Column("experiment", sa.String(length=60), nullable=False),
        sa.Column("variant", sa.String(length=60), nullable=False),
        sa.Column("offer", sa.String(length=160), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("device", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_measured_event_traffic_name_at", "measured_event", ["traffic", "name", "at"])
    op.create_index("ix_measured_event_visitor_id", "measured_event", ["visitor_id", "id"])
    op.create_index("ix_measured_event_purchase_id", "measured_event", ["purchase_id"])
    op.create_index("ix_measured_event_experiment", "measured_event", ["experiment", "name"])
    statements = (SQLITE,) if op.get_bind().dialect.name == "sqlite" else POSTGRESQL
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Take them away."""
    for name in (
        "simulation",
        "visitor_draw",
        "experiment_history",
        "experiment",
        "measuring_consent",
        "measured_event",
    ):
        op.drop_table(name)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION guard_measured_event()")

"""Paywall designs: drafts, published versions, history; and what their access models and targeting count."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from klarna_shop.shop.database import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "paywall_design",
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("draft", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("published_version", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("slug"),
    )
    op.create_table(
        "paywall_version",
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("slug", "number"),
    )
    op.create_table(
        "paywall_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("paywall_history", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_paywall_history_slug"), ["slug"], unique=False)
    op.create_table(
        "wall_dismissal",
        sa.Column("visitor_id", sa.String(length=64), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("dismissed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("visitor_id", "slug"),
    )
    with op.batch_alter_table("wall_dismissal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wall_dismissal_dismissed_at"), ["dismissed_at"], unique=False)
    op.create_table(
        "visitor_visits",
        sa.Column("visitor_id", sa.String(length=64), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("traffic_source", sa.String(length=64), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("visitor_id"),
    )
    with op.batch_alter_table("visitor_visits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visitor_visits_seen_at"), ["seen_at"], unique=False)


def downgrade() -> None:
    """Take them away."""
    for name in ("visitor_visits", "wall_dismissal", "paywall_history", "paywall_version", "paywall_design"):
        op.drop_table(name)

"""Attempts of place_order that may have reached Payway are told from those that were still prepared."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; every attempt of before may have reached Payway."""
    # A plain addition, which keeps the table's triggers (0002).
    op.add_column("purchase", sa.Column("sent_attempt", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE purchase SET sent_attempt = place_attempts")


def downgrade() -> None:
    """Remove it."""
    op.drop_column("purchase", "sent_attempt")

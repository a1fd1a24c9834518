"""Length of a call of place_order that is under way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("purchase", sa.Column("call_seconds", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("purchase", "call_seconds")

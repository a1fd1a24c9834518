"""Second payment method category of a purchase, for where Klarna hides the first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    # A plain addition, which keeps the table's triggers (0002).
    op.add_column("purchase", sa.Column("payment_method_fallback", sa.String(length=40), nullable=True))


def downgrade() -> None:
    """Remove it."""
    op.drop_column("purchase", "payment_method_fallback")

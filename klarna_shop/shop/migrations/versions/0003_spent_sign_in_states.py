"""States of sign-ins by redirect that have come back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from klarna_shop.shop.database import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "spent_sign_in_state",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("spent_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("spent_sign_in_state", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_spent_sign_in_state_spent_at"), ["spent_at"], unique=False)


def downgrade() -> None:
    """Take it away."""
    op.drop_table("spent_sign_in_state")

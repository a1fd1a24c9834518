"""A purchase is withdrawn from once, also where the number of its order is not known."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.create_index("one_withdrawal_of_a_purchase", "withdrawal", ["purchase_id"], unique=True)


def downgrade() -> None:
    """Take it away."""
    op.drop_index("one_withdrawal_of_a_purchase", table_name="withdrawal")

"""A purchase is withdrawn from once, also where the number of its order is not known.

Of several declarations about one purchase, which the version before allowed, one keeps it: a buyer's before a
stranger's, then one that names the order, then the earliest. The others stay, with all that was written.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


_withdrawal = sa.table(
    "withdrawal",
    sa.column("id", sa.String),
    sa.column("at", sa.DateTime),
    sa.column("purchase_id", sa.String),
    sa.column("order_id", sa.String),
    sa.column("outcome", sa.String),
)


def upgrade() -> None:
    """Leave each purchase to one declaration, and make the index."""
    columns = _withdrawal.c
    best_first = [columns.outcome == "recorded", columns.order_id.is_(None), columns.at, columns.id]
    place = sa.func.row_number().over(partition_by=columns.purchase_id, order_by=best_first).label("place")
    declared = sa.select(columns.id, place).where(columns.purchase_id.is_not(None)).subquery()
    further = sa.select(declared.c.id).where(declared.c.place > 1)
    op.execute(_withdrawal.update().where(columns.id.in_(further)).values(purchase_id=None))
    op.create_index("one_withdrawal_of_a_purchase", "withdrawal", ["purchase_id"], unique=True)


def downgrade() -> None:
    """Take it away."""
    op.drop_index("one_withdrawal_of_a_purchase", table_name="withdrawal")

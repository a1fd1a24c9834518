"""An approval that cannot be read any more is left to a person: from authorized to unresolved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_transition = sa.table(
    "purchase_transition", sa.column("from_state", sa.String), sa.column("to_state", sa.String)
)


def upgrade() -> None:
    """Allow the change."""
    op.bulk_insert(_transition, [{"from_state": "authorized", "to_state": "unresolved"}])


def downgrade() -> None:
    """Refuse it again."""
    columns = _transition.c
    op.execute(
        _transition.delete().where(columns.from_state == "authorized", columns.to_state == "unresolved")
    )

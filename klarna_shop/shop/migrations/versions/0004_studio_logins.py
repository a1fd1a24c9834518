"""Studio logins; failed attempts are held against more than e-mail addresses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from klarna_shop.shop.database import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and rename the column."""
    op.create_table(
        "studio_session",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("password_digest", sa.String(length=64), nullable=False),
        sa.Column("last_seen_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("studio_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_studio_session_expires_at"), ["expires_at"], unique=False)
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.alter_column("email_digest", new_column_name="subject_digest")


def downgrade() -> None:
    """Take both back."""
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.alter_column("subject_digest", new_column_name="email_digest")
    op.drop_table("studio_session")

"""Buyers are recognised by a digest of their e-mail address.

The addresses are encrypted, so that rows of before get their digests from the shop itself when it starts
(`Recovery.after_start`); an open purchase gets them with its approval. Without a digest a row hinders none.

One subscription of a buyer may be under way, whichever offer leads to it. Rows of before keep to their own
code, as they were made: two of one buyer may be under way already.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

UNDER_WAY = "state IN ('authorized', 'placing', 'unknown', 'placed', 'unresolved')"


def upgrade() -> None:
    """Add the columns, the indexes and the table of the key."""
    # Plain additions, which keep the table's triggers (0002).
    op.add_column("purchase", sa.Column("address_digest", sa.String(length=64), nullable=True))
    op.add_column("purchase", sa.Column("trial_address_digest", sa.String(length=64), nullable=True))
    op.add_column(
        "purchase",
        sa.Column("subscription_code", sa.String(length=64), nullable=False, server_default=""),
    )
    op.execute("UPDATE purchase SET subscription_code = code")
    op.drop_index("one_purchase_under_way", table_name="purchase")
    op.create_index(
        "one_purchase_under_way",
        "purchase",
        ["buyer", "subscription_code"],
        unique=True,
        sqlite_where=sa.text(UNDER_WAY),
        postgresql_where=sa.text(UNDER_WAY),
    )
    op.create_index(
        "one_purchase_under_way_of_an_address",
        "purchase",
        ["address_digest", "subscription_code"],
        unique=True,
        sqlite_where=sa.text(UNDER_WAY),
        postgresql_where=sa.text(UNDER_WAY),
    )
    op.create_index(op.f("ix_purchase_trial_address_digest"), "purchase", ["trial_address_digest"])
    op.create_table(
        "address_digest_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_encrypted", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("address_digest_key")
    op.drop_index(op.f("ix_purchase_trial_address_digest"), table_name="purchase")
    op.drop_index("one_purchase_under_way_of_an_address", table_name="purchase")
    op.drop_index("one_purchase_under_way", table_name="purchase")
    op.create_index(
        "one_purchase_under_way",
        "purchase",
        ["buyer", "code"],
        unique=True,
        sqlite_where=sa.text(UNDER_WAY),
        postgresql_where=sa.text(UNDER_WAY),
    )
    op.drop_column("purchase", "subscription_code")
    op.drop_column("purchase", "trial_address_digest")
    op.drop_column("purchase", "address_digest")

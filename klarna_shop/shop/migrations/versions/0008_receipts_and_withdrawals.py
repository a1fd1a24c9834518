"""Where a receipt goes, waivers, mails that are to be sent, and declarations of withdrawal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from klarna_shop.shop.database import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and make the tables."""
    # Plain additions, which keep the table's triggers (0002).
    op.add_column("purchase", sa.Column("receipt_email_encrypted", sa.Text(), nullable=True))
    op.add_column("purchase", sa.Column("waived_at", UtcDateTime(), nullable=True))
    op.create_table(
        "queued_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("queued_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "about", name="one_mail_of_a_kind"),
    )
    op.create_index(op.f("ix_queued_mail_due_at"), "queued_mail", ["due_at"])
    op.create_table(
        "withdrawal",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("visitor_id", sa.String(length=64), nullable=True),
        sa.Column("account_id", sa.String(length=64), nullable=True),
        sa.Column("purchase_id", sa.String(length=64), nullable=True),
        sa.Column("order_id", sa.String(length=64), nullable=True),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("standing", sa.String(length=10), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("contract_encrypted", sa.Text(), nullable=True),
        sa.Column("name_encrypted", sa.Text(), nullable=True),
        sa.Column("email_encrypted", sa.Text(), nullable=True),
        sa.Column("email_digest", sa.String(length=64), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["purchase_id"], ["purchase.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("order_id", name="one_withdrawal_of_an_order"),
    )
    for column in ("at", "visitor_id", "account_id", "email_digest", "outcome"):
        op.create_index(op.f(f"ix_withdrawal_{column}"), "withdrawal", [column])


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("withdrawal")
    op.drop_table("queued_mail")
    op.drop_column("purchase", "waived_at")
    op.drop_column("purchase", "receipt_email_encrypted")

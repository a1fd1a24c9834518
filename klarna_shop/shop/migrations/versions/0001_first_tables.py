"""The first tables: meter, purchases with their history, sign-in sessions and attempts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from klarna_shop.shop.database import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "meter_read",
        sa.Column("visitor_id", sa.String(length=64), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("visitor_id", "slug"),
    )
    with op.batch_alter_table("meter_read", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meter_read_read_at"), ["read_at"], unique=False)

    op.create_table(
        "purchase",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("visitor_id", sa.String(length=64), nullable=True),
        sa.Column("account_id", sa.String(length=64), nullable=True),
        sa.Column("buyer", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("customer_encrypted", sa.String(), nullable=True),
        sa.Column("browser_encrypted", sa.String(), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("period_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("vat_percent", sa.Integer(), nullable=False),
        sa.Column("period_unit", sa.String(length=10), nullable=False),
        sa.Column("period_length", sa.Integer(), nullable=False),
        sa.Column("recurring", sa.Boolean(), nullable=False),
        sa.Column("after_code", sa.String(length=64), nullable=True),
        sa.Column("after_name", sa.String(), nullable=True),
        sa.Column("after_price", sa.Integer(), nullable=True),
        sa.Column("after_unit", sa.String(length=10), nullable=True),
        sa.Column("after_length", sa.Integer(), nullable=True),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("article_slug", sa.String(length=200), nullable=True),
        sa.Column("klarna_session_id_encrypted", sa.String(), nullable=False),
        sa.Column("client_token_encrypted", sa.String(), nullable=False),
        sa.Column("session_fingerprint", sa.String(length=64), nullable=False),
        sa.Column("payment_method_category", sa.String(length=40), nullable=False),
        sa.Column("authorization_token_encrypted", sa.String(), nullable=True),
        sa.Column("authorization_fingerprint", sa.String(length=64), nullable=True),
        sa.Column("authorized_at", UtcDateTime(), nullable=True),
        sa.Column("place_attempts", sa.Integer(), nullable=False),
        sa.Column("answers_lost", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.String(length=64), nullable=True),
        sa.Column("redirect_url", sa.String(), nullable=True),
        sa.Column("placed_at", UtcDateTime(), nullable=True),
        sa.Column("completed_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("authorization_fingerprint"),
        sa.UniqueConstraint("order_id"),
        sa.UniqueConstraint("session_fingerprint"),
    )
    with op.batch_alter_table("purchase", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_purchase_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_purchase_changed_at"), ["changed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_purchase_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_purchase_visitor_id"), ["visitor_id"], unique=False)
        batch_op.create_index(
            "one_purchase_under_way",
            ["buyer", "code"],
            unique=True,
            sqlite_where=sa.text("state IN ('authorized', 'placing', 'unknown', 'placed', 'unresolved')"),
            postgresql_where=sa.text("state IN ('authorized', 'placing', 'unknown', 'placed', 'unresolved')"),
        )

    op.create_table(
        "sign_in_attempt",
        sa.Column("email_digest", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("frozen_until", UtcDateTime(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("email_digest"),
    )
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_attempt_changed_at"), ["changed_at"], unique=False)

    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("email_encrypted", sa.String(), nullable=False),
        sa.Column("first_name_encrypted", sa.String(), nullable=False),
        sa.Column("tokens_encrypted", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_session_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_session_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "purchase_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("purchase_id", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("from_state", sa.String(length=20), nullable=True),
        sa.Column("to_state", sa.String(length=20), nullable=False),
        sa.Column("cause", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["purchase_id"],
            ["purchase.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("purchase_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_purchase_change_purchase_id"), ["purchase_id"], unique=False)


def downgrade() -> None:
    """Drop all tables."""
    with op.batch_alter_table("purchase_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_purchase_change_purchase_id"))

    op.drop_table("purchase_change")
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_session_expires_at"))
        batch_op.drop_index(batch_op.f("ix_sign_in_session_account_id"))

    op.drop_table("sign_in_session")
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_attempt_changed_at"))

    op.drop_table("sign_in_attempt")
    with op.batch_alter_table("purchase", schema=None) as batch_op:
        batch_op.drop_index(
            "one_purchase_under_way",
            sqlite_where=sa.text("state IN ('authorized', 'placing', 'unknown', 'placed', 'unresolved')"),
            postgresql_where=sa.text("state IN ('authorized', 'placing', 'unknown', 'placed', 'unresolved')"),
        )
        batch_op.drop_index(batch_op.f("ix_purchase_visitor_id"))
        batch_op.drop_index(batch_op.f("ix_purchase_state"))
        batch_op.drop_index(batch_op.f("ix_purchase_changed_at"))
        batch_op.drop_index(batch_op.f("ix_purchase_account_id"))

    op.drop_table("purchase")
    with op.batch_alter_table("meter_read", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meter_read_read_at"))

    op.drop_table("meter_read")

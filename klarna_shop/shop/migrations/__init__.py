"""Alembic's migrations of the shop's database; `shop.database.migrate` runs them."""

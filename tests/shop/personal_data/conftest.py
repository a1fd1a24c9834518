"""Giving and erasing must hold on both databases."""

from tests.postgres import settings_on_both

__all__ = ["settings_on_both"]

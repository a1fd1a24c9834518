"""What is stored and read of experiments must hold on both databases."""

from tests.postgres import settings_on_both

__all__ = ["settings_on_both"]

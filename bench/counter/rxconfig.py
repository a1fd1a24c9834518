"""Reflex's settings of the counter: no front end, states where the shop keeps them."""

import os

import reflex as rx
from reflex_base.constants import StateManagerMode

redis_url = os.environ.get("REDIS_URL") or None

config = rx.Config(
    app_name="counter",
    redis_url=redis_url,
    state_manager_mode=StateManagerMode.REDIS if redis_url else StateManagerMode.MEMORY,
    telemetry_enabled=False,
    show_built_with_reflex=False,
    disable_plugins=[rx.plugins.SitemapPlugin],
)

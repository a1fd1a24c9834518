"""Reflex's view of the shop's settings."""

import reflex as rx
from reflex_base.constants import StateManagerMode

from klarna_shop.operations.front_end import (
    BitmapsPlugin,
    ConnectionPlugin,
    FewFilesPlugin,
    ForeignChangesPlugin,
    FramedPagesPlugin,
    GuardsPlugin,
    LastPagePlugin,
    NewerBuildPlugin,
    OwnDocumentsPlugin,
    PlainElementsPlugin,
    ShortTasksPlugin,
    SocketAddressPlugin,
)
from klarna_shop.settings import load_settings

settings = load_settings()
redis_url = settings.redis_url.get_secret_value() or None

config = rx.Config(
    app_name="klarna_shop",
    # Replaced in the browser by the page's own host and port (SocketAddressPlugin).
    api_url="http://localhost",
    deploy_url=settings.app_url,
    backend_host="127.0.0.1",
    backend_port=settings.app_port,
    frontend_port=settings.app_port,
    cors_allowed_origins=settings.own_origins,
    redis_url=redis_url,
    # State mirrors the ledger and holds personal data: never on disk.
    state_manager_mode=StateManagerMode.REDIS if redis_url else StateManagerMode.MEMORY,
    default_color_mode="system",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    # The order counts: at equal quality the first is sent.
    frontend_compression_formats=["brotli", "gzip"],
    plugins=[
        SocketAddressPlugin(),
        FramedPagesPlugin(),
        FewFilesPlugin(),
        OwnDocumentsPlugin(),
        PlainElementsPlugin(),
        ShortTasksPlugin(),
        ForeignChangesPlugin(),
        GuardsPlugin(),
        LastPagePlugin(),
        ConnectionPlugin(),
        NewerBuildPlugin(),
        BitmapsPlugin(),
    ],
    disable_plugins=[rx.plugins.SitemapPlugin],
)

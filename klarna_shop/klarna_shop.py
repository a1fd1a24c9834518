"""The app put together: pages, routes, lifespan. Nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import reflex as rx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from klarna_shop.assembly import build_house
from klarna_shop.settings import SANDBOX_SDK_PATH, load_settings
from klarna_shop.shop.current import install_shop
from klarna_shop.ui.call_scope import CallScope
from klarna_shop.ui.closed_handlers import close_handlers
from klarna_shop.ui.discovery import publications
from klarna_shop.ui.document import document_options
from klarna_shop.ui.languages import languages, text
from klarna_shop.ui.lost_state import install_reconnection
from klarna_shop.ui.routes import add_pages, pages
from klarna_shop.web.client_address import ClientAddress, OneAddress
from klarna_shop.web.connection_guard import ConnectionGuard
from klarna_shop.web.discovery import discovery_routes
from klarna_shop.web.failure_page import FailurePages
from klarna_shop.web.health import health_routes
from klarna_shop.web.https_only import HttpsOnly
from klarna_shop.web.log_redaction import redact_logs
from klarna_shop.web.long_polling import LongPolling
from klarna_shop.web.media import media_routes
from klarna_shop.web.page_errors import page_error_routes
from klarna_shop.web.page_security import PageSecurity
from klarna_shop.web.pages import BuiltPages, not_found_pages
from klarna_shop.web.payway_webhooks import webhook_routes
from klarna_shop.web.session import VisitorCookie, auth_routes
from klarna_shop.web.socket_gate import SocketGate, close_socket, state_store_probe
from klarna_shop.web.socket_handshake import SocketHandshake
from klarna_shop.web.socket_limits import SocketLimits, SocketRates
from klarna_shop.web.state_store import cancellable
from klarna_shop.web.studio_login import studio_routes

PATIENCE = timedelta(seconds=20)
"""How long a server that is told to stop waits for orders that are being placed."""

redact_logs()
settings = load_settings()
house = build_house(settings)
install_shop(house.shop)

one_address = OneAddress()


def _routes() -> list[BaseRoute]:
    routes: list[BaseRoute] = [
        *auth_routes(house.shop),
        *health_routes(house.shop, one_address),
        *media_routes(house.shop),
        *page_error_routes(house.shop),
        *studio_routes(house.shop),
        *webhook_routes(house.shop),
        *discovery_routes(settings.app_url, pages(), publications(), house.shop.articles),
    ]
    if house.sandbox is not None:
        # An external sandbox serves its own pages; Klarna's stand-in script comes from here all the same.
        wanted = None if settings.embeds_sandbox else {SANDBOX_SDK_PATH}
        routes += [
            route
            for route in house.sandbox.browser.routes
            if wanted is None or (isinstance(route, Route) and route.path in wanted)
        ]
    return routes


own_routes = _routes()
failure_pages = Middleware(
    FailurePages, words=text, languages=languages(), seller_email=settings.seller_email
)
guard = ConnectionGuard(settings.app_port, settings.trusted_proxy_hops)


def _with_pages(inner: ASGIApp) -> ASGIApp:
    return BuiltPages(inner, not_found_pages=not_found_pages(languages()), security=PageSecurity.of(settings))


def _with_visitor_cookie(inner: ASGIApp) -> ASGIApp:
    return VisitorCookie(inner, settings)


def _with_socket_gate(inner: ASGIApp) -> ASGIApp:
    redis_url = settings.redis_url.get_secret_value()
    return SocketGate(inner, state_store_probe(redis_url)) if redis_url else inner


def _with_handshake(inner: ASGIApp) -> ASGIApp:
    shop = house.shop
    return SocketHandshake(inner, settings.own_origins, shop.identities.cookies, shop.encryption)


def _with_limits(inner: ASGIApp) -> ASGIApp:
    rates = SocketRates(events_per_second=settings.socket_events_per_second)
    return SocketLimits(inner, house.shop.identities.cookies, settings.trusted_proxy_hops, rates)


def _with_client_address(inner: ASGIApp) -> ASGIApp:
    cookies = house.shop.identities.cookies
    return ClientAddress(inner, settings.trusted_proxy_hops, cookies, one_address)


def _with_long_polling(inner: ASGIApp) -> ASGIApp:
    # One worker: a session's requests must all reach the same one.
    cookies = house.shop.identities.cookies
    return LongPolling(inner, settings.own_origins, cookies) if settings.app_workers == 1 else inner


def _with_https(inner: ASGIApp) -> ASGIApp:
    return HttpsOnly(inner, settings.app_url) if settings.app_url.startswith("https:") else inner


@asynccontextmanager
async def _housekeeping() -> AsyncIterator[None]:
    """As long as the server runs, unfinished purchases are looked after; steps and events are written down.

    At its end, those under way.
    """
    running = (
        house.housekeeping.run(),
        house.shop.recorder.run(),
        house.shop.events.run(),
        house.shop.webhooks.run(),
        guard.run(),
    )
    tasks = [asyncio.create_task(one) for one in running]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await house.shop.purchases.placing.finish(PATIENCE)
        # Once more, for the steps of those orders.
        await house.shop.recorder.flush()
        await house.shop.events.flush()
        await house.shop.close()
        if house.sandbox is not None:
            await house.sandbox.close()


app = rx.App(
    # Each later layer is around the ones before it.
    api_transformer=[
        Starlette(routes=own_routes, middleware=[failure_pages]),
        _with_pages,
        _with_visitor_cookie,
        _with_socket_gate,
        _with_handshake,
        _with_limits,
        _with_long_polling,
        _with_client_address,
        _with_https,
        guard.around,
    ],
    **document_options(),
)
app._state_manager = cancellable(app.state_manager)
app.add_middleware(CallScope())
app.register_lifespan_task(_housekeeping)
install_reconnection(app, close_socket)
add_pages(app)
close_handlers()

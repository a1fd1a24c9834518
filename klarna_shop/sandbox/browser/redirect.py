"""The page at Klarna to which a buyer is sent after an order, and which sends them on (§4, steps 7 and 8)."""

from __future__ import annotations

from html import escape

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from klarna_shop.sandbox.browser.page import Language, language_of, page
from klarna_shop.sandbox.services import Services
from klarna_shop.sandbox.tables import KlarnaSession, Order

PATH = "/sandbox/klarna/redirect"
_TEXTS: dict[Language, dict[str, str]] = {
    "sv": {
        "title": "Tillbaka till tidningen",
        "text": "Så här känner Klarna igen din enhet. Du skickas vidare automatiskt.",
        "link": "Fortsätt till tidningen",
        "lost": "Adressen gäller inte",
        "lost_text": "Det finns inget köp bakom den här adressen.",
    },
    "en": {
        "title": "Back to the newspaper",
        "text": "This is how Klarna recognises your device. You are sent on automatically.",
        "link": "Continue to the newspaper",
        "lost": "This address is not valid",
        "lost_text": "There is no purchase behind this address.",
    },
}


def redirect_route(services: Services) -> Route:
    """The route of the page."""

    async def redirect(request: Request) -> Response:
        query = (
            select(KlarnaSession.confirmation_url, Order.browser_language)
            .join(Order, Order.session_id == KlarnaSession.id)
            .where(Order.redirect_token == request.query_params.get("token", ""))
        )
        row = await services.database.read(lambda session: session.execute(query).first())
        if row is None:
            language = language_of(request.headers.get("accept-language"))
            texts = _TEXTS[language]
            return page(language, texts["lost"], f"<p>{texts['lost_text']}</p>", status=404)
        return _on_the_way(row[0], language_of(row[1]))

    return Route(PATH, redirect)


def _on_the_way(confirmation_url: str, language: Language) -> Response:
    # It refreshes at once and not after a pause: a pause would be a trap for the Back button and for
    # readers who need time. The link is for browsers that do not refresh by themselves.
    texts, address = _TEXTS[language], escape(confirmation_url, quote=True)
    refresh = f'<meta http-equiv="refresh" content="0;url={address}">'
    body = f'<p>{texts["text"]}</p><p><a href="{address}">{texts["link"]}</a></p>'
    return page(language, texts["title"], body, head=refresh)

"""The catalogue: products, searches, titles (payway-api.md §6)."""

from __future__ import annotations

from typing import Any

from klarna_shop.payway import reading
from klarna_shop.payway.answers import understood
from klarna_shop.payway.calls import Calls, Endpoint
from klarna_shop.payway.models import Product, Title

READ = "/external/product/r"

PRODUCT = Endpoint("GET", "/v4/products", READ)
PACKAGES = Endpoint("GET", "/v2/products/package/search", READ)
CAMPAIGNS = Endpoint("GET", "/v2/products/campaign/search", READ)
TITLE = Endpoint("GET", "/v1/titles/find_one", "/external/title/r")

PAGE_SIZE = 25
LAST_PAGE = 1000


class Products:
    """Packages, campaigns and products."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def product(self, product_code: str) -> Product:
        """One product, package or campaign (§6.1).

        Raises:
            NotFound: nothing has this code.
        """
        body = await self._calls.call(PRODUCT, query={"product_code": product_code})
        return understood(PRODUCT.operation, lambda answer: Product.read(reading.item(answer)), body)

    async def search_packages(self, title_code: str) -> list[Product]:
        """Every package of a title, from all pages (§6.2)."""
        return await self._search(PACKAGES, title_code)

    async def search_campaigns(self, title_code: str) -> list[Product]:
        """Every campaign of a title, from all pages (§6.2)."""
        return await self._search(CAMPAIGNS, title_code)

    async def _search(self, endpoint: Endpoint, title_code: str) -> list[Product]:
        found: list[Product] = []
        for page in range(1, LAST_PAGE + 1):
            query = {"title_code": title_code, "page_size": str(PAGE_SIZE), "page_number": str(page)}
            body = await self._calls.call(endpoint, query=query)
            products, more = understood(endpoint.operation, _page, body)
            found += products
            if not more or not products:
                break
        return found


class Titles:
    """Newspapers of the organisation."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def find_one(self, title_code: str) -> Title:
        """One title (§6.6).

        Raises:
            NotFound: nothing has this code.
        """
        body = await self._calls.call(TITLE, query={"title_code": title_code})
        return understood(TITLE.operation, _title, body)


def _page(body: Any) -> tuple[list[Product], bool]:
    products = [Product.read(entry) for entry in reading.items(body)]
    return products, reading.nested(body, "page_info").get("more_results_available") is True


def _title(body: Any) -> Title:
    source = reading.item(body)
    return Title(
        code=reading.required(source, "code"),
        name=reading.text(source, "name") or "",
        url=reading.text(source, "url"),
    )

"""The catalogue: products, searches, payment periods, titles (payway-api.md §6)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from functools import partial
from typing import Any

from klarna_shop.payway import reading
from klarna_shop.payway.answers import understood
from klarna_shop.payway.calls import Calls, Endpoint
from klarna_shop.payway.models import PaymentPeriod, Product, ProductPage, Title

READ = "/external/product/r"
TITLE_READ = "/external/title/r"

PRODUCT = Endpoint("GET", "/v4/products", READ, "6.1")
PRODUCTS = Endpoint("GET", "/v1/products", READ, "6.2")
PACKAGES = Endpoint("GET", "/v2/products/package/search", READ, "6.2")
CAMPAIGNS = Endpoint("GET", "/v2/products/campaign/search", READ, "6.2")
PERIODS = Endpoint("GET", "/v1/products/payment_periods", READ, "6.3")
TITLES = Endpoint("GET", "/v1/titles", TITLE_READ, "6.6")
TITLE = Endpoint("GET", "/v1/titles/find_one", TITLE_READ, "6.6")

PAGE_SIZE = 25
LAST_PAGE = 1000


class Products:
    """Packages, campaigns and products.

    Of the versions of a single product v4 is asked: it says all that v2 and v3 say, and that it has expired.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def product(
        self,
        product_code: str | None = None,
        *,
        product_id: str | None = None,
        integration_code: str | None = None,
    ) -> Product:
        """One product, package or campaign, by its code, its id or its code in another system (§6.1, §17).

        Raises:
            NotFound: nothing has this code or id.
        """
        query = _one_of(product_code=product_code, id=product_id, integration_code=integration_code)
        body = await self._calls.call(PRODUCT, query=query)
        return understood(PRODUCT.operation, lambda answer: Product.read(reading.item(answer)), body)

    async def all(
        self,
        *,
        product_type: str | None = None,
        title_code: str | None = None,
        tags: Sequence[str] = (),
        include_inactive: bool = False,
    ) -> list[Product]:
        """Everything at once, without pages (§6.2). `product_type`: `packages`, `campaigns` or `products`."""
        query = _query(product_type=product_type, title_code=title_code)
        query |= _filters(tags, include_inactive=include_inactive)
        return understood(PRODUCTS.operation, _products, await self._calls.call(PRODUCTS, query=query))

    async def search_packages(
        self, title_code: str, *, tags: Sequence[str] = (), include_inactive: bool = False
    ) -> list[Product]:
        """Every package of a title, from all pages (§6.2)."""
        pages = self.package_pages(title_code, tags=tags, include_inactive=include_inactive)
        return [product async for page in pages for product in page.products]

    async def search_campaigns(
        self, title_code: str, *, tags: Sequence[str] = (), include_inactive: bool = False
    ) -> list[Product]:
        """Every campaign of a title, from all pages (§6.2)."""
        pages = self.campaign_pages(title_code, tags=tags, include_inactive=include_inactive)
        return [product async for page in pages for product in page.products]

    def package_pages(
        self,
        title_code: str,
        *,
        tags: Sequence[str] = (),
        include_inactive: bool = False,
        page_size: int = PAGE_SIZE,
    ) -> AsyncIterator[ProductPage]:
        """Packages of a title page by page, as they are asked for (§1.6). `page_size` is 1 to 25."""
        filters = _filters(tags, include_inactive=include_inactive)
        return self._pages(PACKAGES, title_code, filters, page_size)

    def campaign_pages(
        self,
        title_code: str,
        *,
        tags: Sequence[str] = (),
        include_inactive: bool = False,
        page_size: int = PAGE_SIZE,
    ) -> AsyncIterator[ProductPage]:
        """Campaigns of a title page by page, as they are asked for (§1.6). `page_size` is 1 to 25."""
        filters = _filters(tags, include_inactive=include_inactive)
        return self._pages(CAMPAIGNS, title_code, filters, page_size)

    async def payment_periods(
        self, product_code: str | None = None, *, product_id: str | None = None
    ) -> list[PaymentPeriod]:
        """The periods of every payment method, disabled ones included (§6.3).

        Raises:
            NotFound: nothing has this code or id.
        """
        query = _one_of(product_code=product_code, product_id=product_id)
        body = await self._calls.call(PERIODS, query=query)
        return understood(PERIODS.operation, read_periods, body)

    async def _pages(
        self, endpoint: Endpoint, title_code: str, filters: dict[str, str], page_size: int
    ) -> AsyncIterator[ProductPage]:
        for number in range(1, LAST_PAGE + 1):
            query = {"title_code": title_code, "page_size": str(page_size), "page_number": str(number)}
            body = await self._calls.call(endpoint, query=query | filters)
            page = understood(endpoint.operation, partial(_page, number=number), body)
            yield page
            if not page.more_results_available or not page.products:
                return


class Titles:
    """Newspapers of the organisation."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def all(self) -> list[Title]:
        """Every title (§6.6)."""
        body = await self._calls.call(TITLES)
        return understood(
            TITLES.operation, lambda answer: [Title.read(entry) for entry in reading.items(answer)], body
        )

    async def find_one(self, title_code: str) -> Title:
        """One title (§6.6).

        Raises:
            NotFound: nothing has this code.
        """
        body = await self._calls.call(TITLE, query={"title_code": title_code})
        return understood(TITLE.operation, lambda answer: Title.read(reading.item(answer)), body)


def read_periods(body: Any) -> list[PaymentPeriod]:
    """Payment periods, from either of the endpoints that list them."""
    return [PaymentPeriod.read(entry) for entry in reading.items(body)]


def _products(body: Any) -> list[Product]:
    return [Product.read(entry) for entry in reading.items(body)]


def _page(body: Any, number: int) -> ProductPage:
    """A list without a wrapper says nothing of further pages."""
    info = reading.nested(body, "page_info") if isinstance(body, Mapping) else {}
    return ProductPage(
        products=_products(body),
        page_number=number,
        more_results_available=reading.boolean(info, "more_results_available") is True,
    )


def _query(**values: str | None) -> dict[str, str]:
    return {name: value for name, value in values.items() if value is not None}


def _one_of(**values: str | None) -> dict[str, str]:
    query = _query(**values)
    if len(query) != 1:
        raise ValueError(f"takes exactly one of {', '.join(values)}")
    return query


def _filters(tags: Sequence[str], *, include_inactive: bool) -> dict[str, str]:
    return _query(tags=",".join(tags) or None, include_inactive="true" if include_inactive else None)

"""What is sold: packages and campaigns, payment periods, titles (payway-api.md §5.1, §6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from klarna_shop.payway import reading
from klarna_shop.payway.reading import Json


@dataclass(frozen=True)
class PaymentPeriod:
    """How and how often something is paid (§5.1, §6.3). `price_ore` is for one period, VAT included."""

    id: str
    payment_method: str
    type: str
    enabled: bool
    iteration_type: str
    iteration_length: int
    price_ore: int

    @classmethod
    def read(cls, source: Json) -> PaymentPeriod:
        """From one entry of the answer."""
        length, price = reading.whole(source, "iteration_length"), reading.ore(source, "price")
        if price is None or price < 0:
            raise reading.Unreadable("price is missing")
        return cls(
            id=reading.required(source, "id"),
            payment_method=reading.text(source, "payment_method") or "",
            type=reading.text(source, "type") or "",
            enabled=reading.boolean(source, "enabled") is True,
            iteration_type=reading.text(source, "iteration_type") or "",
            iteration_length=length or 1,
            price_ore=price,
        )


@dataclass(frozen=True)
class Product:
    """A product, package or campaign (§6.1, §6.2). `vat_code` is per cent. None: the answer did not say."""

    product_code: str
    name: str
    description: str | None
    additional_short_description: str | None
    title_code: str | None
    vat_code: int | None
    transform_to_campaign_package: bool | None
    campaign_package_code: str | None
    customer_can_cancel: bool | None
    expired: bool
    valid_from: datetime | None
    valid_to: datetime | None
    id: str | None = None
    integration_code: str | None = None
    image_url: str | None = None
    tags: tuple[str, ...] = ()

    @classmethod
    def read(cls, source: Json) -> Product:
        """From a product answer, or one entry of a search."""
        return cls(
            product_code=reading.required(source, "product_code"),
            name=reading.text(source, "name") or "",
            description=reading.text(source, "description"),
            additional_short_description=reading.text(source, "additional_short_description"),
            title_code=reading.text(source, "title_code"),
            vat_code=reading.whole(source, "vat_code"),
            transform_to_campaign_package=reading.boolean(source, "transform_to_campaign_package"),
            campaign_package_code=reading.text(reading.nested(source, "campaign_package"), "product_code"),
            customer_can_cancel=reading.boolean(source, "customer_can_cancel"),
            expired=reading.boolean(source, "expired") is True,
            valid_from=reading.moment(source, "valid_from"),
            valid_to=reading.moment(source, "valid_to"),
            id=reading.text(source, "id"),
            integration_code=reading.text(source, "integration_code"),
            image_url=reading.text(source, "image_url"),
            tags=tuple(
                name for tag in reading.entries(source, "tags") if (name := reading.text(tag, "name"))
            ),
        )


@dataclass(frozen=True)
class ProductPage:
    """One page of a search (§1.6). There is no total count."""

    products: list[Product]
    page_number: int
    more_results_available: bool


@dataclass(frozen=True)
class Title:
    """A newspaper (§6.6)."""

    code: str
    name: str
    url: str | None
    image_url: str | None = None

    @classmethod
    def read(cls, source: Json) -> Title:
        """From one title of an answer."""
        return cls(
            code=reading.required(source, "code"),
            name=reading.text(source, "name") or "",
            url=reading.text(source, "url"),
            image_url=reading.text(source, "image_url"),
        )

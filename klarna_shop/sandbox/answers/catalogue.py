"""Answers about what is on sale (§6)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, RootModel

from klarna_shop.sandbox.answers.answer import ABSENT, Answer, EntityId, Fact, Kronor, Moment
from klarna_shop.sandbox.formats import CODE
from klarna_shop.sandbox.provenance import Provenance

Code = Annotated[str, Field(pattern=CODE.portable, max_length=50)]


class PeriodDetails(Answer, provenance=Provenance.DOCUMENTED, section="6.3"):
    """More about the payment method; there for some methods only."""

    name: str
    type: str


class ProductPeriod(Answer, provenance=Provenance.DOCUMENTED, section="6.3"):
    """A period of any payment method."""

    id: EntityId
    payment_method: Annotated[str, Fact("Such as `klarna_payments`, `adyen`, `invoice` or `free`.")]
    type: Annotated[Literal["recurring", "limited", "single"], Fact("`single` is charged once, for ever.")]
    enabled: bool
    iteration_type: Literal["day", "week", "month", "year"]
    iteration_length: Annotated[int, Field(ge=1)]
    price: Annotated[Kronor, Fact("In kronor, VAT included.")]
    details: PeriodDetails = ABSENT


class ProductPeriods(Answer, provenance=Provenance.DOCUMENTED, section="6.3"):
    """The periods of every payment method of a product."""

    items: list[ProductPeriod]


class Tag(Answer, provenance=Provenance.DOCUMENTED, section="6.1"):
    """A label that the publisher put on an offer."""

    name: str
    type: str


class BasePackage(Answer, provenance=Provenance.INFERRED, section="6.1"):
    """The package a campaign is built on. How Payway refers to it was not seen."""

    product_code: Code
    name: str


class ProductV2(Answer, provenance=Provenance.DOCUMENTED, section="6.1"):
    """A product, package or campaign. A product, which is an access right, has the first nine fields only."""

    id: EntityId
    valid_from: Moment | None
    valid_to: Moment | None
    product_code: Annotated[Code, Fact("The code of a product, package or campaign alike.")]
    integration_code: str | None
    title_code: Annotated[str, Fact("The newspaper it belongs to.")]
    name: str
    description: str
    additional_short_description: str | None
    transform_to_campaign_package: Annotated[
        bool, Fact("On a campaign: whether it becomes its base package, paid monthly, at its end.")
    ] = ABSENT
    customer_can_cancel: bool = ABSENT
    vat_code: Annotated[int, Fact("VAT in percent.")] = ABSENT
    rank: int = ABSENT
    show_price_excluding_vat: bool = ABSENT
    allow_gift_purchase: bool = ABSENT
    allow_only_gift_purchase: bool = ABSENT
    allow_voucher_purchase: bool = ABSENT
    allow_only_voucher_purchase: bool = ABSENT
    tags: list[Tag] = ABSENT
    price_periods: Annotated[
        list[ProductPeriod],
        Fact(
            "The documentation's example breaks off within this name, and the elements were not seen: "
            "take periods from `payment_periods`.",
            Provenance.INFERRED,
            reading="price_periods_in_product",
        ),
    ] = ABSENT
    campaign_package: Annotated[
        BasePackage, Fact("", Provenance.INFERRED, reading="base_package_reference")
    ] = ABSENT


class Product(ProductV2, provenance=Provenance.DOCUMENTED, section="6.1"):
    """A product, package or campaign, as v3 and v4 describe it."""

    expired: Annotated[bool, Fact("Whether it is no longer sold.")]
    image_url: str | None


class ListedProduct(Product, provenance=Provenance.INFERRED, section="6.2"):
    """A product, package or campaign in a list of v1, whose answer was not seen."""


class FoundProduct(Product, provenance=Provenance.INFERRED, section="6.2"):
    """A package or campaign that a search found. The documentation's list of its fields breaks off."""

    id: Annotated[EntityId, Fact("", Provenance.DOCUMENTED)]
    valid_from: Annotated[Moment | None, Fact("", Provenance.DOCUMENTED)]
    valid_to: Annotated[Moment | None, Fact("", Provenance.DOCUMENTED)]
    expired: Annotated[bool, Fact("Whether it is no longer sold.", Provenance.DOCUMENTED)]
    product_code: Annotated[Code, Fact("The code of the package or campaign.", Provenance.DOCUMENTED)]
    integration_code: Annotated[str | None, Fact("", Provenance.DOCUMENTED)]
    title_code: Annotated[str, Fact("The newspaper it belongs to.", Provenance.DOCUMENTED)]
    name: Annotated[str, Fact("", Provenance.DOCUMENTED)]
    description: Annotated[str, Fact("", Provenance.DOCUMENTED)]
    additional_short_description: Annotated[str | None, Fact("", Provenance.DOCUMENTED)]
    image_url: Annotated[str | None, Fact("", Provenance.DOCUMENTED)]


class ProductV2Answer(Answer, provenance=Provenance.DOCUMENTED, section="6.1"):
    """One product, package or campaign."""

    item: ProductV2


class ProductAnswer(Answer, provenance=Provenance.DOCUMENTED, section="6.1"):
    """One product, package or campaign."""

    item: Product


class ProductsAsItems(Answer, provenance=Provenance.INFERRED, section="6.2"):
    """Products, packages and campaigns, under `items` as other lists."""

    items: list[ListedProduct]


class ProductsAsItem(Answer, provenance=Provenance.INFERRED, section="6.2"):
    """The same under `item`, as single objects."""

    item: list[ListedProduct]


class ProductList(RootModel[ProductsAsItems | ProductsAsItem]):
    """Products, packages and campaigns."""

    root: Annotated[
        ProductsAsItems | ProductsAsItem,
        Fact("", Provenance.INFERRED, "6.2", reading="product_list_field"),
    ]


class PageInfo(Answer, provenance=Provenance.DOCUMENTED, section="1.6"):
    """Which page this is. Nobody says how many there are."""

    page_size: Annotated[int, Field(ge=1, le=25)]
    page_number: Annotated[int, Field(ge=1, le=1000)]
    more_results_available: bool


class ProductPage(Answer, provenance=Provenance.DOCUMENTED, section="6.2"):
    """A page of what a search found."""

    page_info: PageInfo
    items: list[FoundProduct]


class Title(Answer, provenance=Provenance.DOCUMENTED, section="6.6"):
    """A newspaper of the organisation."""

    name: str
    code: Annotated[str, Fact("Products, paywalls and subscriptions carry it as `title_code`.")]
    image_url: str | None
    merchant_image_url: str | None = ABSENT
    url: str
    rgb: Annotated[str, Fact("Its colour.")]


class Titles(Answer, provenance=Provenance.DOCUMENTED, section="6.6"):
    """The organisation's newspapers."""

    items: list[Title]


class TitleAnswer(Answer, provenance=Provenance.DOCUMENTED, section="6.6"):
    """One newspaper."""

    item: Title

"""Answers about the current account, its entitlements and its payments (§8)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from klarna_shop.sandbox.answers.answer import ABSENT, Answer, Day, EntityId, Fact, Moment, OrderNumber
from klarna_shop.sandbox.answers.subscriptions import UserProduct
from klarna_shop.sandbox.provenance import Provenance

PAYMENT_TYPES = "`normal` is a first payment; that `autopay` is a renewal is inferred."


class PaywayAddress(Answer, provenance=Provenance.DOCUMENTED, section="13"):
    """A Payway Address. Either a person's two names or `company_name` is there."""

    first_name: str | None = None
    last_name: str | None = None
    street: str
    street_number: str | None = None
    staircase: str | None = None
    floor: str | None = None
    apartment: str | None = None
    apartment_number: str | None = None
    zip_code: str
    city: str
    country_code: Literal["SE", "FI"]
    mobile_number: str | None = None
    phone_number: str | None = None
    contact_email: str | None = None
    drop_box: str | None = None
    care_of: str | None = None
    company_name: str | None = None
    company_department: str | None = None
    company_reference: str | None = None
    company_crn: str | None = None
    company_vat_number: str | None = None


class AddressV1(Answer, provenance=Provenance.DOCUMENTED, section="8.1"):
    """The older form of address."""

    first_name: str | None
    last_name: str | None
    street: str | None
    street_number: str | None
    staircase: str | None
    floor: str | None
    apartment_number: str | None
    zip_code: str | None
    city: str | None
    drop_box: str | None


class AccountFacts(Answer, provenance=Provenance.DOCUMENTED, section="8.1"):
    """What every version says of an account."""

    id: EntityId
    email: Annotated[str, Fact("The name to sign in with.")]
    status: Literal["created", "active", "inactive", "archived"]
    verified: bool
    customer_number: str
    first_name: str | None
    last_name: str | None
    mobile_phone_number: str | None
    birth_date: Day | None
    social_security_number: Annotated[str | None, Fact("Six digits, a hyphen, four digits.")]
    social_security_number_century: Annotated[
        str | None, Field(pattern=r"^[0-9]{12}$"), Fact("The whole number: twelve digits.", section="17")
    ]
    age: Annotated[int | None, Field(ge=0)]
    gender: Annotated[
        Literal["F", "M"], Fact("There only with a personal number; that a woman is `F` is inferred.")
    ] = ABSENT
    company_name: Annotated[str | None, Fact("Can be given when the account is made.", Provenance.INFERRED)]
    company_registration_number: str | None
    alias: str | None
    account_origin: Annotated[str | None, Fact("Code of the title that caused the account to be made.")]
    delivery_address: Annotated[
        PaywayAddress | None,
        Fact(
            "Synchronised from Klarna's order; that an account shows it is inferred.",
            Provenance.INFERRED,
            "5.4",
        ),
    ]
    user_products: Annotated[list[UserProduct], Fact("All subscriptions, ended ones too.")]


class Account(AccountFacts, provenance=Provenance.DOCUMENTED, section="8.1"):
    """The current account. What it may read is not to be concluded from this: ask `active_products`."""

    address: PaywayAddress | None


class AccountV1(AccountFacts, provenance=Provenance.DOCUMENTED, section="8.1"):
    """The current account, with the older form of address."""

    address: AddressV1 | None
    tulo_customer_number: str
    tags: list[str]


class AccountAnswer(Answer, provenance=Provenance.DOCUMENTED, section="8.1"):
    """The current account."""

    item: Account


class AccountV1Answer(Answer, provenance=Provenance.DOCUMENTED, section="8.1"):
    """The current account."""

    item: AccountV1


class ActiveArticle(Answer, provenance=Provenance.DOCUMENTED, section="8.2"):
    """A single article that was bought."""

    article_id: str
    article_name: str
    article_url: str
    title_name: str
    title_code: str
    order_id: OrderNumber
    purchase_date: Moment


class ActiveProducts(Answer, provenance=Provenance.DOCUMENTED, section="8.2"):
    """What the account may use: bought, provisioned by others, or shared with it."""

    id: Annotated[EntityId, Fact("The account's.")]
    active_products: Annotated[
        list[str],
        Fact(
            "Codes of products and packages alike. An article opens if any of the codes it asks for is here."
        ),
    ]
    external_plus_products: list[str] = ABSENT
    active_articles: Annotated[list[ActiveArticle], Fact("There if `include_articles` asks for it.")] = ABSENT


class ActiveProductsAnswer(Answer, provenance=Provenance.DOCUMENTED, section="8.2"):
    """Codes of all the account may use."""

    item: ActiveProducts


class PaymentMethodDetails(Answer, provenance=Provenance.DOCUMENTED, section="8.4"):
    """How it was paid."""

    type: str
    name: str


class HistoricPayment(Answer, provenance=Provenance.DOCUMENTED, section="8.4"):
    """A payment in the purchase history."""

    payment_id: EntityId
    transaction_number: str | None
    order_id: OrderNumber
    description: str
    price: Annotated[
        str, Field(pattern=r"^[0-9]+\.[0-9]{1,2}$", examples=["129.0"]), Fact("In kronor, and a text here.")
    ]
    payment_method: str
    payment_method_details: PaymentMethodDetails
    payment_type: Annotated[Literal["normal", "autopay"], Fact(PAYMENT_TYPES, reading="renewal_payment_type")]
    is_partial_payment: bool
    is_number_based: bool
    is_voucher_purchase: bool
    voucher_code: str | None
    payment_created: Moment
    tulo_provisioned: bool
    receipt_id: str | None
    masked_credit_card: str | None
    state: str
    offline_payment: bool
    payment_ref: str | None
    paid: bool
    pending: bool
    failed: bool
    internal: bool


class PurchaseHistory(Answer, provenance=Provenance.DOCUMENTED, section="8.4"):
    """All payments, the latest first."""

    items: list[HistoricPayment]

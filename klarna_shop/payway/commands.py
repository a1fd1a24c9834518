"""The commands of `python -m klarna_shop.payway`: which endpoint each asks, and what it takes.

Imported by `__main__` alone. Every command reads; none changes anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from klarna_shop.payway.calls import Endpoint
from klarna_shop.payway.resources import accounts, catalogue, klarna_payments, me, orders


@dataclass(frozen=True)
class Argument:
    """One argument of a command: the parameter of the endpoint that it becomes."""

    name: str
    help: str
    parameter: str
    option: bool = False
    """Written `--name value`, and may be left out."""
    in_path: bool = False
    title: bool = False
    """Where it is left out, the title of the settings stands in for it."""


@dataclass(frozen=True)
class Command:
    """One command: its help, its endpoint, and whether a customer signs in for it."""

    help: str
    endpoint: Endpoint
    arguments: tuple[Argument, ...] = ()
    identity: bool = False
    fixed: Mapping[str, str] | None = None


_TITLE = Argument("title", "title code (default: PAYWAY_TITLE_CODE)", "title_code", option=True, title=True)
_PAGE = Argument("page", "page number, from 1", "page_number", option=True)
_TAGS = Argument("tags", "tags, separated by commas", "tags", option=True)
_CODE = Argument("code", "code of a product, package or campaign", "product_code")
_ACCOUNT = Argument("account", "account id", "account_id")
_KLARNA_CODE = Argument("code", "code of a package or campaign", "code")

COMMANDS: dict[str, Command] = {
    "titles": Command("the organisation's newspapers", catalogue.TITLES),
    "title": Command("one newspaper", catalogue.TITLE, (_TITLE,)),
    "products": Command(
        "products, packages and campaigns of a title",
        catalogue.PRODUCTS,
        (_TITLE, _TAGS, Argument("type", "packages, campaigns or products", "product_type", option=True)),
    ),
    "packages": Command("a page of a title's packages", catalogue.PACKAGES, (_TITLE, _PAGE, _TAGS)),
    "campaigns": Command("a page of a title's campaigns", catalogue.CAMPAIGNS, (_TITLE, _PAGE, _TAGS)),
    "product": Command("one product, package or campaign", catalogue.PRODUCT, (_CODE,)),
    "periods": Command("the Klarna payment periods of a code", klarna_payments.PERIODS, (_KLARNA_CODE,)),
    "all-periods": Command("payment periods of every payment method", catalogue.PERIODS, (_CODE,)),
    "reasons": Command("reasons for cancelling", orders.REASONS),
    "order": Command(
        "one order by its number", orders.ORDER, (Argument("number", "such as DEMO-1001", "order_id"),)
    ),
    "orders": Command("the orders of an account", orders.ORDER, (_ACCOUNT,)),
    "start-dates": Command(
        "the days on which a subscription of a code may begin",
        orders.START_DATES,
        (_CODE, Argument("account", "account id", "account_id", option=True)),
    ),
    "subscriptions": Command("the subscriptions of an account", orders.SUBSCRIPTIONS, (_ACCOUNT,)),
    "user-products": Command(
        "the same in fewer words",
        orders.USER_PRODUCTS,
        (Argument("account", "account id", "account_id", in_path=True),),
    ),
    "account-products": Command("the codes an account may use", accounts.ACTIVE_PRODUCTS, (_ACCOUNT,)),
    "status": Command(
        "the status of the account with an e-mail address",
        accounts.STATUS,
        (Argument("email", "e-mail address", "email"),),
    ),
    "attempts": Command(
        "how many sign-ins an address has left",
        accounts.ATTEMPTS,
        (Argument("email", "e-mail address", "email"),),
    ),
    "can-buy": Command(
        "whether somebody with this e-mail address may buy a code",
        accounts.PRE_VALIDATE,
        (_CODE, Argument("contact", "e-mail address", "contact_email")),
    ),
    "me": Command("the signed-in customer's account", me.ACCOUNT_V3, identity=True),
    "active-products": Command("the codes the signed-in customer may use", me.ACTIVE_PRODUCTS, identity=True),
    "history": Command("what the signed-in customer has paid", me.HISTORY, identity=True),
    "eligible": Command(
        "whether the signed-in customer may buy a code", me.PRE_VALIDATE, (_CODE,), identity=True
    ),
}

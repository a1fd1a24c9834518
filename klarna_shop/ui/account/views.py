"""The account as the page shows it: facts of `shop.identity.account` put into words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from klarna_shop.shop.identity.account import (
    AccountOverview,
    CustomerOrder,
    CustomerPayment,
    CustomerSubscription,
)
from klarna_shop.shop.money import long_date, price, seller_date
from klarna_shop.ui.languages import address, text

STATES = ("pending", "activated", "cancelled", "deactivated", "frozen")
ORDER_STATES = ("created", "closed", "failed")


@dataclass
class SubscriptionView:
    """A subscription. `state` is Payway's word, for tests; everything else but the ids is words."""

    id: str = ""
    code: str = ""
    state: str = ""
    name: str = ""
    state_word: str = ""
    line: str = ""
    small_print: str = ""
    cancel_title: str = ""
    cancel_line: str = ""
    can_cancel: bool = False
    can_reactivate: bool = False
    order_id: str = ""
    withdrawn: bool = False
    """The contract has been withdrawn from: the subscription is not taken up again."""


@dataclass
class OrderView:
    """An order."""

    order_id: str = ""
    state: str = ""
    name: str = ""
    line: str = ""
    receipt_address: str = ""
    """Of what was bought in this shop."""


@dataclass
class PaymentView:
    """A payment."""

    id: str = ""
    name: str = ""
    line: str = ""


@dataclass
class DetailView:
    """One detail of the customer. `field` is the UI contract's `data-field`."""

    field: str = ""
    label: str = ""
    value: str = ""


@dataclass
class ReasonView:
    """A reason for cancelling, in the publisher's words."""

    id: str = ""
    name: str = ""


def subscription_view(
    held: CustomerSubscription, language: str, *, withdrawn: bool = False
) -> SubscriptionView:
    """One subscription in words; `withdrawn` where its contract has been withdrawn from."""
    state = held.state if held.state in STATES else "unknown"
    return SubscriptionView(
        id=held.id,
        code=held.code,
        state=held.state,
        name=held.name,
        state_word=text(language, "account.state.withdrawn" if withdrawn else f"account.state.{state}"),
        line=text(language, "account.line.withdrawn")
        if withdrawn
        else _subscription_line(held, state, language),
        small_print=f"{text(language, 'account.bought_in')} {held.order_id}" if held.order_id else "",
        cancel_title=text(language, "account.cancel.title", name=held.name),
        cancel_line=_dated("account.cancel.keeps", held.valid_to, language),
        can_cancel=held.can_cancel,
        can_reactivate=held.can_reactivate and not withdrawn,
        order_id=held.order_id or "",
        withdrawn=withdrawn,
    )


def _subscription_line(held: CustomerSubscription, state: str, language: str) -> str:
    if state == "activated":
        return _running_line(held, language)
    if state == "pending" and held.valid_from is not None:
        return text(language, "account.line.pending", date=_day(held.valid_from, language))
    if state == "cancelled":
        if held.begins_later and held.valid_from is not None:
            return text(language, "account.line.pending_cancelled", date=_day(held.valid_from, language))
        return _dated("account.line.cancelled", held.valid_to, language)
    if state == "deactivated":
        kind = "refused" if held.payment_refused else "deactivated"
        return _dated(f"account.line.{kind}", held.ended_at, language)
    return text(language, "account.line.frozen" if state == "frozen" else "account.line.unknown")


def _running_line(held: CustomerSubscription, language: str) -> str:
    if held.valid_to is None:
        return text(language, "account.line.runs")
    end = _day(held.valid_to, language)
    if not held.renews:
        return text(language, "account.line.ends", date=end)
    if held.next_price is None:
        return text(language, "account.line.renews_without_price", date=end)
    return text(language, "account.line.renews", date=end, price=price(held.next_price, language))


def order_view(order: CustomerOrder, language: str, purchase_id: str = "") -> OrderView:
    """One order in words; `purchase_id` where it was placed here."""
    state = order.state if order.state in ORDER_STATES else "unknown"
    parts = [
        _day(order.created, language) if order.created else "",
        price(order.price, language) if order.price is not None else "",
        text(language, f"account.order.{state}"),
    ]
    receipt = f"{address(language, '/receipt')}?purchase={purchase_id}" if purchase_id else ""
    line = " · ".join(part for part in parts if part)
    return OrderView(order.order_id, order.state, order.name, line, receipt)


def payment_view(payment: CustomerPayment, language: str) -> PaymentView:
    """One payment in words."""
    parts = [
        _day(payment.created, language) if payment.created else "",
        price(payment.amount, language),
        text(language, f"account.payment.{payment.state}"),
    ]
    return PaymentView(payment.id, payment.name, " · ".join(part for part in parts if part))


def detail_views(overview: AccountOverview, language: str) -> list[DetailView]:
    """The customer's details, in the order of reading; what is missing says so."""
    details = overview.details
    values = {
        "name": details.name,
        "address": ", ".join(details.address),
        "delivery_address": ", ".join(details.delivery_address),
        "birth_date": long_date(details.birth_date, language) if details.birth_date else "",
        "personal_number": details.masked_personal_number,
        "mobile": details.mobile,
    }
    missing = text(language, "account.detail.missing")
    return [
        DetailView(field, text(language, f"account.detail.{field}"), value or missing)
        for field, value in values.items()
    ]


def details_line(overview: AccountOverview, language: str) -> str:
    """When the details came from Klarna, or when they will."""
    if overview.details_from == "klarna" and overview.details_came is not None:
        return text(language, "account.details.from_klarna", date=_day(overview.details_came, language))
    if overview.details_from == "first_charge":
        first = overview.first_charge
        when = text(language, "account.details.trial_date", date=_day(first, language)) if first else ""
        return text(language, "account.details.trial", date=when)
    return text(language, "account.details.none") if overview.details_from == "nobody" else ""


def _dated(key: str, moment: datetime | None, language: str) -> str:
    if moment is None:
        return text(language, f"{key}_without_date")
    return text(language, key, date=_day(moment, language))


def _day(moment: datetime, language: str) -> str:
    return long_date(seller_date(moment), language)

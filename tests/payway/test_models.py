"""What the answers' models keep, beyond what the shop shows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from klarna_shop.payway import Account, AccountRequest, Address, KlarnaSession, Order, PlacedOrder

ORDER: dict[str, Any] = {
    "order_id": "DEMO-7",
    "state": "closed",
    "payment_option": "klarna_payments",
    "purchase_type": "recurring",
    "traffic_source": "web",
    "parent_order_id": "DEMO-1",
    "child_order_ids": ["DEMO-8"],
    "order_detail": {"period_info": {"type": "month", "length": 1, "price": 99.0}, "price": 99.0},
    "payments": [
        {
            "product_code": "digital",
            "payment_result": {
                "created": "2026-03-10T10:30:00.123+01:00",
                "amount": "9900",
                "transaction_number": "t1",
                "error_code": None,
            },
            "payment_type": "autopay",
            "payment_method": "klarna_payments",
            "amount": 99.0,
            "state": "closed",
        },
        {"payment_result": {"amount": "4900", "payment_method": "klarna_payments"}},
    ],
}


def test_an_order_knows_its_payments_in_ore_from_either_field() -> None:
    order = Order.read(ORDER)
    assert [payment.amount_ore for payment in order.payments] == [9900, 4900]
    first, second = order.payments
    assert (first.payment_type, first.state, first.transaction_number) == ("autopay", "closed", "t1")
    assert first.created == datetime(2026, 3, 10, 9, 30, 0, 123000, tzinfo=UTC)
    assert second.payment_method == "klarna_payments"
    assert (order.iteration_type, order.iteration_length) == ("month", 1)
    assert (order.parent_order_id, order.child_order_ids) == ("DEMO-1", ("DEMO-8",))


def test_an_account_knows_what_it_has_had() -> None:
    listed = [{"id": "u", "product_code": "digital", "state": "cancelled"}, {"id": "without a code"}, "odd"]
    account = Account.read({"item": {"id": "a", "customer_number": "12345", "user_products": listed}})
    assert [(product.product_code, product.state) for product in account.user_products] == [
        ("digital", "cancelled")
    ]
    assert "12345" not in repr(account)


@pytest.mark.parametrize("spelling", ["redirect_url", "redirect_uri", "klarna_redirect_url"])
@pytest.mark.parametrize(
    "shape",
    [
        lambda redirect: {"item": {"order_id": "DEMO-1", **redirect}},
        lambda redirect: {"order_id": "DEMO-1", **redirect},
        lambda redirect: {"item": {"order_id": "DEMO-1"}, **redirect},
        lambda redirect: {"order_id": "DEMO-1", "item": redirect},
    ],
)
def test_the_redirect_address_is_found_wherever_it_stands(shape: Any, spelling: str) -> None:
    placed = PlacedOrder.read(shape({spelling: "https://klarna.example/r"}))
    assert (placed.order_id, placed.redirect_url) == ("DEMO-1", "https://klarna.example/r")


def test_categories_beside_the_item_are_found() -> None:
    session = KlarnaSession.read(
        {
            "item": {"klarna_payments_session_id": "s", "klarna_client_token": "c"},
            "payment_method_categories": [{"identifier": "pay_now"}],
        }
    )
    assert session.payment_method_categories == ["pay_now"]


def test_an_account_request_says_what_was_given_and_nothing_else() -> None:
    request = AccountRequest(
        "ny@exempel.example",
        "hemligt",
        birth_date=date(1980, 6, 10),
        address=Address(
            first_name="Ny", street="Storgatan", zip_code="12345", city="Norrlunda", country_code="SE"
        ),
    )
    assert request.body() == {
        "email": "ny@exempel.example",
        "password": "hemligt",
        "birth_date": "1980-06-10",
        "address": {
            "first_name": "Ny",
            "street": "Storgatan",
            "zip_code": "12345",
            "city": "Norrlunda",
            "country_code": "SE",
        },
    }
    assert "hemligt" not in repr(request)

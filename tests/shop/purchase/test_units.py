"""The units of work that the steps of a purchase take: one more of them is one more wait for its reader."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from klarna_shop.assembly import House
from klarna_shop.shop.purchase import PurchaseState
from klarna_shop.shop.reader import Reader
from tests.house import Open


@pytest.fixture
def units(house: House, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Return the units of work since the last call."""
    seen: list[str] = []

    def noting(name: str) -> Callable[..., Any]:
        carry_out = getattr(house.shop.database, name)

        async def noted(work: Any, **options: Any) -> Any:
            seen.append(name)
            return await carry_out(work, **options)

        return noted

    for name in ("read", "write", "clean_up"):
        monkeypatch.setattr(house.shop.database, name, noting(name))

    def taken() -> list[str]:
        found = seen[:]
        seen.clear()
        return found

    return taken


async def test_a_purchase_is_read_once_for_its_approval_and_not_again_until_it_is_completed(
    house: House, visitor: Reader, open_purchase: Open, units: Callable[[], list[str]]
) -> None:
    purchases = house.shop.purchases
    await purchases.placing.addresses.load()
    units()
    opened = await open_purchase(visitor)
    assert units() == ["read", "write"]
    authorized = await purchases.approve(visitor, opened.session_fingerprint, str(uuid.uuid4()))
    assert units() == ["read", "write"]
    placed = await purchases.place(authorized)
    assert units() == ["write"] * 3, "claimed, marked as sent, placed"
    completed = await purchases.settle(placed)
    assert units() == ["write"]
    assert completed.status is PurchaseState.COMPLETED
    assert completed == await purchases.find(visitor, opened.id)


async def test_a_second_approval_writes_nothing(
    house: House, visitor: Reader, open_purchase: Open, units: Callable[[], list[str]]
) -> None:
    opened = await open_purchase(visitor)
    first = await house.shop.purchases.approve(visitor, opened.session_fingerprint, str(uuid.uuid4()))
    units()
    again = await house.shop.purchases.approve(visitor, opened.session_fingerprint, str(uuid.uuid4()))
    assert (again, units()) == (first, ["read"])

"""The last day of withdrawal is the same wherever it is said, from the picker to the mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from klarna_shop.assembly import House
from klarna_shop.shop.current import install_shop
from klarna_shop.shop.encryption import fingerprint
from klarna_shop.shop.identity.cookies import new_token
from klarna_shop.shop.mails import MailKind
from klarna_shop.shop.money import SELLER_ZONE, long_date
from klarna_shop.shop.purchase import CustomerDetails, Purchase
from klarna_shop.shop.reader import Reader
from klarna_shop.shop.scenarios.timeline import Stop, timeline
from klarna_shop.ui.checkout.state import CheckoutState
from klarna_shop.ui.confirmation.state import ConfirmationState
from klarna_shop.ui.letters import Letters
from klarna_shop.ui.packages.state import PackagesState
from klarna_shop.ui.withdrawal.state import WithdrawalState
from tests.house import Approve, Open
from tests.ui.tab import new_tab, run, visit


@dataclass
class Buyer:
    """A browser that buys one subscription."""

    house: House
    token: str

    @property
    def reader(self) -> Reader:
        return Reader(visitor_id=fingerprint(self.token))

    async def shown(self, kind: type[Any], path: str, **query: str) -> Any:
        """A page's state as this browser meets it."""
        root = new_tab()
        visit(root, path, f"visitor={self.token}", **query)
        state = await root.get_state(kind)
        await run(state, "show")
        return state

    def now_is(self, *moment: int) -> None:
        """Stop the clock of shop and sandbox, in the seller's time."""
        assert self.house.sandbox is not None
        self.house.sandbox.clock.stop(datetime(*moment, tzinfo=SELLER_ZONE).astimezone(UTC))  # type: ignore[misc,arg-type]


@pytest.fixture
def buyer(house: House) -> Buyer:
    install_shop(house.shop)
    return Buyer(house, new_token())


def _line(last: date) -> str:
    return f"till och med {long_date(last, 'sv')}"


async def _after(buyer: Buyer, purchase: Purchase) -> dict[str, str]:
    """Every place that names the last day once the order is there."""
    house = buyer.house
    confirmation = await buyer.shown(ConfirmationState, "/confirmation", purchase=purchase.id)
    assert confirmation.status == "completed"
    letters = Letters(house.shop.settings, house.shop.purchases, house.shop.withdrawals)
    mail = await letters.compose(MailKind.RECEIPT, purchase.id)
    assert mail is not None
    receipt = await letters.receipt(purchase, "sv")
    said = next(one.paragraphs for one in receipt.sections if any("ångerrätt" in p for p in one.paragraphs))
    withdrawal = await buyer.shown(WithdrawalState, "/withdraw", purchase=purchase.id)
    [station] = [
        one
        for one in timeline(purchase.offer, purchase.concluded_on, purchase.concluded_on)
        if one.stop is Stop.WITHDRAWAL_ENDS
    ]
    return {
        "confirmation": confirmation.offer.withdrawal_line,
        "receipt": said[0],
        "mail": mail.text,
        "withdrawal page": withdrawal.chosen.deadline,
        "time machine": _line(station.day),
    }


@pytest.mark.parametrize(
    ("now", "last"),
    [
        ((2026, 12, 10, 12, 0), date(2026, 12, 28)),  # Christmas
        ((2027, 3, 14, 12, 0), date(2027, 3, 30)),  # Easter Sunday, the day summer time begins
        ((2027, 6, 11, 23, 30), date(2027, 6, 28)),  # Midsummer Eve, bought at 21.30 UTC
        ((2027, 6, 12, 0, 30), date(2027, 6, 28)),  # bought at 22.30 UTC of the day before
    ],
)
async def test_the_same_day_from_the_picker_to_the_mail(
    buyer: Buyer, open_purchase: Open, approve: Approve, now: tuple[int, ...], last: date
) -> None:
    buyer.now_is(*now)
    picker = await buyer.shown(PackagesState, "/packages")
    assert _line(last) in picker.withdrawal_line
    assert [one.withdrawal_line for one in picker.offers if _line(last) not in one.withdrawal_line] == []
    opened = await open_purchase(buyer.reader)
    checkout = await buyer.shown(CheckoutState, "/checkout", purchase=opened.id)
    assert _line(last) in checkout.offer.withdrawal_line
    purchase = await buyer.house.shop.purchases.settle(await approve(buyer.reader, opened))
    told = await _after(buyer, purchase)
    assert {place: words for place, words in told.items() if _line(last) not in words} == {}


async def test_the_right_stands_on_its_last_day_and_not_after_it(
    buyer: Buyer, open_purchase: Open, approve: Approve
) -> None:
    buyer.now_is(2026, 12, 10, 12, 0)
    purchase = await buyer.house.shop.purchases.settle(
        await approve(buyer.reader, await open_purchase(buyer.reader))
    )
    contracts = buyer.house.shop.withdrawals.contracts
    for moment, stands in (
        ((2026, 12, 25, 0, 1), True),
        ((2026, 12, 28, 23, 59), True),
        ((2026, 12, 29, 0, 1), False),
    ):
        buyer.now_is(*moment)
        assert contracts.of_purchase(purchase).is_open is stands, moment


async def test_the_day_of_the_order_counts_and_not_that_on_which_the_checkout_was_opened(
    buyer: Buyer, open_purchase: Open, approve: Approve
) -> None:
    """A session lives for 48 hours: counted from its opening, up to two days of the right were lost."""
    buyer.now_is(2027, 1, 11, 12, 0)
    opened = await open_purchase(buyer.reader)
    buyer.now_is(2027, 1, 13, 0, 5)
    checkout = await buyer.shown(CheckoutState, "/checkout", purchase=opened.id)
    last = date(2027, 1, 27)
    assert _line(last) in checkout.offer.withdrawal_line
    purchase = await buyer.house.shop.purchases.settle(await approve(buyer.reader, opened))
    told = await _after(buyer, purchase)
    assert {place: words for place, words in told.items() if _line(last) not in words} == {}


async def test_an_older_purchase_keeps_at_least_what_its_buyer_was_told(
    buyer: Buyer, open_purchase: Open, approve: Approve
) -> None:
    """Receipts used to say fourteen days from the opening."""
    for opened_on in (date(2026, 12, 10), date(2027, 6, 9), date(2028, 5, 23)):
        buyer.now_is(opened_on.year, opened_on.month, opened_on.day, 23, 59)
        reader = Reader(visitor_id=fingerprint(new_token()))
        customer = CustomerDetails(f"buyer-{opened_on}@exempel.example", "Ny", "Läsare")
        opened = await open_purchase(reader, customer=customer)
        buyer.now_is(opened_on.year, opened_on.month, opened_on.day + 1, 0, 1)
        purchase = await buyer.house.shop.purchases.settle(await approve(reader, opened))
        told = opened_on + timedelta(days=14)
        buyer.now_is(told.year, told.month, told.day, 23, 59)
        assert buyer.house.shop.withdrawals.contracts.of_purchase(purchase).is_open

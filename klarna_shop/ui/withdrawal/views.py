"""A contract as the withdrawal function shows it."""

from __future__ import annotations

from dataclasses import dataclass

from klarna_shop.shop.money import long_date, price
from klarna_shop.shop.withdrawal import Contract, deadline
from klarna_shop.ui.languages import text


@dataclass
class ContractView:
    """One order in words. `reference` names it; `is_open`: the right of withdrawal still stands."""

    reference: str = ""
    name: str = ""
    line: str = ""
    deadline: str = ""
    is_open: bool = False


def contract_view(contract: Contract, language: str, *, withdrawn: bool = False) -> ContractView:
    """The words for a contract of the reader's own."""
    bought = long_date(contract.bought, language)
    line = (
        text(language, "withdraw.order", number=contract.order_id, date=bought)
        if contract.order_id
        else text(language, "withdraw.purchase", date=bought)
    )
    return ContractView(
        reference=contract.reference,
        name=contract.name,
        line=f"{line}, {price(contract.price, language)}" if contract.price else line,
        deadline=text(language, "withdraw.done_line")
        if withdrawn
        else text(
            language,
            "withdraw.until" if contract.is_open else "withdraw.closed",
            date=long_date(deadline(contract.bought), language),
        ),
        is_open=contract.is_open,
    )


def contract_words(view: ContractView) -> str:
    """The contract as it stands on the receipt."""
    return f"{view.name}, {view.line}"

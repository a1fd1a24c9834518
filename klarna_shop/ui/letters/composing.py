"""Finds what a queued mail is about, and writes it (`shop.mails.Composer`)."""

from __future__ import annotations

from dataclasses import dataclass

from klarna_shop.settings import Settings
from klarna_shop.shop.mails import Mail, MailKind
from klarna_shop.shop.purchase import Purchase, Purchases
from klarna_shop.shop.withdrawal import Withdrawal, Withdrawals
from klarna_shop.ui.languages import DEFAULT_LANGUAGE, languages
from klarna_shop.ui.letters.letter import Letter
from klarna_shop.ui.letters.receipt import receipt_letter
from klarna_shop.ui.letters.rendering import as_html, as_text
from klarna_shop.ui.letters.withdrawal import withdrawal_letter


@dataclass(frozen=True)
class Letters:
    """Letters about purchases and withdrawals, in the language in which they were made."""

    settings: Settings
    purchases: Purchases
    withdrawals: Withdrawals

    async def compose(self, kind: MailKind, about: str) -> Mail | None:
        """The mail as it stands now; None where whom it is for is not known (any more)."""
        if kind is MailKind.RECEIPT:
            return await self._receipt(about)
        return await self._withdrawal(about, for_seller=kind is MailKind.WITHDRAWAL_NOTICE)

    async def receipt(self, purchase: Purchase, language: str, *, is_mailed: bool = False) -> Letter:
        """Return the receipt of a purchase that has an order.

        A mail does not repeat the names that a new customer typed: the address may be another's.
        """
        return receipt_letter(
            purchase,
            self.settings,
            customer=None if is_mailed else self.purchases.customer_details(purchase),
            email=self.purchases.receipt_email(purchase),
            language=language,
            withdrawn=await self.withdrawals.closes(purchase),
        )

    async def _receipt(self, purchase_id: str) -> Mail | None:
        purchase = await self.purchases.ledger.find(purchase_id)
        recipient = self.purchases.receipt_email(purchase) if purchase else ""
        if purchase is None or not recipient:
            return None
        letter = await self.receipt(purchase, _known(purchase.language), is_mailed=True)
        return _mail(recipient, letter, f"receipt-{purchase.order_id or purchase.id[:12]}")

    async def _withdrawal(self, withdrawal_id: str, *, for_seller: bool) -> Mail | None:
        row = await self.withdrawals.by_id(withdrawal_id)
        said = self.withdrawals.said(row) if row else None
        if row is None or said is None or not said.email:
            return None
        letter = withdrawal_letter(
            row,
            said,
            self.settings,
            language=DEFAULT_LANGUAGE if for_seller else _known(row.language),
            for_seller=for_seller,
            is_quoted=for_seller or await self._is_proven(row, said.email),
        )
        recipient = self.settings.seller_email if for_seller else said.email
        return _mail(recipient, letter, f"withdrawal-{'notice-' if for_seller else ''}{row.id[:12]}")

    async def _is_proven(self, row: Withdrawal, email: str) -> bool:
        """True if the address is that of the account with which the withdrawn order was bought."""
        purchase = await self.purchases.ledger.find(row.purchase_id) if row.purchase_id else None
        if purchase is None or purchase.account_id is None or row.account_id != purchase.account_id:
            return False
        return self.purchases.receipt_email(purchase).casefold() == email.casefold()


def _known(language: str) -> str:
    return language if language in languages() else DEFAULT_LANGUAGE


def _mail(recipient: str, letter: Letter, identifier: str) -> Mail:
    return Mail(recipient, letter.title, as_text(letter), as_html(letter), letter.language, identifier)

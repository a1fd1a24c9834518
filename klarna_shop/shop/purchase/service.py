"""What screens call: each method checks that the purchase belongs to who asks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from sqlmodel import Session

from klarna_shop.infrastructure.units_of_work import Work
from klarna_shop.shop.clock import Clock
from klarna_shop.shop.encryption import CannotDecrypt, Encryption
from klarna_shop.shop.money import seller_date
from klarna_shop.shop.networks import network_of
from klarna_shop.shop.offers import OfferKind
from klarna_shop.shop.purchase.category_observations import REMEMBERED_FOR, CategoryObservations
from klarna_shop.shop.purchase.facts import BrowserFacts, Choice, CustomerDetails
from klarna_shop.shop.purchase.ledger import Ledger
from klarna_shop.shop.purchase.lifetimes import oldest_session
from klarna_shop.shop.purchase.opening import CannotOpen, Opening, buyer_of
from klarna_shop.shop.purchase.payment_category import WITHOUT_CATEGORY
from klarna_shop.shop.purchase.placing import Placing
from klarna_shop.shop.purchase.reasons import Reason
from klarna_shop.shop.purchase.repository import (
    has_ordered,
    purchase_of_session,
    purchases_of_account,
    purchases_of_buyer,
    purchases_of_visitor,
)
from klarna_shop.shop.purchase.settling import Settling
from klarna_shop.shop.purchase.states import ORDERED, OVER_WITHOUT_ORDER, PurchaseState
from klarna_shop.shop.purchase.tables import Purchase
from klarna_shop.shop.reader import Reader

Result = TypeVar("Result")

PURCHASE_ID = re.compile(r"\A[A-Za-z0-9_-]{32}\Z")
FINGERPRINT = re.compile(r"\A[0-9a-f]{32}\Z")
AUTHORIZATION_TOKEN = re.compile(r"\A[\x21-\x7e]{8,1024}\Z")


class NotYours(Exception):
    """There is no such purchase, or it belongs to somebody else: the reader is told the same for both."""


@dataclass(frozen=True)
class Purchases:
    """The purchase as screens see it. Every call answers with the purchase as it is in the ledger."""

    ledger: Ledger
    opening: Opening
    placing: Placing
    settling: Settling
    encryption: Encryption
    clock: Clock
    observations: CategoryObservations

    async def open(self, reader: Reader, choice: Choice, browser: BrowserFacts) -> Purchase:
        """Open a purchase and its Klarna session.

        Raises:
            CannotOpen: with the reason for the reader.
        """
        return await self.opening.open(reader, choice, browser)

    async def find(self, reader: Reader, purchase_id: object) -> Purchase:
        """The reader's own purchase; one whose session cannot be used any more is expired on the way.

        Raises:
            NotYours: unknown, malformed, or another's.
        """
        purchase = await self._existing(purchase_id)
        if not _belongs(purchase, reader):
            raise NotYours
        return await self._usable_or_expired(purchase)

    async def approvable(self, reader: Reader, purchase_id: object) -> Purchase:
        """A purchase that `approve` takes from this reader.

        Raises:
            NotYours: unknown, malformed, or another's.
        """
        purchase = await self._existing(purchase_id)
        if not _is_approvable(purchase, reader):
            raise NotYours
        return purchase

    async def _existing(self, purchase_id: object) -> Purchase:
        if not isinstance(purchase_id, str) or not PURCHASE_ID.match(purchase_id):
            raise NotYours
        purchase = await self.ledger.find(purchase_id)
        if purchase is None:
            raise NotYours
        return purchase

    async def _usable_or_expired(self, purchase: Purchase) -> Purchase:
        if purchase.status is not PurchaseState.SESSION_OPEN or not (fault := self._unusable(purchase)):
            return purchase
        expired = await self.ledger.change(
            purchase, PurchaseState.EXPIRED, cause=fault, reason=Reason.SESSION_EXPIRED.value
        )
        return expired or await self.ledger.current(purchase)

    def _unusable(self, purchase: Purchase) -> str:
        if purchase.created_at < oldest_session(self.clock()):
            return "48 hours"
        try:
            self.client_token(purchase)
        except CannotDecrypt:
            return "written with a key that is gone"
        return ""

    async def approve(
        self, reader: Reader, session_fingerprint: object, authorization_token: object
    ) -> Purchase:
        """Store Klarna's approval of the purchase that this session is of. A malformed token changes nothing.

        Raises:
            NotYours: there is no such session, or it is another's. What a customer has ordered is approved
                in the browser where they did, by any reader who uses it then.
        """
        if not isinstance(session_fingerprint, str) or not FINGERPRINT.match(session_fingerprint):
            raise NotYours
        purchase = await self._read(lambda session: purchase_of_session(session, session_fingerprint))
        if purchase is None or not _is_approvable(purchase, reader):
            raise NotYours
        purchase = await self._usable_or_expired(purchase)
        if not isinstance(authorization_token, str) or not AUTHORIZATION_TOKEN.match(authorization_token):
            return purchase
        return await self.placing.authorize(purchase, authorization_token)

    async def place(self, purchase: Purchase) -> Purchase:
        """Place the order of an authorized purchase."""
        return await self.placing.place(purchase)

    async def settle(self, purchase: Purchase) -> Purchase:
        """Complete a placed purchase if Payway says that it opens articles."""
        return await self.settling.settle(purchase)

    async def refused_by_klarna(
        self, reader: Reader, purchase_id: str, session_fingerprint: object
    ) -> Purchase:
        """Klarna said no in the widget: nothing was charged, and this session is of no more use.

        Raises:
            NotYours: see `find`.
        """
        return await self._refuse(await self.find(reader, purchase_id), session_fingerprint)

    async def _refuse(self, purchase: Purchase, session_fingerprint: object) -> Purchase:
        if not _is_open(purchase, session_fingerprint):
            return purchase
        reason = Reason.KLARNA_REFUSED.value
        changed = await self.ledger.change(
            purchase, PurchaseState.REFUSED, cause="show_form false", reason=reason
        )
        return changed or await self.ledger.current(purchase)

    async def widget_hidden(self, reader: Reader, purchase_id: str, session_fingerprint: object) -> Purchase:
        """Close a purchase whose widget Klarna hid for every category of its plan; nothing was charged.

        Raises:
            NotYours: see `find`.
        """
        purchase = await self.find(reader, purchase_id)
        if _is_open(purchase, session_fingerprint) and purchase.kind == OfferKind.TRIAL:
            since = self.clock() - REMEMBERED_FOR
            self.observations.hide_trial(
                self._reporter(purchase),
                purchase.visitor_id,
                outweighed=await self._read(lambda session: has_ordered(session, OfferKind.TRIAL, since)),
            )
        return await self._refuse(purchase, session_fingerprint)

    async def widget_shown(
        self, reader: Reader, purchase_id: str, session_fingerprint: object, category: object
    ) -> None:
        """Note with which category of its plan a purchase's widget was shown.

        Raises:
            NotYours: see `find`.
        """
        purchase = await self.find(reader, purchase_id)
        if not _is_open(purchase, session_fingerprint) or category not in purchase.category_plan:
            return
        observations = self.observations
        if purchase.kind == OfferKind.TRIAL:
            observations.show_trial(self._reporter(purchase), purchase.visitor_id)
        elif category and category == observations.category:
            observations.show_category(self._reporter(purchase))
        elif purchase.category_plan == (observations.category, WITHOUT_CATEGORY):
            observations.hide_category(self._reporter(purchase))

    def _reporter(self, purchase: Purchase) -> str:
        """Return the network that a purchase came from, or its browser where all share this machine's."""
        try:
            facts = json.loads(self.encryption.decrypt(purchase.browser_encrypted or ""))
            network, is_own = network_of(facts["ip"])
        except (CannotDecrypt, ValueError, KeyError):
            return purchase.buyer
        return purchase.buyer if is_own or not network else network

    async def start_over(self, reader: Reader, purchase_id: str, browser: BrowserFacts) -> Purchase:
        """Close a purchase without an order and open a new one for the same choice.

        Raises:
            NotYours: see `find`.
            CannotOpen: the outcome of the old one is not known, it was bought, or the choice cannot be
                bought now.
        """
        purchase = await self.find(reader, purchase_id)
        if purchase.status is PurchaseState.SESSION_OPEN:
            closed = await self.ledger.change(purchase, PurchaseState.ABANDONED, cause="started over")
            purchase = closed or await self.ledger.current(purchase)
        if purchase.status not in OVER_WITHOUT_ORDER:
            raise CannotOpen(Reason.ALREADY_SUBSCRIBED)
        start = purchase.start_date
        choice = Choice(
            code=purchase.code,
            period_id=purchase.period_id,
            language=purchase.language,
            article_slug=purchase.article_slug,
            start_date=start if start and start > seller_date(self.clock()) else None,
            customer=None if reader.customer else self.customer_details(purchase),
        )
        return await self.opening.open(reader, choice, browser)

    async def abandon_open(self, reader: Reader) -> None:
        """Give up what the reader has begun and not approved: Klarna's approval is not taken any more."""
        for purchase in await self._of(reader, {PurchaseState.SESSION_OPEN}):
            await self.ledger.change(purchase, PurchaseState.ABANDONED, cause="given up by its reader")

    async def latest_bought(self, reader: Reader) -> Purchase | None:
        """What the reader has bought last in this shop, if anything."""
        buyer = buyer_of(reader)
        if buyer is None:
            return None
        bought = await self._read(lambda session: purchases_of_buyer(session, buyer, ORDERED))
        return next(iter(bought), None)

    async def bought_by(self, reader: Reader) -> list[Purchase]:
        """What the reader bought, newest first: of the account where signed in, and in this browser."""
        found = await self._of(reader, ORDERED)
        return sorted(found, key=lambda purchase: purchase.created_at, reverse=True)

    async def _of(self, reader: Reader, states: Iterable[PurchaseState]) -> list[Purchase]:
        """The purchases of the account, where signed in, and of this browser, in these states."""
        if reader.preview:
            return []

        def find(session: Session) -> list[Purchase]:
            found: list[Purchase] = []
            if reader.visitor_id:
                found += purchases_of_visitor(session, reader.visitor_id, states)
            if reader.account_id:
                found += purchases_of_account(session, reader.account_id, states)
            return found

        return await self._read(find)

    async def _read(self, work: Work[Result]) -> Result:
        return await self.ledger.database.read(work)

    async def waive(self, reader: Reader, purchase_id: str, given: bool) -> Purchase:
        """Note that the reader waives the right of withdrawal with this purchase, or does not after all.

        Raises:
            NotYours: see `find`.
        """
        purchase = await self.find(reader, purchase_id)
        return await self.ledger.set_waiver(purchase, given) or await self.ledger.current(purchase)

    def receipt_email(self, purchase: Purchase) -> str:
        """Where the receipt goes; empty once erased."""
        return self.encryption.decrypt_or_nothing(purchase.receipt_email_encrypted)

    def client_token(self, purchase: Purchase) -> str:
        """The token Klarna's widget is initialised with, for the purchase's owner only."""
        return self.encryption.decrypt(purchase.client_token_encrypted)

    def customer_details(self, purchase: Purchase) -> CustomerDetails | None:
        """What a new customer gave in the picker; None for a signed-in one, or once erased."""
        if not purchase.customer_encrypted:
            return None
        try:
            return CustomerDetails(**json.loads(self.encryption.decrypt(purchase.customer_encrypted)))
        except CannotDecrypt:
            return None


def _is_open(purchase: Purchase, session_fingerprint: object) -> bool:
    return (
        purchase.status is PurchaseState.SESSION_OPEN and session_fingerprint == purchase.session_fingerprint
    )


def _is_approvable(purchase: Purchase, reader: Reader) -> bool:
    """True of the reader's own, and of a customer's in its own browser, whoever is signed in there now.

    What they approved is theirs, and is placed when they sign in again. Their tab may tell it after
    somebody else has come: Klarna takes minutes, and an approval that was given must not be lost.
    """
    is_here = reader.visitor_id is not None and purchase.visitor_id == reader.visitor_id
    return _belongs(purchase, reader) or (is_here and not reader.preview)


def _belongs(purchase: Purchase, reader: Reader) -> bool:
    if reader.preview:
        return False
    if purchase.account_id is not None:
        # Bought signed in: the customer's, in whichever browser.
        return purchase.account_id == reader.account_id
    return purchase.visitor_id is not None and purchase.visitor_id == reader.visitor_id

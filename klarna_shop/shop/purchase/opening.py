"""Opening a purchase: check the choice, ask whether it may be bought, create the Klarna session."""

from __future__ import annotations

import asyncio
import json
import secrets
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from klarna_shop.payway import (
    Identity,
    IdentityExpired,
    PaywayClient,
    PaywayError,
    Refused,
    SessionRequest,
)
from klarna_shop.settings import Settings
from klarna_shop.shop.addresses import address
from klarna_shop.shop.allowance import Allowances, Rate
from klarna_shop.shop.clock import Clock
from klarna_shop.shop.encryption import Encryption, fingerprint
from klarna_shop.shop.flows import FlowRecorder, Party, in_flow
from klarna_shop.shop.flows.steps import NOT_OPENED
from klarna_shop.shop.identity import Identities, SignInExpired
from klarna_shop.shop.measurement import EventRecorder
from klarna_shop.shop.networks import network_of
from klarna_shop.shop.offers import CatalogueUnavailable, Offer, OfferCatalogue, StartDates
from klarna_shop.shop.purchase.buyer_address import AddressDigests
from klarna_shop.shop.purchase.category_observations import CategoryObservations
from klarna_shop.shop.purchase.eligibility import Eligibility, refusal_of
from klarna_shop.shop.purchase.facts import BrowserFacts, Choice, CustomerDetails
from klarna_shop.shop.purchase.ledger import Ledger
from klarna_shop.shop.purchase.payment_category import TrialNotPayable, category_plan
from klarna_shop.shop.purchase.reasons import Reason
from klarna_shop.shop.purchase.repository import purchases_of_address, purchases_of_buyer
from klarna_shop.shop.purchase.states import PENDING, PurchaseState
from klarna_shop.shop.purchase.tables import Purchase, offer_columns
from klarna_shop.shop.purchase.trial_limits import TrialLimits
from klarna_shop.shop.reader import Reader

OF_BUYER = Rate(40, 0.1)
"""Each attempt is a session at Klarna; nobody who buys begins more than a few."""
OF_NETWORK = Rate(400, 2)
"""Of all who share an address. This machine's own is not counted: behind a proxy it may be everybody's."""


class CannotOpen(Exception):
    """The purchase cannot be opened; `reason` is what the reader is told, `fields` what to correct."""

    def __init__(self, reason: Reason, fields: tuple[str, ...] = ()) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.fields = fields


class StartDateImpossible(CannotOpen):
    """Payway does not give the chosen first day; `nearest` are the days around it that it gives."""

    def __init__(self, nearest: tuple[date, ...]) -> None:
        super().__init__(Reason.INVALID_FIELDS, ("start_date",))
        self.nearest = nearest


class PreviewBuysNothing(CannotOpen):
    """A reader made up for a preview has pressed buy: nothing is opened, asked or recorded."""

    def __init__(self) -> None:
        super().__init__(Reason.PREVIEW)


@dataclass(frozen=True)
class Opening:
    """Turns a choice into a purchase with a Klarna session."""

    settings: Settings
    payway: PaywayClient
    identities: Identities
    offers: OfferCatalogue
    start_dates: StartDates
    ledger: Ledger
    encryption: Encryption
    addresses: AddressDigests
    trial_limits: TrialLimits
    clock: Clock
    recorder: FlowRecorder
    events: EventRecorder
    observations: CategoryObservations
    begun: Allowances
    """In this process: with several workers each counts for itself."""

    async def open(self, reader: Reader, choice: Choice, browser: BrowserFacts) -> Purchase:
        """Open a purchase for what the reader chose.

        Raises:
            CannotOpen: with the reason for the reader.
            PreviewBuysNothing: of a preview, which is also a `CannotOpen`.
        """
        if reader.preview:
            raise PreviewBuysNothing
        # Named before there is a row: what is asked on the way belongs to it, also if it comes to nothing.
        purchase_id = secrets.token_urlsafe(24)
        with in_flow(purchase_id):
            try:
                return await self._opened(purchase_id, reader, choice, browser)
            except CannotOpen as refusal:
                reason = refusal.reason.value
                self.recorder.event(
                    Party.LEDGER,
                    NOT_OPENED,
                    status=reason,
                    error=reason,
                    product_code=choice.code,
                    account_id=reader.account_id,
                    invalid_fields=list(refusal.fields),
                )
                raise

    async def _opened(
        self, purchase_id: str, reader: Reader, choice: Choice, browser: BrowserFacts
    ) -> Purchase:
        buyer = buyer_of(reader)
        if buyer is None:
            raise CannotOpen(Reason.LOGIN_REQUIRED)
        self._count(buyer, browser)
        offer = await self._offer(choice)
        customer = self._customer(reader, choice)
        start_date = await self._start_date(offer, reader, choice.start_date)
        await self._check_ledger(buyer, reader, offer)
        try:
            # Each call has its own deadline; together they must not keep the reader waiting for minutes.
            async with asyncio.timeout(2 * self.settings.payway_timeout):
                identity = await self._identity(reader)
                await self._check_eligibility(offer, identity)
                return await self._open(
                    purchase_id, reader, buyer, offer, choice, customer, start_date, browser, identity
                )
        except (SignInExpired, IdentityExpired) as error:
            raise CannotOpen(Reason.LOGIN_REQUIRED) from error
        except Refused as error:
            raise CannotOpen(*refusal_of(error)) from error
        except (PaywayError, TimeoutError) as error:
            raise CannotOpen(Reason.PAYWAY_UNAVAILABLE) from error

    def _count(self, buyer: str, browser: BrowserFacts) -> None:
        network, is_own = network_of(browser.ip)
        allowed = self.begun.take(buyer, OF_BUYER)
        if not is_own:
            allowed = self.begun.take(network, OF_NETWORK) and allowed
        if not allowed:
            raise CannotOpen(Reason.TOO_MANY)

    async def _offer(self, choice: Choice) -> Offer:
        try:
            offer = await self.offers.find(choice.code, choice.period_id)
        except CatalogueUnavailable as error:
            raise CannotOpen(Reason.PAYWAY_UNAVAILABLE) from error
        if offer is None:
            raise CannotOpen(Reason.NOT_ELIGIBLE)
        return offer

    @staticmethod
    def _customer(reader: Reader, choice: Choice) -> CustomerDetails | None:
        if reader.customer is not None:
            return None
        if choice.customer is None:
            raise CannotOpen(Reason.INVALID_FIELDS, ("email", "first_name", "last_name"))
        faults = choice.customer.faults()
        if faults:
            raise CannotOpen(Reason.INVALID_FIELDS, faults)
        return choice.customer

    async def _start_date(self, offer: Offer, reader: Reader, wanted: date | None) -> date | None:
        """Return the first day to ask Payway for, None to begin at once (payway-api.md §17).

        A chosen day is held against a list read now. Where none is chosen, the first day of a list of the
        last minutes is taken, which is read again where it is older: the picker may have shown it long ago.
        """
        if wanted is None:
            possible = await self.start_dates.of(offer.code, reader.account_id)
            return None if possible.begins_at_once else possible.days[0]
        possible = await self.start_dates.read(offer.code, reader.account_id)
        if wanted not in possible.days:
            raise StartDateImpossible(possible.nearest(wanted))
        return None if wanted == possible.today else wanted

    async def _identity(self, reader: Reader) -> Identity | None:
        return await self.identities.identity_of(reader.customer) if reader.customer else None

    async def _check_ledger(self, buyer: str, reader: Reader, offer: Offer) -> None:
        """Refuse what this buyer has under way, or has had too often, by the shop's own books.

        An address counts only for a customer who has signed in with it. Anyone can type one, and must not
        learn here what its owner has bought: for a new customer it counts from Klarna's approval on.
        """
        of_account = of_person = None
        if reader.customer is not None:
            of_account = await self.addresses.of_account(reader.customer.email)
            of_person = await self.addresses.of_person(reader.customer.email)

        def check(session: Session) -> None:
            under_way = [*purchases_of_buyer(session, buyer, PENDING)]
            if of_account is not None:
                under_way += purchases_of_address(session, of_account, PENDING)
            if any(purchase.subscription_code == offer.subscription_code for purchase in under_way):
                raise CannotOpen(Reason.ALREADY_SUBSCRIBED)
            if offer.is_trial and self.trial_limits.are_reached(session, reader.visitor_id, of_person):
                raise CannotOpen(Reason.NOT_ELIGIBLE)

        await self.ledger.database.read(check)

    async def _check_eligibility(self, offer: Offer, identity: Identity | None) -> None:
        """Ask Payway if this customer may buy this offer; a new customer's address is asked about later."""
        if identity is None:
            return
        reason = await Eligibility(self.payway).of_customer(identity, offer.code, offer.kind)
        if reason is not None:
            raise CannotOpen(reason)

    async def _open(
        self,
        purchase_id: str,
        reader: Reader,
        buyer: str,
        offer: Offer,
        choice: Choice,
        customer: CustomerDetails | None,
        start_date: date | None,
        browser: BrowserFacts,
        identity: Identity | None,
    ) -> Purchase:
        session = await self.payway.klarna_payments.create_session(
            SessionRequest(
                code=offer.code,
                period_type=offer.period_type,
                period_id=offer.period_id,
                confirmation_url=self._confirmation_url(purchase_id, choice.language),
                start_date=start_date,
                disable_account_info_overwrite=self.settings.payway_disable_account_info_overwrite,
            ),
            identity,
        )
        plan = self._category_plan(offer, session.payment_method_categories)
        now = self.clock()
        encrypt = self.encryption.encrypt
        purchase = Purchase(
            id=purchase_id,
            state=PurchaseState.SESSION_OPEN.value,
            created_at=now,
            changed_at=now,
            visitor_id=reader.visitor_id,
            account_id=reader.account_id,
            buyer=buyer,
            language=choice.language,
            customer_encrypted=encrypt(json.dumps(vars(customer))) if customer else None,
            receipt_email_encrypted=encrypt(email) if (email := _email(reader, customer)) else None,
            browser_encrypted=encrypt(json.dumps(vars(browser))),
            start_date=start_date,
            article_slug=choice.article_slug,
            klarna_session_id_encrypted=encrypt(session.session_id),
            client_token_encrypted=encrypt(session.client_token),
            session_fingerprint=fingerprint(session.client_token),
            payment_method_category=plan[0],
            payment_method_fallback=plan[1] if len(plan) > 1 else None,
            **offer_columns(offer),
        )
        # What led here has mostly been written while Payway was asked; the purchase's own events build on it.
        await self.events.flush()
        await self.ledger.add(purchase)
        return purchase

    def _category_plan(self, offer: Offer, listed: list[str]) -> tuple[str, ...]:
        try:
            plan = category_plan(
                is_trial=offer.is_trial,
                listed=listed,
                configured=self.observations.category,
                is_hidden=self.observations.category_is_hidden(),
            )
        except TrialNotPayable as error:
            self.observations.unlist_trial()
            raise CannotOpen(Reason.NOT_ELIGIBLE) from error
        if offer.is_trial and listed:
            self.observations.list_trial()
        return plan

    def _confirmation_url(self, purchase_id: str, language: str) -> str:
        return f"{self.settings.app_url}{address(language, '/confirmation')}?purchase={purchase_id}"


def buyer_of(reader: Reader) -> str | None:
    """One name for who buys: the account where signed in, otherwise the browser."""
    if reader.account_id:
        return f"account:{reader.account_id}"
    return f"visitor:{reader.visitor_id}" if reader.visitor_id else None


def _email(reader: Reader, customer: CustomerDetails | None) -> str:
    """Where the receipt goes."""
    if customer is not None:
        return customer.email
    return reader.customer.email if reader.customer else ""

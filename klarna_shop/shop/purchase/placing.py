"""From Klarna's approval to Payway's order: write, then call; an unknown outcome is not a failure."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import timedelta

from klarna_shop.payway import (
    AccountUpdateFailed,
    AuthorizationVoid,
    CustomerInfo,
    DeliveryAddressFailed,
    Identity,
    IdentityExpired,
    InvalidParameter,
    NotSent,
    OrderRequest,
    PaymentMethodFailed,
    PaywayClient,
    PaywayError,
    PlacedOrder,
    SessionVoid,
    SsnAlreadySet,
    SsnAlreadyTaken,
)
from klarna_shop.settings import Settings
from klarna_shop.shop.addresses import host_is_allowed
from klarna_shop.shop.clock import Clock
from klarna_shop.shop.encryption import Encryption, fingerprint
from klarna_shop.shop.identity import Identities, SignInExpired
from klarna_shop.shop.offers import OfferKind
from klarna_shop.shop.purchase.ledger import Conflict, Ledger
from klarna_shop.shop.purchase.reasons import ALREADY_ACTIVE, Reason
from klarna_shop.shop.purchase.states import PurchaseState
from klarna_shop.shop.purchase.tables import Purchase

log = logging.getLogger(__name__)

SESSION_LIFETIME = timedelta(hours=48)
"""A Klarna session is void after this (klarna-payments-js.md §2.5)."""
AUTHORIZATION_LIFETIME = timedelta(minutes=60)
"""An authorization token is void after this (klarna-payments-js.md §2.5)."""

_DEFINITE: dict[type[PaywayError], tuple[PurchaseState, Reason]] = {
    PaymentMethodFailed: (PurchaseState.REFUSED, Reason.PAYMENT_METHOD_FAILED),
    SsnAlreadyTaken: (PurchaseState.FAILED, Reason.SSN_ALREADY_TAKEN),
    SsnAlreadySet: (PurchaseState.FAILED, Reason.SSN_ALREADY_SET),
    AccountUpdateFailed: (PurchaseState.FAILED, Reason.ACCOUNT_UPDATE_ERROR),
    DeliveryAddressFailed: (PurchaseState.FAILED, Reason.DELIVERY_ADDRESS_ERROR),
    SessionVoid: (PurchaseState.FAILED, Reason.SESSION_EXPIRED),
    AuthorizationVoid: (PurchaseState.FAILED, Reason.AUTHORIZATION_EXPIRED),
}
"""Refusals of place_order that say exactly what happened, and what the purchase becomes."""

_DEFINITE_ON_REPEAT = (
    PaymentMethodFailed,
    SsnAlreadyTaken,
    SsnAlreadySet,
    AccountUpdateFailed,
    DeliveryAddressFailed,
)
"""Refusals that Payway gives while it works on the order, so that an earlier call cannot have succeeded.
Any other answer to a repetition may be about what the lost call has already done."""


@dataclass(frozen=True)
class Placing:
    """Stores the authorization and places the order, once, whoever asks how often."""

    settings: Settings
    payway: PaywayClient
    identities: Identities
    ledger: Ledger
    encryption: Encryption
    clock: Clock

    async def authorize(self, purchase: Purchase, authorization_token: str) -> Purchase:
        """Store the authorization token before anything else happens with it (law 2).

        Anything but an open session is left as it is: a repeated, late or second approval changes nothing.
        Returns the purchase as it is afterwards.
        """
        if purchase.status is not PurchaseState.SESSION_OPEN:
            return purchase
        now = self.clock()
        if now - purchase.created_at > SESSION_LIFETIME:
            return await self._close(purchase, PurchaseState.EXPIRED, Reason.SESSION_EXPIRED)
        if await self._bought_meanwhile(purchase):
            return await self._close(purchase, PurchaseState.FAILED, Reason.ALREADY_SUBSCRIBED)
        try:
            authorized = await self.ledger.change(
                purchase,
                PurchaseState.AUTHORIZED,
                cause="approved in Klarna's widget",
                authorization_token_encrypted=self.encryption.encrypt(authorization_token),
                authorization_fingerprint=fingerprint(authorization_token),
                authorized_at=now,
            )
        except Conflict:
            # The same buyer's other purchase of the same code is between approval and order.
            return await self._close(purchase, PurchaseState.FAILED, Reason.ALREADY_SUBSCRIBED)
        return authorized or await self._now(purchase)

    async def place(self, purchase: Purchase) -> Purchase:
        """Place the order of an authorized purchase (or repeat it for one whose outcome is unknown).

        Whoever wins the change to `placing` calls Payway; everybody else gets the purchase as it is.
        """
        if purchase.status not in {PurchaseState.AUTHORIZED, PurchaseState.UNKNOWN}:
            return purchase
        assert purchase.authorized_at is not None
        if self.clock() - purchase.authorized_at > AUTHORIZATION_LIFETIME:
            return await self._too_late(purchase)
        repeated = purchase.answers_lost > 0
        claimed = await self.ledger.change(
            purchase,
            PurchaseState.PLACING,
            cause="repeating place_order" if repeated else "place_order",
            place_attempts=purchase.place_attempts + 1,
        )
        if claimed is None:
            return await self._now(purchase)
        try:
            identity = await self._identity(claimed)
            order = await self._call(claimed, identity)
        except (SignInExpired, IdentityExpired):
            return await self._back(claimed, Reason.LOGIN_REQUIRED)
        except NotSent:
            return await self._back(claimed, Reason.PAYWAY_UNAVAILABLE)
        except PaywayError as error:
            return await self._refused(claimed, error, repeated=repeated)
        return await self.placed(claimed, order)

    async def placed(self, purchase: Purchase, order: PlacedOrder) -> Purchase:
        """Write down that Payway has the order."""
        redirect_url = order.redirect_url
        if redirect_url and not host_is_allowed(redirect_url, self.settings.redirect_hosts):
            log.warning("purchase %s: the redirect address names a host that is not allowed", purchase.id[:8])
            redirect_url = None
        changed = await self.ledger.change(
            purchase,
            PurchaseState.PLACED,
            cause="Payway has the order",
            reason="",
            order_id=order.order_id,
            redirect_url=redirect_url,
            placed_at=self.clock(),
        )
        return changed or await self._now(purchase)

    async def _bought_meanwhile(self, purchase: Purchase) -> bool:
        """Whether the same buyer completed another purchase of this code after this one was opened."""
        bought = await self.ledger.of_buyer(purchase.buyer, {PurchaseState.COMPLETED})
        return any(
            other.code == purchase.code and other.completed_at and other.completed_at >= purchase.created_at
            for other in bought
        )

    async def _identity(self, purchase: Purchase) -> Identity | None:
        if purchase.account_id is None:
            return None
        return await self.identities.identity_of_account(purchase.account_id)

    async def _call(self, purchase: Purchase, identity: Identity | None) -> PlacedOrder:
        request = self._order_request(purchase)
        if purchase.kind == OfferKind.TRIAL:
            return await self.payway.klarna_payments.place_trial_order(request, identity)
        return await self.payway.klarna_payments.place_order(request, identity)

    def _order_request(self, purchase: Purchase) -> OrderRequest:
        decrypt = self.encryption.decrypt
        browser = json.loads(decrypt(purchase.browser_encrypted or ""))
        customer = json.loads(decrypt(purchase.customer_encrypted)) if purchase.customer_encrypted else None
        settings = self.settings
        return OrderRequest(
            klarna_authorization_token=decrypt(purchase.authorization_token_encrypted or ""),
            klarna_payments_session_id=decrypt(purchase.klarna_session_id_encrypted),
            browser_ip=browser["ip"],
            browser_language=browser["language"],
            browser_user_agent=browser["user_agent"],
            traffic_source=browser["traffic_source"],
            merchant_reference=purchase.id,
            raise_on_ssn_already_taken_error=settings.payway_raise_on_ssn_already_taken_error,
            raise_on_ssn_already_set_error=settings.payway_raise_on_ssn_already_set_error,
            raise_on_account_update_error=settings.payway_raise_on_account_update_error,
            raise_on_delivery_address_error=settings.payway_raise_on_delivery_address_error,
            customer_info=CustomerInfo(**customer) if customer else None,
        )

    async def _refused(self, purchase: Purchase, error: PaywayError, *, repeated: bool) -> Purchase:
        if repeated and isinstance(error, SessionVoid):
            # Payway voids a session when an order succeeds with it: our lost call did (law 3).
            return await self.placed(purchase, PlacedOrder(order_id=None, redirect_url=None))
        if error.outcome_unknown or (repeated and not isinstance(error, _DEFINITE_ON_REPEAT)):
            changed = await self.ledger.change(
                purchase,
                PurchaseState.UNKNOWN,
                cause=f"no usable answer: {type(error).__name__}",
                answers_lost=purchase.answers_lost + 1,
            )
            return changed or await self._now(purchase)
        state, reason = _definite(error)
        log.warning("purchase %s: place_order refused: %s", purchase.id[:8], error)
        return await self._close(purchase, state, reason)

    async def _back(self, purchase: Purchase, reason: Reason) -> Purchase:
        """Nothing reached Payway this time: wait for the next try, in the state that tells the truth."""
        state = PurchaseState.UNKNOWN if purchase.answers_lost else PurchaseState.AUTHORIZED
        changed = await self.ledger.change(purchase, state, cause=f"not sent: {reason}", reason=reason.value)
        return changed or await self._now(purchase)

    async def _too_late(self, purchase: Purchase) -> Purchase:
        if purchase.status is PurchaseState.AUTHORIZED:
            return await self._close(purchase, PurchaseState.EXPIRED, Reason.AUTHORIZATION_EXPIRED)
        changed = await self.ledger.change(
            purchase, PurchaseState.UNRESOLVED, cause="undecided after 60 minutes"
        )
        log.error("purchase %s: unresolved; look for its merchant_reference in Payway", purchase.id[:8])
        return changed or await self._now(purchase)

    async def _close(self, purchase: Purchase, state: PurchaseState, reason: Reason) -> Purchase:
        changed = await self.ledger.change(purchase, state, cause=reason.value, reason=reason.value)
        return changed or await self._now(purchase)

    async def _now(self, purchase: Purchase) -> Purchase:
        current = await self.ledger.find(purchase.id)
        assert current is not None, "purchases are never deleted"
        return current


def _definite(error: PaywayError) -> tuple[PurchaseState, Reason]:
    for kind, result in _DEFINITE.items():
        if isinstance(error, kind):
            return result
    if error.code in ALREADY_ACTIVE:
        return PurchaseState.FAILED, Reason.ALREADY_SUBSCRIBED
    if isinstance(error, InvalidParameter) and (error.field or "").startswith("customer_info"):
        return PurchaseState.FAILED, Reason.INVALID_FIELDS
    if error.status in {401, 403}:
        return PurchaseState.FAILED, Reason.LOGIN_REQUIRED
    return PurchaseState.FAILED, Reason.NOT_ELIGIBLE

"""From Klarna's approval to Payway's order: write, then call; an unknown outcome is not a failure."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass, field
from datetime import timedelta

from sqlmodel import Session

from klarna_shop.payway import (
    AccessDenied,
    AnswerLost,
    CustomerInfo,
    Identity,
    IdentityExpired,
    NotSent,
    OrderRequest,
    PaywayClient,
    PaywayError,
    PlacedOrder,
    RateLimited,
    Refused,
    ServerFault,
    SessionVoid,
)
from klarna_shop.payway.tokens import TOKEN_PATH
from klarna_shop.settings import Settings
from klarna_shop.shop.addresses import host_is_allowed
from klarna_shop.shop.clock import Clock
from klarna_shop.shop.encryption import CannotDecrypt, Encryption, fingerprint
from klarna_shop.shop.flows import in_flow
from klarna_shop.shop.identity import Identities, SignInExpired
from klarna_shop.shop.offers import OfferKind
from klarna_shop.shop.purchase.buyer_address import AddressDigests
from klarna_shop.shop.purchase.call_lease import lease_columns
from klarna_shop.shop.purchase.eligibility import Eligibility, refusal_of
from klarna_shop.shop.purchase.ledger import AuthorizationUsed, Conflict, Ledger
from klarna_shop.shop.purchase.lifetimes import AUTHORIZATION_LIFETIME, oldest_session
from klarna_shop.shop.purchase.reasons import Reason
from klarna_shop.shop.purchase.refusals import (
    DEFINITE_ON_REPEAT,
    REFUSED_API_USER,
    definite_refusal,
    tell_operator,
)
from klarna_shop.shop.purchase.repository import purchases_without_address, was_bought_meanwhile
from klarna_shop.shop.purchase.states import TRANSITIONS, PurchaseState
from klarna_shop.shop.purchase.tables import Purchase
from klarna_shop.shop.purchase.trial_limits import TrialLimits

log = logging.getLogger(__name__)


class _NotApprovable(Exception):
    """The ledger refuses an approval; `reason` is what the reader is told."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True)
class Placing:
    """Stores the authorization and places the order, once, whoever asks how often."""

    settings: Settings
    payway: PaywayClient
    identities: Identities
    ledger: Ledger
    encryption: Encryption
    addresses: AddressDigests
    trial_limits: TrialLimits
    clock: Clock
    _under_way: set[asyncio.Task[Purchase]] = field(
        default_factory=set, init=False, repr=False, compare=False
    )

    @property
    def deadline(self) -> timedelta:
        """Longest time of one attempt: one call for the question before it, two for place_order."""
        return timedelta(seconds=3 * self.settings.payway_timeout)

    async def authorize(self, purchase: Purchase, authorization_token: str) -> Purchase:
        """Store the authorization token before anything else happens with it (law 2).

        From here on the buyer is their e-mail address too: while one purchase of an address and subscription
        is between approval and order, a second one of another browser is refused. A trial is counted.

        Anything but an open session is left as it is: a repeated, late or second approval changes nothing.
        Returns the purchase as it is afterwards.
        """
        if purchase.status is not PurchaseState.SESSION_OPEN:
            return purchase
        try:
            digests = await self._digests(purchase)
        except CannotDecrypt:
            return await self._close(purchase, PurchaseState.EXPIRED, Reason.SESSION_EXPIRED)
        is_trial = purchase.kind == OfferKind.TRIAL

        def check(session: Session) -> None:
            if was_bought_meanwhile(session, purchase, digests["address_digest"]):
                raise _NotApprovable(Reason.ALREADY_SUBSCRIBED)
            of_mailbox = digests["trial_address_digest"]
            if is_trial and self.trial_limits.are_reached(
                session, purchase.visitor_id, of_mailbox, purchase.id
            ):
                raise _NotApprovable(Reason.NOT_ELIGIBLE)

        try:
            authorized = await self.ledger.change(
                purchase,
                PurchaseState.AUTHORIZED,
                cause="approved in Klarna's widget",
                condition=check,
                lock="approval of a trial" if is_trial else "",
                authorization_token_encrypted=self.encryption.encrypt(authorization_token),
                authorization_fingerprint=fingerprint(authorization_token),
                authorized_at=self.clock(),
                **digests,
            )
        except AuthorizationUsed:
            # This approval belongs to another purchase; the reader approves once more.
            return await self._close(purchase, PurchaseState.FAILED, Reason.AUTHORIZATION_EXPIRED)
        except Conflict:
            # The same buyer's other purchase of the same subscription is between approval and order.
            return await self._close(purchase, PurchaseState.FAILED, Reason.ALREADY_SUBSCRIBED)
        except _NotApprovable as refusal:
            return await self._close(purchase, PurchaseState.FAILED, refusal.reason)
        return authorized or await self.ledger.current(purchase)

    async def place(self, purchase: Purchase) -> Purchase:
        """Place the order of an authorized purchase (or repeat it for one whose outcome is unknown).

        Whoever wins the change to `placing` calls Payway; everybody else gets the purchase as it is. Goes on
        when whoever waits for it is cancelled: an answer that nobody writes down would have to be looked for.
        """
        with in_flow(purchase.id):
            placing = asyncio.create_task(self._place(purchase))
        self._under_way.add(placing)
        placing.add_done_callback(self._under_way.discard)
        return await asyncio.shield(placing)

    async def finish(self, within: timedelta) -> None:
        """Wait for the orders that are being placed; those that take longer are left to recovery."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=within.total_seconds())

    async def _place(self, purchase: Purchase) -> Purchase:
        if purchase.status not in {PurchaseState.AUTHORIZED, PurchaseState.UNKNOWN}:
            return purchase
        assert purchase.authorized_at is not None
        is_late = self.clock() - purchase.authorized_at > AUTHORIZATION_LIFETIME
        try:
            request = self._order_request(purchase)
        except CannotDecrypt:
            return await self._unreadable(purchase, is_late=is_late)
        if is_late:
            return await self._too_late(purchase)
        repeated = purchase.answers_lost > 0
        # Counted from before the change: the call is given up before another process may think so.
        given_up_at = asyncio.get_running_loop().time() + self.deadline.total_seconds()
        claimed, is_bought = await self.ledger.claim(
            purchase,
            cause="repeating place_order" if repeated else "place_order",
            **lease_columns(self.deadline),
        )
        if claimed is None:
            return await self.ledger.current(purchase)
        if is_bought and not repeated:
            return await self._close(claimed, PurchaseState.FAILED, Reason.ALREADY_SUBSCRIBED)
        if (stopped := await self._stopped(claimed)) is not None:
            return stopped
        try:
            async with asyncio.timeout_at(given_up_at):
                order = await self._call(claimed, request)
        except (SignInExpired, IdentityExpired):
            return await self._back(claimed, Reason.LOGIN_REQUIRED)
        except (NotSent, RateLimited) as error:
            if isinstance(error, NotSent) and error.status in REFUSED_API_USER:
                tell_operator(claimed, error, "The order waits up to an hour and is tried again.")
            return await self._back(claimed, Reason.PAYWAY_UNAVAILABLE)
        except TimeoutError:
            return await self._refused(claimed, AnswerLost("place_order"), repeated=repeated)
        except PaywayError as error:
            return await self._refused(claimed, error, repeated=repeated)
        return await self.placed(claimed, order)

    async def placed(self, purchase: Purchase, order: PlacedOrder) -> Purchase:
        """Write down that Payway has the order, whatever was thought of the purchase meanwhile."""
        redirect_url = order.redirect_url
        if redirect_url and not host_is_allowed(redirect_url, self.settings.redirect_hosts):
            log.warning("purchase %s: the redirect is not to one of KLARNA_REDIRECT_HOSTS", purchase.id[:8])
            redirect_url = None
        while PurchaseState.PLACED in TRANSITIONS[purchase.status]:
            changed = await self.ledger.change(
                purchase,
                PurchaseState.PLACED,
                cause="Payway has the order",
                reason="",
                order_id=order.order_id,
                redirect_url=redirect_url,
                placed_at=self.clock(),
            )
            if changed is not None:
                return changed
            purchase = await self.ledger.current(purchase)
        return purchase

    async def remember_addresses(self) -> None:
        """Give purchases of an earlier version their digests, as far as their addresses are still kept."""
        for purchase in await self.ledger.database.read(purchases_without_address):
            try:
                await self.ledger.set_address(purchase, await self._digests(purchase))
            except (CannotDecrypt, Conflict) as error:
                log.warning("purchase %s: got no digest: %s", purchase.id[:8], type(error).__name__)

    async def _digests(self, purchase: Purchase) -> dict[str, str | None]:
        """The columns that recognise the buyer by their address.

        Raises:
            CannotDecrypt: the address was written with a key that is gone.
        """
        encrypted = purchase.receipt_email_encrypted
        email = self.encryption.decrypt(encrypted) if encrypted else ""
        is_trial = purchase.kind == OfferKind.TRIAL
        return {
            "address_digest": await self.addresses.of_account(email),
            "trial_address_digest": await self.addresses.of_person(email) if is_trial else None,
        }

    async def _stopped(self, purchase: Purchase) -> Purchase | None:
        """Ask once more, directly before the first call of place_order; None where the order may be sent.

        Another browser may have bought since this purchase was opened, and a new customer's address is asked
        about here for the first time. A no ends the purchase: nothing has been sent. Where Payway gives no
        answer, nothing has been sent either: the purchase goes back to `authorized` and recovery asks again
        while Klarna's approval lasts. Sending the order unasked could charge a subscriber twice. A question
        that Payway refuses for a fault of the shop's own (a scope) fails the purchase and tells the operator.

        Never asked before a repetition: "already active" may then be this very order, whose answer was lost
        (law 3), and is no failure.

        That the call is about to be sent is written last: a process that dies before has ordered nothing, and
        one that was suspended for so long that another has taken its place sends nothing.
        """
        if not purchase.answers_lost and (stopped := await self._refused_before(purchase)) is not None:
            return stopped
        return None if await self.ledger.mark_sent(purchase) else await self.ledger.current(purchase)

    async def _refused_before(self, purchase: Purchase) -> Purchase | None:
        """Ask if this buyer may buy; None where they may."""
        try:
            async with asyncio.timeout(self.settings.payway_timeout):
                reason = await self._ineligible(purchase)
        except (SignInExpired, IdentityExpired):
            return await self._back(purchase, Reason.LOGIN_REQUIRED)
        except Refused as error:
            if isinstance(error, (RateLimited, ServerFault)):
                return await self._back(purchase, Reason.PAYWAY_UNAVAILABLE)
            if error.operation.endswith(TOKEN_PATH):
                tell_operator(purchase, error, "The order waits up to an hour and is tried again.")
                return await self._back(purchase, Reason.PAYWAY_UNAVAILABLE)
            reason = refusal_of(error)[0]
            if reason is Reason.PAYWAY_UNAVAILABLE:
                tell_operator(purchase, error, "It was not sent, and nothing was charged.")
        except (PaywayError, TimeoutError):
            return await self._back(purchase, Reason.PAYWAY_UNAVAILABLE)
        return await self._close(purchase, PurchaseState.FAILED, reason) if reason else None

    async def _ineligible(self, purchase: Purchase) -> Reason | None:
        """Payway's reason against this purchase, if it has one."""
        eligibility = Eligibility(self.payway)
        identity = await self._identity(purchase)
        if identity is not None:
            kind = OfferKind(purchase.kind)
            return await eligibility.of_customer(identity, purchase.code, kind, own_rules=False)
        customer = json.loads(self.encryption.decrypt(purchase.customer_encrypted or ""))
        return await eligibility.of_address(customer["email"], purchase.code)

    async def _identity(self, purchase: Purchase) -> Identity | None:
        if purchase.account_id is None:
            return None
        return await self.identities.identity_of_account(purchase.account_id)

    async def _call(self, purchase: Purchase, request: OrderRequest) -> PlacedOrder:
        identity = await self._identity(purchase)
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
        young = purchase.created_at > oldest_session(self.clock())
        if repeated and young and isinstance(error, SessionVoid):
            # Payway voids a session when an order succeeds with it: our lost call did (law 3).
            return await self.placed(purchase, PlacedOrder(order_id=None, redirect_url=None))
        if error.outcome_unknown or (repeated and not isinstance(error, DEFINITE_ON_REPEAT)):
            changed = await self.ledger.change(
                purchase,
                PurchaseState.UNKNOWN,
                cause=f"no usable answer: {type(error).__name__}",
                answers_lost=purchase.answers_lost + 1,
            )
            if isinstance(error, AccessDenied) or error.status == 403:
                tell_operator(purchase, error, "Payway or a machine before it said so: an order may exist.")
            return changed or await self.ledger.current(purchase)
        state, reason = definite_refusal(error)
        if reason is Reason.PAYWAY_UNAVAILABLE:
            tell_operator(purchase, error, "No order was placed and nothing was charged.")
        else:
            log.warning("purchase %s: place_order refused: %s", purchase.id[:8], error)
        return await self._close(purchase, state, reason)

    async def _back(self, purchase: Purchase, reason: Reason) -> Purchase:
        """Nothing reached Payway this time: wait for the next try, in the state that tells the truth."""
        cause = f"not sent: {reason}"
        if not purchase.answers_lost:
            changed = await self.ledger.change(
                purchase, PurchaseState.AUTHORIZED, cause=cause, reason=reason.value
            )
        else:
            # "Payway cannot be reached" would be read as "nothing was charged", which nobody knows here.
            told = reason.value if reason is Reason.LOGIN_REQUIRED else ""
            changed = await self.ledger.change(purchase, PurchaseState.UNKNOWN, cause=cause, reason=told)
        return changed or await self.ledger.current(purchase)

    async def _too_late(self, purchase: Purchase) -> Purchase:
        if purchase.status is PurchaseState.AUTHORIZED:
            return await self._close(purchase, PurchaseState.EXPIRED, Reason.AUTHORIZATION_EXPIRED)
        changed = await self.ledger.change(
            purchase, PurchaseState.UNRESOLVED, cause="undecided after 60 minutes", reason=""
        )
        if changed is None:
            return await self.ledger.current(purchase)
        log.error("purchase %s: unresolved; look for its merchant_reference in Payway", purchase.id[:8])
        return changed

    async def _unreadable(self, purchase: Purchase, *, is_late: bool) -> Purchase:
        """Leave to a person an approval that cannot be sent (again): the key it was written with is gone."""
        log.error(
            "purchase %s: approved by Klarna and cannot be read; is a key missing in SECRET_KEY?",
            purchase.id[:8],
        )
        if purchase.status is not PurchaseState.AUTHORIZED and not is_late:
            return purchase
        changed = await self.ledger.change(
            purchase, PurchaseState.UNRESOLVED, cause="written with a key that is gone", reason=""
        )
        return changed or await self.ledger.current(purchase)

    async def _close(self, purchase: Purchase, state: PurchaseState, reason: Reason) -> Purchase:
        changed = await self.ledger.change(purchase, state, cause=reason.value, reason=reason.value)
        return changed or await self.ledger.current(purchase)

"""Placing an order on a Klarna session (§5.3-5.5): one transaction, so that one session gives one order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from klarna_shop.sandbox.accounts import add_account, add_mail, find_account
from klarna_shop.sandbox.catalogue import Offer, Period
from klarna_shop.sandbox.clock import STOCKHOLM
from klarna_shop.sandbox.eligibility import ALLOWED, rules_reason
from klarna_shop.sandbox.errors import ApiError, invalid_parameter, void
from klarna_shop.sandbox.identifiers import fingerprint, unguessable
from klarna_shop.sandbox.klarna_categories import DIRECT_DEBIT, category_of_approval
from klarna_shop.sandbox.klarna_customers import (
    SYNCHRONISATION_ERRORS,
    SynchronisationRules,
    apply_synchronisation,
    plan_synchronisation,
    synchronisation_error,
)
from klarna_shop.sandbox.services import Services
from klarna_shop.sandbox.subscriptions import add_order, add_payment, add_subscription
from klarna_shop.sandbox.tables import Account, Authorization, KlarnaSession, Order
from klarna_shop.sandbox.webhooks import ACCOUNT_CHANGED, ORDER_CLOSED

AUTHORIZATION_LIFETIME = timedelta(minutes=60)
NOT_GIVEN = "not-given-"
"""Beginning of authorization tokens that Klarna never gave; any other may be real: they are opaque (§17)."""
_SESSION = "klarna_payments_session_id"
_TOKEN = "klarna_authorization_token"


@dataclass(frozen=True)
class _Purchase:
    """What one place_order call is about, after the session has been read."""

    values: dict[str, Any]
    klarna_session: KlarnaSession
    offer: Offer
    period: Period
    now: datetime
    is_first: bool
    """False for a second order of one session (reading `simultaneous_orders`)."""

    @property
    def valid_from(self) -> datetime:
        """Now, or the first moment of a later start date in Sweden."""
        start = self.klarna_session.start_date
        if start is None or start <= self.now.astimezone(STOCKHOLM).date():
            return self.now
        return datetime.combine(start, time(), STOCKHOLM).astimezone(UTC)


async def place_order(
    services: Services, values: dict[str, Any], *, account_id: str | None, trial: bool
) -> dict[str, Any]:
    """Charge Klarna, and make order, payment and subscription.

    With an `account_id` (v1) the session must be that account's own; without (v2) it must have been made
    without one, and `customer_info` says who buys. A refused purchase changes nothing, except that
    a 403 leaves its failed order and its ended subscription behind. Only success uses a session up (§4).

    Raises:
        ApiError: session or authorization cannot be used, a `raise_on_…` flag, or 403 by Klarna.
    """

    def place(session: Session) -> Order | ApiError:
        try:
            return _place(session, services, values, account_id=account_id, trial=trial)
        except _AbortedError as aborted:
            return aborted.error

    placed = await services.database.write(place)
    if isinstance(placed, ApiError):
        raise placed
    if placed.state == "failed":
        raise ApiError(403, services.readings.refusal_code, "Payment method failed")
    _announce(services, placed, trial=trial)
    return _answer(services, placed)


def _announce(services: Services, order: Order, *, trial: bool) -> None:
    """Send the events of a purchase (§14); a trial's tells Klarna nothing, and changes no account."""
    announce = services.webhooks.announce
    if not trial:
        announce(ACCOUNT_CHANGED, account_id=order.account_id)
    announce(ORDER_CLOSED, account_id=order.account_id, order_number=order.order_id)


class _AbortedError(Exception):
    """The purchase stops here, but what was written so far (the authorization's first use) stays."""

    def __init__(self, error: ApiError) -> None:
        super().__init__()
        self.error = error


def _place(
    session: Session, services: Services, values: dict[str, Any], *, account_id: str | None, trial: bool
) -> Order:
    overlapped = _overlapped(session, services, values[_SESSION])
    klarna_session = _usable_session(session, services, values[_SESSION], account_id, overlapped=overlapped)
    if klarna_session.is_trial != trial:
        kind = "place_trial_order" if klarna_session.is_trial else "place_order"
        raise invalid_parameter(_SESSION, f"The session's offer takes {kind}")
    offer = services.catalogue.offer(klarna_session.code)
    period = services.catalogue.period(klarna_session.code, klarna_session.period_id)
    assert offer is not None
    assert period is not None
    authorization = _usable_authorization(
        session, services, values[_TOKEN], klarna_session, overlapped=overlapped
    )
    purchase = _Purchase(values, klarna_session, offer, period, services.clock.now(), is_first=not overlapped)
    try:
        with session.begin_nested():
            account = _buyer(session, services, values, account_id)
            _check_eligible(session, services, account, offer)
            rules = SynchronisationRules(
                ssn_already_taken=values["raise_on_ssn_already_taken_error"],
                ssn_already_set=values["raise_on_ssn_already_set_error"],
                account_update_error=values["raise_on_account_update_error"],
                delivery_address_error=values["raise_on_delivery_address_error"],
                keep_existing=klarna_session.disable_account_info_overwrite,
                readings=services.readings,
            )
            if services.forced in SYNCHRONISATION_ERRORS:
                raise synchronisation_error(services.readings, services.forced)
            is_refused = trial and not _by_direct_debit(klarna_session, values[_TOKEN])
            if is_refused or account.in_debt or services.forced == "payment_method_failed":
                return _record(session, services, purchase, account, paid=False)
            # Nothing is charged before it is known that no step will abort the purchase.
            changes = {} if trial else plan_synchronisation(session, account, rules)
            order = _record(session, services, purchase, account, paid=True)
            if not trial:
                apply_synchronisation(account, changes, purchase.now)
            klarna_session.state = "void"
            authorization.used = True
            return order
    except ApiError as error:
        raise _AbortedError(error) from None


def _by_direct_debit(klarna_session: KlarnaSession, authorization_token: str) -> bool:
    """True if Klarna would take the approval for an order of 0 öre; a foreign token is trusted to be such."""
    given = category_of_approval(authorization_token)
    return DIRECT_DEBIT in klarna_session.categories and given in {DIRECT_DEBIT, None}


def _void_session(services: Services, message: str) -> ApiError:
    return void(services.readings.void_session_answer, _SESSION, "klarna_payments_session_void", message)


def _void_authorization(services: Services, message: str) -> ApiError:
    answer = services.readings.used_authorization_answer
    return void(answer, _TOKEN, "klarna_authorization_token_void", message)


def _overlapped(session: Session, services: Services, session_id: str) -> bool:
    """True if an order was made of the session after this call arrived, and the readings let it go on."""
    if services.readings.simultaneous_orders == "one" or services.arrived is None:
        return False
    made = select(Order.id).where(
        Order.session_id == session_id, Order.state == "closed", Order.created >= services.arrived
    )
    return session.scalar(made) is not None


def _usable_session(
    session: Session, services: Services, session_id: str, account_id: str | None, *, overlapped: bool
) -> KlarnaSession:
    klarna_session = session.get(KlarnaSession, session_id)
    if klarna_session is None or klarna_session.account_id != account_id:
        raise _void_session(services, "Session not found")
    is_used = klarna_session.state != "open" and not overlapped
    if is_used or services.forced == "session_void":
        raise _void_session(services, "Session has already been used")
    if klarna_session.expires <= services.clock.now() or services.forced == "session_expired":
        raise _void_session(services, "Session has expired")
    return klarna_session


def _usable_authorization(
    session: Session, services: Services, token: str, klarna_session: KlarnaSession, *, overlapped: bool
) -> Authorization:
    now, forced = services.clock.now(), services.forced
    authorization = session.get(Authorization, fingerprint(token))
    if forced == "authorization_used":
        raise _void_authorization(services, "Authorization token has already been used")
    if forced == "authorization_expired":
        raise _void_authorization(services, "Authorization token has expired")
    if token.startswith(NOT_GIVEN):
        raise _void_authorization(services, "Authorization token not found")
    if authorization is None:
        authorization = Authorization(
            fingerprint=fingerprint(token), session_id=klarna_session.id, first_seen=now, used=False
        )
        session.add(authorization)
        session.flush()
    elif authorization.used and not overlapped:
        raise _void_authorization(services, "Authorization token has already been used")
    elif authorization.session_id != klarna_session.id:
        raise _void_authorization(services, "Authorization token belongs to another session")
    elif authorization.first_seen + AUTHORIZATION_LIFETIME <= now:
        raise _void_authorization(services, "Authorization token has expired")
    return authorization


def _buyer(session: Session, services: Services, values: dict[str, Any], account_id: str | None) -> Account:
    if account_id is not None:
        account = find_account(session, account_id=account_id)
        assert account is not None
        return account
    customer = values["customer_info"]
    account = find_account(session, email=customer["email"])
    if account is None:
        account = add_account(
            session,
            services,
            customer["email"],
            first_name=customer["first_name"],
            last_name=customer["last_name"],
            account_origin=services.catalogue.title.code,
        )
        add_mail(session, services, "account_created_with_password_reset", account)
    elif services.readings.known_email_without_identity == "refused":
        raise ApiError(409, "account_already_exists", "The e-mail belongs to an account")
    return account


def _check_eligible(session: Session, services: Services, account: Account, offer: Offer) -> None:
    if services.readings.order_eligibility == "unchecked":
        return
    reason = rules_reason(session, services, account.id, offer)
    if reason != ALLOWED:
        status = services.readings.ineligible_session_status
        raise ApiError(status, reason, "The account may not make this purchase")


def _record(
    session: Session, services: Services, purchase: _Purchase, account: Account, *, paid: bool
) -> Order:
    values, now = purchase.values, purchase.now
    order = add_order(
        session,
        services,
        account,
        purchase.offer,
        purchase.period,
        session_id=purchase.klarna_session.id if purchase.is_first else None,
        start_date=purchase.klarna_session.start_date,
        traffic_source=values["traffic_source"],
        merchant_reference=values["merchant_reference"],
        browser_ip=values["browser_ip"],
        browser_language=values["browser_language"],
        browser_user_agent=values["browser_user_agent"],
        redirect_token=unguessable() if paid else None,
    )
    # A refused purchase ends its subscription at once (§5.5): it is there, and opens nothing.
    ended = {} if paid else {"state": "deactivated"}
    subscription = add_subscription(
        session,
        services,
        order,
        purchase.period,
        purchase.valid_from,
        merchant_reference=values["merchant_reference"],
        disable_account_info_overwrite=purchase.klarna_session.disable_account_info_overwrite,
        **ended,
    )
    add_payment(session, order, subscription, purchase.period.price, "normal", now, ok=paid)
    order.state = "closed" if paid else "failed"
    return order


def _answer(services: Services, order: Order) -> dict[str, Any]:
    address = f"{services.settings.public_url}/sandbox/klarna/redirect?token={order.redirect_token}"
    answer: dict[str, Any] = {}
    if services.readings.order_id_in_answer:
        answer["order_id"] = order.order_id
    if services.readings.redirect_field is not None:
        answer[services.readings.redirect_field] = address
    return answer

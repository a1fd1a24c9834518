"""Klarna payment sessions: made for an offer and a period, good for 48 hours and one order (§5.2)."""

from __future__ import annotations

import base64
import json
import uuid
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from klarna_shop.sandbox.catalogue import Offer, Period
from klarna_shop.sandbox.eligibility import ALLOWED, purchase_reason
from klarna_shop.sandbox.errors import ApiError, invalid_parameter, not_found
from klarna_shop.sandbox.identifiers import entity_id, unguessable
from klarna_shop.sandbox.klarna_categories import ACCOUNTS, account_categories, listing
from klarna_shop.sandbox.services import Services
from klarna_shop.sandbox.start_dates import possible_start_dates
from klarna_shop.sandbox.tables import KlarnaSession

SESSION_LIFETIME = timedelta(hours=48)
_CATEGORY_NAMES = {
    "klarna": "Betala med Klarna",
    "pay_now": "Betala direkt",
    "pay_later": "Betala senare",
    "pay_over_time": "Dela upp betalningen",
    "direct_debit": "Autogiro via Klarna",
    "direct_bank_transfer": "Direkt från banken",
}


async def create_session(
    services: Services, values: dict[str, Any], *, account_id: str | None
) -> dict[str, Any]:
    """Make a session and answer with its id and client token.

    Raises:
        ApiError: the code, the period or the start date cannot be bought like this.
    """
    offer = _offer(services, values["code"])
    try:
        period = _period(offer, values["period_type"], values["period_id"])
    except _NoSuchPeriodError as error:
        if services.readings.unusable_period_status == 404:
            raise not_found("Period") from None
        raise invalid_parameter(*error.args) from None
    start_date: date | None = values["start_date"]
    if start_date is not None:
        await _check_start_date(services, offer, account_id, start_date)
    now = services.clock.now()
    categories = account_categories(services.readings, services.widget, is_trial=offer.is_trial(period))
    klarna_session = KlarnaSession(
        id=_new_id(services.readings.session_id_form),
        account_id=account_id,
        state="open",
        code=offer.code,
        period_id=period.id,
        is_trial=offer.is_trial(period),
        confirmation_url=values["confirmation_url"],
        start_date=start_date,
        disable_account_info_overwrite=values["disable_account_info_overwrite"],
        categories=list(categories),
        created=now,
        expires=now + SESSION_LIFETIME,
    )

    def open_session(session: Session) -> None:
        _check_eligible(session, services, account_id, offer)
        session.add(klarna_session)

    # Made before the row is stored, and so while all of it is at hand.
    client_token = _client_token(services, klarna_session, offer, period)
    await services.database.write(open_session)
    answer: dict[str, Any] = {
        "klarna_payments_session_id": klarna_session.id,
        "klarna_client_token": client_token,
    }
    match listing(services.readings, services.widget):
        case "objects":
            listed = [{"identifier": category, "name": _CATEGORY_NAMES[category]} for category in categories]
            answer["payment_method_categories"] = listed
        case "names":
            answer["payment_method_categories"] = list(categories)
    return answer


async def _check_start_date(services: Services, offer: Offer, account_id: str | None, wanted: date) -> None:
    if wanted < services.clock.today():
        raise invalid_parameter("start_date", "Parameter must be today or later")
    if services.readings.other_start_dates == "taken":
        return
    possible = await services.database.read(
        lambda session: possible_start_dates(session, services, offer, account_id)
    )
    if wanted not in possible:
        raise invalid_parameter("start_date", "Parameter must be one of the possible start dates")


def _new_id(form: str) -> str:
    made = {"uuid": lambda: str(uuid.uuid4()), "entity_id": entity_id, "opaque": unguessable}
    return made[form]()


class _NoSuchPeriodError(Exception):
    """The code has no such period on sale; field and message."""


def _offer(services: Services, code: str) -> Offer:
    offer = services.catalogue.offer(code)
    if offer is None:
        if services.readings.unknown_code_status == 404:
            raise not_found("Package or campaign")
        raise invalid_parameter("code", "Package or campaign not found")
    now = services.clock.now()
    if offer.is_expired(now) or (offer.valid_from is not None and offer.valid_from > now):
        raise invalid_parameter("code", "Package or campaign is not on sale")
    return offer


def _period(offer: Offer, period_type: str | None, period_id: str | None) -> Period:
    if offer.kind == "campaign" and period_type == "limited":
        raise invalid_parameter("period_type", "Parameter must be recurring for campaigns")
    sold = [period for period in offer.klarna_periods() if period.enabled]
    if period_id is not None:
        period = next((period for period in sold if period.id == period_id.lower()), None)
        if period is None:
            raise _NoSuchPeriodError("period_id", "Period is not an enabled Klarna period of the code")
        if period_type is not None and period.type != period_type:
            raise invalid_parameter("period_type", "Parameter must be the type of the period")
        return period
    if period_type is None:
        raise invalid_parameter("period_type", "One of parameters [period_type, period_id] is required")
    matching = [period for period in sold if period.type == period_type]
    if not matching:
        raise _NoSuchPeriodError("period_type", "The code has no enabled period of this type")
    if offer.is_trial(matching[0]):
        raise invalid_parameter("period_id", "Parameter is required")  # trials name their period (§5.2)
    return matching[0]


def _check_eligible(session: Session, services: Services, account_id: str | None, offer: Offer) -> None:
    if services.forced is not None:
        reason = services.forced
    elif account_id is None or not services.readings.refuse_ineligible_sessions:
        return
    else:
        reason = purchase_reason(session, services, account_id, offer)
    if reason != ALLOWED:
        status = services.readings.ineligible_session_status
        raise ApiError(status, reason, "The account may not make this purchase", "code")


def _client_token(services: Services, klarna_session: KlarnaSession, offer: Offer, period: Period) -> str:
    """An unsigned JWT; its `x-demo` claim says that no real session of Klarna's stands behind it."""
    payload = {
        "session_id": klarna_session.id,
        "base_url": f"{services.settings.public_url}/sandbox/klarna",
        "design": "klarna",
        "language": "sv",
        "purchase_country": "SE",
        "environment": "playground",
        "merchant_name": services.settings.merchant_name,
        "session_type": "PAYMENTS",
        "scheme": True,
        "experiments": [],
        "x-demo": {
            "delay_ms": 300,
            "amount": period.price,
            "currency": "SEK",
            "description": offer.name,
            "trial": klarna_session.is_trial,
            "payment_method_categories": klarna_session.categories,
            **({"scenario": services.widget} if services.widget not in {None, *ACCOUNTS} else {}),
        },
    }
    return f"{_encoded({'alg': 'none', 'typ': 'JWT'})}.{_encoded(payload)}.{_part(b'demo')}"


def _encoded(value: dict[str, Any]) -> str:
    return _part(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _part(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()

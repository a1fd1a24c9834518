"""What Klarna knows of a customer, and how a purchase copies it to the account (§5.4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from klarna_shop.sandbox.errors import ApiError
from klarna_shop.sandbox.readings import Readings
from klarna_shop.sandbox.tables import Account

DEBT_TAG = "+debt"
TAKEN_TAG = "+ssn-taken"
ACCOUNT_ERROR_TAG = "+account-error"
DELIVERY_ERROR_TAG = "+delivery-error"
OTHER_NAME_TAG = "+other-name"
"""In the local part of an e-mail these make Klarna's or Payway's side of the purchase fail or, the last one,
let Klarna know the customer by another name."""

_GIVEN_NAMES = ("Alva", "Björn", "Cecilia", "David", "Elin", "Fredrik", "Gunilla", "Hassan", "Ingrid")
_FAMILY_NAMES = ("Ahlgren", "Bergdahl", "Dalin", "Ekblad", "Forsell", "Grahn", "Hedman", "Lindahl", "Norling")
_STREETS = ("Björkvägen", "Hamngatan", "Kyrkogatan", "Skolgatan", "Storgatan", "Ängsvägen")
_CITIES = (("903 26", "Umeå"), ("871 30", "Härnösand"), ("852 31", "Sundsvall"), ("931 30", "Skellefteå"))


@dataclass(frozen=True)
class SynchronisationRules:
    """Which failed steps abort the purchase (`raise_on_…`), and whether existing data is kept."""

    ssn_already_taken: bool = True
    ssn_already_set: bool = False
    account_update_error: bool = False
    delivery_address_error: bool = False
    keep_existing: bool = False
    readings: Readings = field(default_factory=Readings)

    @classmethod
    def never_abort(cls, readings: Readings, *, keep_existing: bool) -> SynchronisationRules:
        """For charges that nobody waits for, such as the first one after a trial."""
        return cls(ssn_already_taken=False, keep_existing=keep_existing, readings=readings)


SYNCHRONISATION_ERRORS = {
    "ssn_already_taken": "The personal number belongs to another account",
    "ssn_already_set": "The account already has a personal number",
    "account_update_error": "The account could not be updated",
    "delivery_address_error": "The delivery address is not valid",
}
"""Steps that can fail while Klarna's data reaches the account, by code (§5.5)."""


def synchronisation_error(readings: Readings, code: str) -> ApiError:
    """The refusal of a purchase because one of these steps failed."""
    message = SYNCHRONISATION_ERRORS[code]
    if readings.synchronisation_codes == "flags" and not code.endswith("_error"):
        code = f"{code}_error"
    return ApiError(readings.synchronisation_status, code, message)


def klarna_person(number: int, email: str, first_name: str | None, last_name: str | None) -> dict[str, Any]:
    """The person Klarna would know behind the customer with this number; no two numbers share one.

    The personal numbers end in 98 and 99 and a digit, a range that Sweden uses for tests only.
    """
    birth_date = date(1950, 1, 1) + timedelta(days=(number * 4391) % 19_000)
    serial = 980 + number // 19_000 % 20
    digits = f"{birth_date:%y%m%d}{serial}"
    zip_code, city = _CITIES[number % len(_CITIES)]
    local_part = email.partition("@")[0].lower()
    given_name = first_name or _GIVEN_NAMES[number % len(_GIVEN_NAMES)]
    family_name = last_name or _FAMILY_NAMES[number % len(_FAMILY_NAMES)]
    address = {
        "first_name": given_name,
        "last_name": family_name,
        "street": _STREETS[number % len(_STREETS)],
        "street_number": str(number % 60 + 1),
        "zip_code": zip_code,
        "city": city,
        "country_code": "SE",
    }
    person = {
        "first_name": given_name,
        "last_name": family_name,
        "birth_date": birth_date.isoformat(),
        "social_security_number": f"{birth_date:%Y}{digits[2:]}{_check_digit(digits)}",
        # Of the series that the Swedish authority sets aside for fiction.
        "mobile_phone_number": f"+467017406{number % 100:02d}",
        "address": address,
        "delivery_address": address,
        "refuses_account_update": ACCOUNT_ERROR_TAG in local_part,
        "refuses_delivery_address": DELIVERY_ERROR_TAG in local_part,
    }
    return named_otherwise(person) if OTHER_NAME_TAG in local_part else person


def named_otherwise(person: dict[str, Any]) -> dict[str, Any]:
    """Return the person with another name, as a passport has it where an account has the usual one."""
    names = {"first_name": f"{person['first_name']} Kim", "last_name": f"{person['last_name']} Ek"}
    address = {**person["address"], **names}
    return {**person, **names, "address": address, "delivery_address": address}


def _check_digit(digits: str) -> int:
    doubled = (int(digit) * (2 - index % 2) for index, digit in enumerate(digits))
    return -sum(number // 10 + number % 10 for number in doubled) % 10


def plan_synchronisation(session: Session, account: Account, rules: SynchronisationRules) -> dict[str, Any]:
    """What a purchase will change on the account, by attribute.

    Raises:
        ApiError: a step cannot be done and its flag says that it aborts the purchase (§5.5).
    """
    person = account.klarna_person
    changes: dict[str, Any] = {"mobile_phone_number": person["mobile_phone_number"]}
    changes |= _personal_number(session, account, rules)
    if not person["refuses_account_update"]:
        changes["first_name"] = person["first_name"]
        changes["last_name"] = person["last_name"]
        changes["birth_date"] = date.fromisoformat(person["birth_date"])
        changes["address"] = person["address"]
    elif rules.account_update_error:
        raise synchronisation_error(rules.readings, "account_update_error")
    if not person["refuses_delivery_address"]:
        changes["delivery_address"] = person["delivery_address"]
    elif rules.delivery_address_error:
        raise synchronisation_error(rules.readings, "delivery_address_error")
    if rules.keep_existing:
        return {name: value for name, value in changes.items() if getattr(account, name) in (None, "")}
    return changes


def _personal_number(session: Session, account: Account, rules: SynchronisationRules) -> dict[str, Any]:
    number = account.klarna_person["social_security_number"]
    if account.social_security_number == number:
        return {}
    if account.social_security_number is not None:
        if rules.ssn_already_set and not rules.keep_existing:
            raise synchronisation_error(rules.readings, "ssn_already_set")
        if rules.keep_existing or rules.readings.differing_personal_number == "kept":
            return {}
    owner = session.scalar(select(Account.id).where(Account.social_security_number == number))
    if owner is None:
        return {"social_security_number": number}
    if rules.ssn_already_taken:
        raise synchronisation_error(rules.readings, "ssn_already_taken")
    return {}


def apply_synchronisation(account: Account, changes: dict[str, Any], now: datetime) -> None:
    """Write a plan to the account."""
    for name, value in changes.items():
        setattr(account, name, value)
    account.klarna_synchronised = now
    account.updated = now

"""Accounts, server to server (§10), and their entitlements (§8.2, §8.3)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from klarna_shop.sandbox.accounts import (
    add_account,
    add_mail,
    authentication_attempts,
    find_account,
    record_attempt,
)
from klarna_shop.sandbox.answers.accounts import (
    AccountStatusAnswer,
    AuthenticationAttemptsAnswer,
    NewAccountAnswer,
    ReportedAttemptAnswer,
)
from klarna_shop.sandbox.answers.me import ActiveProductsAnswer
from klarna_shop.sandbox.api.entitlements import INCLUDE_ARTICLES, allowed
from klarna_shop.sandbox.endpoint import Call, Endpoints, Facts
from klarna_shop.sandbox.errors import ApiError, invalid_parameter, not_found
from klarna_shop.sandbox.formats import EMAIL, ENTITY_ID, MOBILE_PHONE, SOCIAL_SECURITY_NUMBER, TITLE_CODE
from klarna_shop.sandbox.lifecycle import advance
from klarna_shop.sandbox.parameters import OneOf, Parameter
from klarna_shop.sandbox.passwords import hash_password
from klarna_shop.sandbox.refusals import CLIENT, DOCUMENTED, INFERRED, UNKNOWN, Refusal, unknown
from klarna_shop.sandbox.scopes import ACCOUNT_READ, ACCOUNT_WRITE
from klarna_shop.sandbox.subscriptions import subscriptions_of_known
from klarna_shop.sandbox.tables import Account

endpoints = Endpoints()

_EMAIL = Parameter(
    "email",
    required=True,
    format=EMAIL,
    maximum=256,
    description="The account's e-mail; capitals do not matter.",
    limits_provenance=INFERRED,
)
_NO_ACCOUNT = unknown("The account")


def _text(name: str, maximum: int = 128, description: str = "") -> Parameter:
    return Parameter(name, maximum=maximum, description=description, limits_provenance=INFERRED)


_NEW_V1 = (
    replace(_EMAIL, description="Unique; the name to sign in with."),
    Parameter("password", required=True, minimum=6, maximum=1024),
    _text("first_name"),
    _text("last_name"),
    Parameter("mobile_phone_number", format=MOBILE_PHONE),
    Parameter(
        "social_security_number",
        format=SOCIAL_SECURITY_NUMBER,
        description="Unique. With its century, or with a hyphen.",
    ),
    Parameter("birth_date", "date"),
    _text("company_registration_number", 32),
    Parameter(
        "account_origin",
        format=TITLE_CODE,
        maximum=15,
        description="Code of the title that caused the account to be made.",
    ),
    Parameter(
        "external_ids",
        "object",
        description="Ids of the account in other systems. Their shape was not seen; any plain values do.",
        limits_provenance=UNKNOWN,
    ),
    _text("created_from_source"),
)
_ADDRESS_REQUIRED = ("street", "zip_code", "city")
_ADDRESS_OPTIONAL = (
    "first_name",
    "last_name",
    "street_number",
    "staircase",
    "floor",
    "apartment",
    "apartment_number",
    "mobile_number",
    "phone_number",
    "contact_email",
    "drop_box",
    "care_of",
    "company_name",
    "company_department",
    "company_reference",
    "company_crn",
    "company_vat_number",
)
_ADDRESS = Parameter(
    "address",
    "object",
    members=(
        *(replace(_text(name), required=True) for name in _ADDRESS_REQUIRED),
        Parameter("country_code", required=True, choices=("SE", "FI")),
        *(_text(name) for name in _ADDRESS_OPTIONAL),
    ),
    description="A Payway Address (§13).",
)
_LONG = 1024
"""Characters that v2 takes of e-mail, names and origin (§17)."""
_CHANGED_IN_V2: dict[str, Parameter] = {
    "email": replace(_NEW_V1[0], maximum=_LONG, limits_provenance=None),
    "first_name": Parameter("first_name", maximum=_LONG),
    "last_name": Parameter("last_name", maximum=_LONG),
    "account_origin": Parameter(
        "account_origin", maximum=_LONG, description="Code of the title that caused the account to be made."
    ),
    "created_from_source": Parameter(
        "created_from_source",
        "object",
        minimum=6,
        maximum=_LONG,
        description="Origin of the account: 6 to 1024 characters as text. Left out, it is the application's "
        "name and the client id.",
    ),
}
_NEW_V2 = (
    *(_CHANGED_IN_V2.get(parameter.name, parameter) for parameter in _NEW_V1),
    _text("company_name"),
    _ADDRESS,
    Parameter(
        "require_verification",
        "boolean",
        default=False,
        description="Whether the account must be verified before it is active. Ignored where the "
        "organisation's rules have it off (reading `verification`).",
    ),
)
_NEW_ACCOUNT: Facts = {
    "scope": ACCOUNT_WRITE,
    "section": "10.1",
    "answer": NewAccountAnswer,
    "provenance": DOCUMENTED,
    "refusals": (
        Refusal(
            409,
            "conflict",
            "The e-mail or the personal number is taken.",
            UNKNOWN,
            "10.1",
            "taken_email_status",
        ),
    ),
}
_KEPT = (
    "first_name",
    "last_name",
    "mobile_phone_number",
    "birth_date",
    "company_name",
    "company_registration_number",
    "account_origin",
)


@endpoints.post("/v1/accounts", **_NEW_ACCOUNT, parameters=_NEW_V1)
@endpoints.post("/v2/accounts", **_NEW_ACCOUNT, parameters=_NEW_V2)
async def create_account(call: Call) -> dict[str, Any] | None:
    """Make an account; it can be used at once unless verification is asked for."""
    values = call.values
    password_hash = await asyncio.to_thread(hash_password, values["password"])
    is_asked_for = call.services.readings.verification == "as_asked"
    unverified = is_asked_for and values.get("require_verification", False)

    def add(session: Session) -> str:
        if find_account(session, email=values["email"]) is not None:
            raise _taken(call, "email")
        account = add_account(
            session,
            call.services,
            values["email"],
            password_hash=password_hash,
            status="created" if unverified else "active",
            verified=not unverified,
            social_security_number=_free_number(session, call),
            address=values.get("address"),
            **{name: values.get(name) for name in _KEPT},
        )
        add_mail(session, call.services, "account_created", account)
        return account.id

    account_id = await call.services.database.write(add)
    return _wrapped(call.services.readings.account_creation_answer, {"id": account_id})


def _taken(call: Call, field: str) -> ApiError:
    message = "Parameter is already taken"
    if call.services.readings.taken_email_status == 409:
        return ApiError(409, "conflict", message)
    return invalid_parameter(field, message)


def _wrapped(form: str, answer: dict[str, Any]) -> dict[str, Any] | None:
    """An answer whose wrapper the reference does not tell; None is an answer without a body."""
    forms: dict[str, dict[str, Any] | None] = {
        "item": {"item": answer},
        "flat": answer,
        "empty_object": {},
        "empty_body": None,
    }
    return forms[form]


def _free_number(session: Session, call: Call) -> str | None:
    number: str | None = call.values["social_security_number"]
    if number is None:
        return None
    if "-" in number:  # stored with its century; a hyphen means under a hundred years old
        short, this_year = number.replace("-", ""), call.services.clock.today().year
        century = this_year // 100 - (int(short[:2]) > this_year % 100)
        number = f"{century}{short}"
    if session.scalar(select(Account.id).where(Account.social_security_number == number)):
        raise _taken(call, "social_security_number")
    return number


@endpoints.get(
    "/v1/accounts/status",
    scope=ACCOUNT_READ,
    section="8.3",
    answer=AccountStatusAnswer,
    provenance=DOCUMENTED,
    parameters=(
        Parameter("id", format=ENTITY_ID, description="The account's id."),
        replace(_EMAIL, required=False),
    ),
    refusals=(_NO_ACCOUNT,),
    exclusive=(OneOf(("id", "email")),),
)
async def status(call: Call) -> dict[str, Any]:
    """Status of an account by id or e-mail."""
    account = await call.services.database.read(
        lambda session: find_account(session, account_id=call.values["id"], email=call.values["email"])
    )
    if account is None:
        raise not_found("Account")
    return {"item": {"status": account.status}}


@endpoints.get(
    "/v1/accounts/active_products",
    scope=ACCOUNT_READ,
    section="8.2",
    answer=ActiveProductsAnswer,
    provenance=DOCUMENTED,
    parameters=(Parameter("account_id", required=True, format=ENTITY_ID), INCLUDE_ARTICLES),
    refusals=(_NO_ACCOUNT,),
)
async def account_active_products(call: Call) -> dict[str, Any]:
    """Codes of all an account may use."""
    account_id = call.values["account_id"].lower()
    await advance(call.services, account_id)
    subscriptions = await call.services.database.read(
        lambda session: subscriptions_of_known(session, account_id)
    )
    return {"item": allowed(call, account_id, subscriptions)}


@endpoints.get(
    "/v1/accounts/get_authentication_attempts",
    scope=ACCOUNT_READ,
    section="10.3",
    answer=AuthenticationAttemptsAnswer,
    provenance=DOCUMENTED,
    parameters=(_EMAIL,),
    refusals=(_NO_ACCOUNT,),
)
async def get_authentication_attempts(call: Call) -> dict[str, Any]:
    """Attempts left before an account freezes."""
    account = await call.services.database.read(
        lambda session: find_account(session, email=call.values["email"])
    )
    if account is None:
        raise not_found("Account")
    return {"item": authentication_attempts(call.services, account)}


@endpoints.post(
    "/v1/accounts/create_authentication_attempt",
    scope=ACCOUNT_WRITE,
    section="10.4",
    answer=ReportedAttemptAnswer,
    provenance=CLIENT,
    access_provenance=INFERRED,
    parameters=(
        replace(_EMAIL, provenance=CLIENT),
        Parameter("login_successful", "boolean", required=True, provenance=CLIENT),
        Parameter("user_agent", description="The customer's browser, in its own words.", provenance=CLIENT),
        Parameter(
            "persist",
            "boolean",
            default=False,
            description="Whether the customer asked to stay signed in.",
            provenance=CLIENT,
        ),
    ),
    refusals=(_NO_ACCOUNT,),
)
async def create_authentication_attempt(call: Call) -> dict[str, Any] | None:
    """Report a sign-in; the answer says what is left."""

    def record(session: Session) -> dict[str, Any]:
        account = find_account(session, email=call.values["email"])
        if account is None:
            raise not_found("Account")
        record_attempt(call.services, account, successful=call.values["login_successful"])
        return authentication_attempts(call.services, account)

    left = await call.services.database.write(record)
    return _wrapped(call.services.readings.attempt_answer, left)

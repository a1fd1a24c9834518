"""What a field's name says about its value: a secret, somebody's data, or something to show.

Names are compared in snake case. What no rule here knows is not shown: a field that Payway adds tomorrow is
hidden until somebody has looked at it.
"""

from __future__ import annotations

import re

TOKEN = "$PAYWAY_TOKEN"  # noqa: S105 - a placeholder
HIDDEN = "[hidden]"

PLACEHOLDERS = {
    "access_token": TOKEN,
    "refresh_token": "$PAYWAY_REFRESH_TOKEN",
    "client_id": "$PAYWAY_CLIENT_ID",
    "client_secret": "$PAYWAY_CLIENT_SECRET",
    "ticket": "$PAYWAY_TICKET",
    "username": "$CUSTOMER_EMAIL",
    "password": "$CUSTOMER_PASSWORD",
    "klarna_client_token": "$KLARNA_CLIENT_TOKEN",
    "client_token": "$KLARNA_CLIENT_TOKEN",
    "klarna_authorization_token": "$KLARNA_AUTHORIZATION_TOKEN",
    "authorization_token": "$KLARNA_AUTHORIZATION_TOKEN",
    "klarna_payments_session_id": "$KLARNA_SESSION_ID",
    "session_id": "$KLARNA_SESSION_ID",
    "email": "$CUSTOMER_EMAIL",
    "contact_email": "$CUSTOMER_EMAIL",
    "first_name": "$CUSTOMER_FIRST_NAME",
    "last_name": "$CUSTOMER_LAST_NAME",
    "ssn": "$CUSTOMER_PERSONAL_NUMBER",
    "social_security_number": "$CUSTOMER_PERSONAL_NUMBER",
    "birth_date": "$CUSTOMER_BIRTH_DATE",
    "date_of_birth": "$CUSTOMER_BIRTH_DATE",
    "mobile_phone_number": "$CUSTOMER_PHONE",
    "phone_number": "$CUSTOMER_PHONE",
    "phone": "$CUSTOMER_PHONE",
    "customer_number": "$CUSTOMER_NUMBER",
    "browser_ip": "$BROWSER_IP",
    "ip": "$BROWSER_IP",
    "browser_user_agent": "$BROWSER_USER_AGENT",
    "user_agent": "$BROWSER_USER_AGENT",
    "traffic_source": "$TRAFFIC_SOURCE",
    "authorization_code": "$AUTHORIZATION_CODE",
}
"""Fields whose value is replaced by the name of a shell variable, so that a call can be repeated by somebody
who has values of their own to put there."""

SHELL_VARIABLES = frozenset(PLACEHOLDERS.values()) | {"$PAYWAY_API_URL"}

_SECRET = re.compile(
    r"token|secret|passw|pwd|authoriz|cookie|session|credential|signature|api_?key|private|assertion|jwt"
    r"|(^|_)(otp|pin)($|_)"
)
_PERSONAL = re.compile(
    r"mail|phone|mobile|ssn|social|personal|personnummer|birth|gender|alias|street|zip|postal|city|region"
    r"|(first|last|given|family|full|sur|middle|company|user|co)_?name|organi[sz]ation_number"
    r"|company_registration|careof|care_of|address|(^|_)(ip|age|door|floor|latitude|longitude)($|_)"
)
_PERSON = re.compile(
    r"customer|account|person|contact|address|owner|billing|shipping|delivery|profile|subscriber"
)
"""An object under such a name describes somebody: nothing in it is shown but what says which kind it is."""
_NEITHER = frozenset(
    {
        "token_type",
        "session_fingerprint",
        "remaining_authentication_attempts",
        "account_id",
        "account_origin",
        "customer_can_cancel",
        "visible_to_end_customer",
        "disable_account_info_overwrite",
        "raise_on_ssn_already_taken_error",
        "raise_on_ssn_already_set_error",
        "raise_on_account_update_error",
        "raise_on_delivery_address_error",
        "account_frozen",
    }
)
"""Names that look like secrets or people to the patterns, and are not."""

_TEXTS = frozenset(
    {"name", "title", "description", "additional_short_description", "message", "error_description"}
)
_ADDRESSES = re.compile(r"(^|_)ur[li]$")
_SHOWN = re.compile(
    r"(^|_)(code|codes|id|ids|identifier|type|state|status|reason|error|field|fields|kind|language|method|option"
    r"|category|categories|currency|reference|created|date|at|from|to|until|result|scope|tags|number|articles"
    r"|origin|products|service|unit|event|phase|call|host|outcome|article|offer|cause)$"
)


def is_secret(name: str) -> bool:
    """Whether the value opens something."""
    return name not in _NEITHER and _SECRET.search(name) is not None


def is_personal(name: str) -> bool:
    """Whether the value is about somebody."""
    return name not in _NEITHER and _PERSONAL.search(name) is not None


def describes_person(name: str) -> bool:
    """Whether an object of this name is about somebody."""
    return name not in _NEITHER and _PERSON.search(name) is not None


def is_text(name: str) -> bool:
    """Whether the value is prose, which may be shown once it is swept."""
    return name in _TEXTS


def is_address(name: str) -> bool:
    """Whether the value is a web address, of which the host may be shown."""
    return _ADDRESSES.search(name) is not None


def is_shown(name: str) -> bool:
    """Whether the value is a code, an identifier, a date or a kind."""
    return _SHOWN.search(name) is not None


SHOWN_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "allow",
        "cache-control",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "date",
        "host",
        "request-id",
        "retry-after",
        "server",
        "transfer-encoding",
        "user-agent",
        "vary",
        "x-correlation-id",
        "x-request-id",
    }
)

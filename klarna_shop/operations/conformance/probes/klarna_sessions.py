"""Klarna periods and sessions (§5.1, §5.2). A session charges nothing and ends by itself after 48 hours."""

from __future__ import annotations

from typing import Any

from klarna_shop.operations.conformance.probes.probe import (
    NO_SUCH_CODE,
    NO_SUCH_ID,
    UNKNOWN,
    Bearer,
    Claim,
    Learned,
    Leave,
    Probe,
    invalid,
    missing,
    refusal,
)

_READ, _WRITE = "/external/klarna_payments/r", "/external/klarna_payments/w"
_V1 = "/v1/klarna_payments/create_session"
_V1_NOBODY = "/v1/klarna_payments/create_session_without_account"
_V2 = "/v2/klarna_payments/create_session"
_URL = {"confirmation_url": "https://conformance.example/confirmation"}
_PACKAGE = {
    "code": Learned("package_code"),
    "period_type": Learned("package_period_type"),
    "period_id": Learned("package_period_id"),
    **_URL,
}
_BY_TYPE = {"code": Learned("package_code"), "period_type": Learned("package_period_type"), **_URL}
_BY_ID = {"code": Learned("package_code"), "period_id": Learned("package_period_id"), **_URL}
_CAMPAIGN = {
    "code": Learned("campaign_code"),
    "period_type": "recurring",
    "period_id": Learned("campaign_period_id"),
    **_URL,
}
_TRIAL = {
    "code": Learned("trial_code"),
    "period_type": "recurring",
    "period_id": Learned("trial_period_id"),
    **_URL,
}
_SESSION_ID = "klarna_payments_session_id"


def _session(name: str, path: str, body: dict[str, Any], **facts: Any) -> Probe:
    facts = {"leave": Leave.WRITE, **facts}
    return Probe(name, "5.2", "POST", path, _WRITE, path == _V1, body=body, **facts)


def _without(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in names}


def _periods(name: str, version: str, code: Any, claims: tuple[Claim, ...] = ()) -> Probe:
    path = f"/{version}/klarna_payments/payment_periods"
    return Probe(name, "5.1", "GET", path, _READ, query={"code": code}, claims=claims)


PROBES = (
    *(
        _periods(f"Klarna periods of a {what} in {version}", version, Learned(f"{what}_code"))
        for version in ("v1", "v2")
        for what in ("package", "campaign", "trial")
    ),
    _periods("Klarna periods of an unknown code", "v2", NO_SUCH_CODE),
    _session("session for a package, v1", _V1, _PACKAGE, notes={"session_v1": _SESSION_ID}),
    _session("session for a campaign, v1", _V1, _CAMPAIGN),
    _session("session for a trial, v1", _V1, _TRIAL, notes={"trial_session_v1": _SESSION_ID}),
    _session(
        "session for a package, v1 without account",
        _V1_NOBODY,
        _PACKAGE,
        notes={"session_without_account": _SESSION_ID},
    ),
    _session(
        "session for a trial, v1 without account",
        _V1_NOBODY,
        _TRIAL,
        notes={"trial_session_without_account": _SESSION_ID},
    ),
    _session("session for a package, v2", _V2, _PACKAGE, notes={"session_v2": _SESSION_ID}),
    _session("session by period type alone, v2", _V2, _BY_TYPE),
    _session("session by period id alone, v2", _V2, _BY_ID),
    _session("session for a campaign, v2", _V2, _CAMPAIGN),
    _session("session for a trial, v2", _V2, _TRIAL, notes={"trial_session_v2": _SESSION_ID}),
    _session(
        "session with every parameter, v2",
        _V2,
        {**_PACKAGE, "start_date": Learned("in_a_month"), "disable_account_info_overwrite": True},
    ),
    _session("session for an unknown code, v1", _V1, {**_BY_TYPE, "code": NO_SUCH_CODE}),
    _session("session for an unknown code, v2", _V2, {**_BY_TYPE, "code": NO_SUCH_CODE}),
    _session("session with a period of nothing", _V2, {**_BY_ID, "period_id": NO_SUCH_ID}),
    _session(
        "session with a period of another offer", _V2, {**_BY_ID, "period_id": Learned("campaign_period_id")}
    ),
    _session(
        "session with a period id in a wrong format",
        _V2,
        {**_BY_ID, "period_id": "conformance"},
        claims=invalid("period_id"),
    ),
    _session("session without a code", _V2, _without(_BY_TYPE, "code"), claims=missing("code")),
    _session(
        "session without an address",
        _V2,
        _without(_BY_TYPE, "confirmation_url"),
        claims=missing("confirmation_url"),
    ),
    _session(
        "session with an address that is none",
        _V2,
        {**_BY_TYPE, "confirmation_url": "conformance"},
        claims=invalid("confirmation_url", section="5.2"),
    ),
    _session(
        "session without a period type, v1",
        _V1_NOBODY,
        _without(_PACKAGE, "period_type"),
        claims=missing("period_type"),
    ),
    _session(
        "session without period type and id, v2",
        _V2,
        _without(_PACKAGE, "period_type", "period_id"),
        claims=refusal(400, "invalid_parameter", section="5.2"),
    ),
    _session(
        "session of an unknown period type",
        _V2,
        {**_BY_TYPE, "period_type": "weekly"},
        claims=invalid("period_type", section="5.2"),
    ),
    _session(
        "session for a trial without its period",
        _V2,
        _without(_TRIAL, "period_id"),
        claims=(Claim("status", 400, "5.2"),),
    ),
    _session(
        "session for a campaign as limited",
        _V2,
        {**_without(_CAMPAIGN, "period_id"), "period_type": "limited"},
        claims=(Claim("status", 400, "5.2"),),
    ),
    _session("session that begins in the past", _V2, {**_BY_TYPE, "start_date": "2020-01-01"}),
    _session(
        "session that begins on no date",
        _V2,
        {**_BY_TYPE, "start_date": "tomorrow"},
        claims=invalid("start_date"),
    ),
    _session(
        "session with a boolean that is none",
        _V2,
        {**_BY_TYPE, "disable_account_info_overwrite": "maybe"},
        claims=invalid("disable_account_info_overwrite"),
    ),
    _session(
        "session with unknown parameters",
        _V2,
        {**_BY_TYPE, "foo": 1, "bar": 2},
        claims=refusal(400, "unknown_parameter", message=UNKNOWN, section="2.2"),
    ),
    _session("session v1 with a token without identity", _V1, _PACKAGE, bearer=Bearer.WITHOUT_IDENTITY),
)

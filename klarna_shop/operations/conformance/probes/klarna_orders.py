"""Klarna orders (§5.3). Without an approval in Klarna's widget nothing is bought: these are refusals.

Only a sandbox takes an authorization that was made up; the probes that buy are sent to nobody else.
"""

from __future__ import annotations

from typing import Any

from klarna_shop.operations.conformance.probes.probe import UNKNOWN, Learned, Leave, Probe, missing, refusal

_WRITE = "/external/klarna_payments/w"
_MADE_UP = "00000000-0000-4000-8000-000000000000"
_NOT_GIVEN = "not-given-by-klarna"
"""An authorization token that a sandbox of the shop's refuses as Klarna does: one that Klarna never gave."""
_BROWSER = {
    "browser_ip": "192.0.2.1",
    "browser_language": "sv-SE",
    "browser_user_agent": "Klarna Shop conformance",
}
_WITH = {**_BROWSER, "klarna_payments_session_id": _MADE_UP, "klarna_authorization_token": _MADE_UP}
_NOBODY = {
    "customer_info": {"email": "nobody@conformance.example", "first_name": "Test", "last_name": "Test"}
}


def _order(name: str, form: str, body: dict[str, Any], trial: bool = False, **facts: Any) -> Probe:
    """`form` is `v1`, `v2` or `v1 without account`."""
    version, _, without = form.partition(" ")
    action = "place_trial_order" if trial else "place_order"
    path = f"/{version}/klarna_payments/{action}{'_without_account' if without else ''}"
    facts = {"leave": Leave.WRITE, **facts}
    return Probe(name, "5.3", "POST", path, _WRITE, form == "v1", body=body, **facts)


def _purchase(name: str, form: str, session: str, trial: bool = False) -> Probe:
    body = {
        **_BROWSER,
        "klarna_payments_session_id": Learned(session),
        "klarna_authorization_token": Learned("authorization_token"),
    }
    if form != "v1":
        body["customer_info"] = {"email": Learned("fresh_email"), "first_name": "Test", "last_name": "Test"}
    return _order(name, form, body, trial, leave=Leave.SANDBOX)


PROBES = (
    *(
        _order(
            f"{'trial order' if trial else 'order'} on a made-up session, {form}",
            form,
            _WITH if form == "v1" else {**_WITH, **_NOBODY},
            trial,
        )
        for form in ("v1", "v2", "v1 without account")
        for trial in (False, True)
    ),
    _order(
        "order without an authorization",
        "v2",
        {**_BROWSER, **_NOBODY, "klarna_payments_session_id": _MADE_UP},
        claims=missing("klarna_authorization_token"),
    ),
    _order(
        "order without a session",
        "v2",
        {**_BROWSER, **_NOBODY, "klarna_authorization_token": _MADE_UP},
        claims=missing("klarna_payments_session_id"),
    ),
    _order("order without a customer, v2", "v2", _WITH),
    _order(
        "order without facts about the browser",
        "v2",
        {**_NOBODY, "klarna_payments_session_id": _MADE_UP, "klarna_authorization_token": _MADE_UP},
    ),
    _order(
        "order with an authorization that Klarna never gave",
        "v2",
        {
            **_WITH,
            **_NOBODY,
            "klarna_payments_session_id": Learned("session_v2"),
            "klarna_authorization_token": _NOT_GIVEN,
        },
    ),
    _order(
        "trial order on the session of a paid order",
        "v2",
        {**_WITH, **_NOBODY, "klarna_payments_session_id": Learned("session_v2")},
        trial=True,
    ),
    _order(
        "order with unknown parameters",
        "v2",
        {**_WITH, **_NOBODY, "foo": 1, "bar": 2},
        claims=refusal(400, "unknown_parameter", message=UNKNOWN, section="2.2"),
    ),
    _purchase("order, v1", "v1", "session_v1"),
    _purchase("order, v2", "v2", "session_v2"),
    _purchase("order, v1 without account", "v1 without account", "session_without_account"),
    _purchase("trial order, v1", "v1", "trial_session_v1", trial=True),
    _purchase("trial order, v2", "v2", "trial_session_v2", trial=True),
    _purchase(
        "trial order, v1 without account", "v1 without account", "trial_session_without_account", trial=True
    ),
)

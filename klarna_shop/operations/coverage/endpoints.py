"""Every endpoint that the Payway reference names, with its mark, and why some are left out."""

from __future__ import annotations

from dataclasses import dataclass

from klarna_shop.sandbox.provenance import Provenance

TOKEN = "POST /api/authorization/access_token"  # noqa: S105 - an address
DOCUMENTED, CLIENT = Provenance.DOCUMENTED, Provenance.CLIENT
INFERRED, UNKNOWN = Provenance.INFERRED, Provenance.UNKNOWN


@dataclass(frozen=True)
class NamedEndpoint:
    """One endpoint of the reference.

    Attributes:
        operation: verb and path below `/external/api`; for the token endpoint with its grant.
        section: of the reference.
        mark: how well it is known that it exists.
        left_out: why neither client nor sandbox has it; empty where they do.
        no_client: why the client alone has no function for it.
    """

    operation: str
    section: str
    mark: Provenance = DOCUMENTED
    left_out: str = ""
    no_client: str = ""


_OLDER = "an older version; the client calls v4"
_SSO = "Klarna Payments needs no login session across sites (§3.5)"
_INSTANT = "Klarna Instant Shopping is another product (§5.6)"
_OTHER_PAYMENT = "orders that are not paid through Klarna (§9.2)"


def _grants() -> tuple[NamedEndpoint, ...]:
    marks = {
        "none": CLIENT,
        "password": CLIENT,
        "ticket": CLIENT,
        "refresh_token": CLIENT,
    }
    return (
        *(NamedEndpoint(f"{TOKEN} {grant}", "3.2", mark) for grant, mark in marks.items()),
        NamedEndpoint(
            f"{TOKEN} authorization_code",
            "3.2",
            INFERRED,
            "codes are exchanged where discovery says (§17)",
        ),
        NamedEndpoint(f"{TOKEN} client_credentials", "3.2", UNKNOWN, "seen nowhere; `none` plays that role"),
    )


NAMED = (
    *_grants(),
    NamedEndpoint(
        "GET /oauth2/auth", "3.3", INFERRED, "seen in old scripts only; OpenID Connect is documented"
    ),
    NamedEndpoint("GET /.well-known/openid-configuration", "17"),
    NamedEndpoint("GET authorization_endpoint", "17"),
    NamedEndpoint("POST token_endpoint", "17", INFERRED),
    NamedEndpoint("GET jwks_uri", "17", INFERRED),
    NamedEndpoint(
        "GET userinfo_endpoint", "17", no_client="the account is read with `GET /v1/me`, as orders are"
    ),
    *(
        NamedEndpoint(f"SSO2 {name}", "3.5", CLIENT, _SSO)
        for name in ("identify", "authenticate", "sessionstatus", "logout", "authenticatewithticket")
    ),
    NamedEndpoint("SSO2 createsession", "3.5", DOCUMENTED, _SSO),
    NamedEndpoint("ticket generation", "3.5", UNKNOWN, "its address is not known"),
    NamedEndpoint("GET /v1/klarna_payments/payment_periods", "5.1"),
    NamedEndpoint("GET /v2/klarna_payments/payment_periods", "5.1"),
    NamedEndpoint("POST /v1/klarna_payments/create_session", "5.2"),
    NamedEndpoint("POST /v1/klarna_payments/create_session_without_account", "5.2"),
    NamedEndpoint("POST /v2/klarna_payments/create_session", "5.2"),
    NamedEndpoint("POST /v1/klarna_payments/place_order", "5.3"),
    NamedEndpoint("POST /v1/klarna_payments/place_trial_order", "5.3"),
    NamedEndpoint("POST /v2/klarna_payments/place_order", "5.3"),
    NamedEndpoint("POST /v2/klarna_payments/place_trial_order", "5.3"),
    NamedEndpoint("POST /v1/klarna_payments/place_order_without_account", "5.3", UNKNOWN),
    NamedEndpoint("POST /v1/klarna_payments/place_trial_order_without_account", "5.3", UNKNOWN),
    NamedEndpoint("POST /v1/klarna_instant_shopping/initialize_purchase", "5.6", left_out=_INSTANT),
    NamedEndpoint("GET /v1/klarna_instant_shopping/purchase_status", "5.6", left_out=_INSTANT),
    NamedEndpoint("GET /v2/products", "6.1", no_client=_OLDER),
    NamedEndpoint("GET /v3/products", "6.1", no_client=_OLDER),
    NamedEndpoint("GET /v4/products", "6.1"),
    NamedEndpoint("GET /v1/products", "6.2"),
    NamedEndpoint("GET /v2/products/package/search", "6.2"),
    NamedEndpoint("GET /v2/products/campaign/search", "6.2"),
    NamedEndpoint(
        "GET /v3/products/campaign/search",
        "17",
        no_client="known by its address alone; the client searches by v2",
    ),
    NamedEndpoint("GET /v1/products/payment_periods", "6.3"),
    NamedEndpoint("GET /v1/titles", "6.6"),
    NamedEndpoint("GET /v1/titles/find_one", "6.6"),
    NamedEndpoint("GET /v1/me/order/pre_validate_purchase", "7"),
    NamedEndpoint("GET /v4/accounts/pre_validate_purchase", "7"),
    NamedEndpoint("GET /v1/me/eligible_for_campaign", "7"),
    NamedEndpoint("GET /v2/order_validation", "7"),
    NamedEndpoint("GET /v1/ranked_campaign_group/get_purchasable_product_code", "7"),
    NamedEndpoint("GET /v1/me", "8.1"),
    NamedEndpoint("GET /v3/me", "8.1"),
    NamedEndpoint("GET /v1/me/active_products", "8.2"),
    NamedEndpoint("GET /v1/accounts/active_products", "8.2"),
    NamedEndpoint("GET /v1/accounts/status", "8.3"),
    NamedEndpoint("GET /v1/me/get_purchase_history", "8.4"),
    NamedEndpoint("GET /v1/order", "9.1"),
    NamedEndpoint("GET /v1/me/order", "9.1", UNKNOWN, "named in a menu; its page was not seen"),
    NamedEndpoint("PUT /v1/me/order", "9.1", UNKNOWN, "named in a menu; its page was not seen"),
    NamedEndpoint("POST /v1/me/order", "9.2", left_out=_OTHER_PAYMENT),
    NamedEndpoint("POST /v4/me/create_order", "9.2", left_out=_OTHER_PAYMENT),
    NamedEndpoint("POST /v1/accounts/invoice_order", "9.2", left_out=_OTHER_PAYMENT),
    NamedEndpoint("POST /v2/accounts/create_order", "9.2", left_out=_OTHER_PAYMENT),
    NamedEndpoint("GET /v1/order/get_possible_start_dates", "17"),
    NamedEndpoint("GET /v1/subscription/get_by_account", "9.3"),
    NamedEndpoint("GET /v1/userproducts/{account_id}", "9.3"),
    NamedEndpoint("PUT /v1/me/cancel_product", "9.4"),
    NamedEndpoint("PUT /v1/me/reactivate_product", "9.4"),
    NamedEndpoint("PUT /v1/accounts/cancel_product", "9.4"),
    NamedEndpoint("PUT /v1/subscription_system/cancel_payway_provisioned_subscription", "9.4"),
    NamedEndpoint("PUT /v1/subscription_system/reactivate_payway_provisioned_subscription", "17"),
    NamedEndpoint("GET /v1/cancellation_reasons", "9.4"),
    NamedEndpoint("me/change_product", "17", left_out="verb, version and parameters were not seen"),
    NamedEndpoint(
        "me/payment_profile and /find",
        "17",
        left_out="parameters and answer were not seen; a Klarna order needs no stored payment method",
    ),
    NamedEndpoint("price_api /prices", "17", left_out="sets prices, which a storefront only reads"),
    NamedEndpoint("campaigns create", "17", left_out="makes campaigns, which a storefront only reads"),
    NamedEndpoint("POST /v1/accounts", "10.1", no_client="an older version; the client calls v2"),
    NamedEndpoint("POST /v2/accounts", "10.1"),
    NamedEndpoint("GET /v1/accounts/get_authentication_attempts", "10.3"),
    NamedEndpoint("POST /v1/accounts/create_authentication_attempt", "10.4", CLIENT),
    NamedEndpoint(
        "Tulo Paywall's service", "11", left_out="a hosted component; the shop has its own paywall"
    ),
    NamedEndpoint("Adyen's endpoints", "15", left_out="another way of paying"),
    NamedEndpoint(
        "package and campaign mappings",
        "16",
        left_out="for subscription systems that keep codes of their own",
    ),
)
"""In the reference's order."""

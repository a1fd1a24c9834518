"""Every choice the sandbox makes where the Payway reference is inferred or silent, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Readings:
    """One reading of the reference. The defaults are the reference's own sandbox defaults.

    Attributes:
        wrap_klarna_answers: `{"item": …}` around create_session and place_order answers (§5.2, §5.3).
        post_status: status of a successful POST (§15.1).
        redirect_field: name of the redirect address in a place_order answer (§5.3).
        order_id_in_answer: whether a place_order answer names the order (§5.3).
        categories: identifiers listed by create_session; empty leaves the list out (§5.2).
        unauthorized_code: `code` of a 401 (§2.2).
        forbidden_code: `code` of a 403 for a missing scope (§2.2).
        identity_missing_status: answer to a token without an account: 404 (§2.2, documented) or 403.
        wrong_client_status: answer of the token endpoint to a wrong client id or secret (§2.3).
        wrong_password_status: answer of the token endpoint to a wrong password (§2.3).
        refusal_code: `code` of the 403 of a purchase that Klarna refused (§5.5).
        unknown_code_status: answer of create_session to an unknown code (§5.2).
        refuse_ineligible_sessions: whether create_session itself refuses who may not buy (§15.1).
        grants_refresh_token: the client's "offline access" switch (§3.2).
        attempts_before_freeze: failed sign-ins, as reported by clients, that freeze an account (§10.4).
        freeze_duration: how long a frozen account stays so (§10.3).
        base_package_reason: reason when a campaign's base package is active (§7).
    """

    wrap_klarna_answers: bool = True
    post_status: int = 200
    redirect_field: str = "redirect_url"
    order_id_in_answer: bool = True
    categories: tuple[str, ...] = ()
    unauthorized_code: str = "unauthorized"
    forbidden_code: str = "forbidden"
    identity_missing_status: int = 404
    wrong_client_status: int = 401
    wrong_password_status: int = 400
    refusal_code: str = "payment_method_failed"
    unknown_code_status: int = 404
    refuse_ineligible_sessions: bool = False
    grants_refresh_token: bool = True
    attempts_before_freeze: int = 5
    freeze_duration: timedelta = timedelta(minutes=30)
    base_package_reason: str = "base_package_already_active"

"""Accounts, server to server (payway-api.md §7, §8.2, §8.3, §10)."""

from __future__ import annotations

from typing import Any

from klarna_shop.payway import reading
from klarna_shop.payway.answers import understood
from klarna_shop.payway.calls import Calls, Endpoint
from klarna_shop.payway.models import AccountRequest, ActiveProducts, AuthenticationAttempts, Eligibility
from klarna_shop.payway.resources.me import read_eligibility

READ = "/external/account/r"
WRITE = "/external/account/w"

PRE_VALIDATE = Endpoint("GET", "/v4/accounts/pre_validate_purchase", READ, "7")
ACTIVE_PRODUCTS = Endpoint("GET", "/v1/accounts/active_products", READ, "8.2")
STATUS = Endpoint("GET", "/v1/accounts/status", READ, "8.3")
ATTEMPTS = Endpoint("GET", "/v1/accounts/get_authentication_attempts", READ, "10.3")
CREATE = Endpoint("POST", "/v2/accounts", WRITE, "10.1")
CANCEL = Endpoint("PUT", "/v1/accounts/cancel_product", WRITE, "9.4")
REPORT_ATTEMPT = Endpoint("POST", "/v1/accounts/create_authentication_attempt", WRITE, "10.4")


class Accounts:
    """Calls about an account by the API user itself."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def pre_validate_purchase(self, product_code: str, contact_email: str) -> Eligibility:
        """Whether somebody with this e-mail may buy; an unknown e-mail may (§7)."""
        query = {"product_code": product_code, "contact_email": contact_email}
        return understood(
            PRE_VALIDATE.operation, read_eligibility, await self._calls.call(PRE_VALIDATE, query=query)
        )

    async def active_products(self, account_id: str, *, include_articles: bool = False) -> ActiveProducts:
        """All codes an account may use, and the single articles where they are asked for (§8.2, §17)."""
        query = {"account_id": account_id} | ({"include_articles": "true"} if include_articles else {})
        body = await self._calls.call(ACTIVE_PRODUCTS, query=query)
        return understood(ACTIVE_PRODUCTS.operation, ActiveProducts.read, body)

    async def status(self, *, email: str | None = None, account_id: str | None = None) -> str:
        """`created`, `active`, `inactive` or `archived` (§8.3). Takes one of the two.

        Raises:
            NotFound: there is no such account.
        """
        if (email is None) == (account_id is None):
            raise ValueError("status takes either an e-mail or an account id")
        query = {"email": email} if email is not None else {"id": account_id or ""}
        body = await self._calls.call(STATUS, query=query)
        return understood(
            STATUS.operation, lambda answer: reading.required(reading.item(answer), "status"), body
        )

    async def create(self, request: AccountRequest) -> str | None:
        """Make an account; its id where the answer says it (§10.1).

        Raises:
            InvalidParameter: `field` says which value, among them an e-mail that is taken.
        """
        body = await self._calls.call(CREATE, body=request.body())
        if body is None:
            return None
        return understood(CREATE.operation, lambda answer: reading.text(reading.item(answer), "id"), body)

    async def cancel_product(
        self, account_id: str, user_product_id: str, cancellation_reason_id: str | None = None
    ) -> None:
        """End an account's subscription at its next renewal (§9.4).

        Raises:
            NotFound: the account has no such subscription.
            Conflict: this subscription cannot be cancelled this way.
        """
        body = {"id": account_id, "user_product_id": user_product_id}
        if cancellation_reason_id:
            body["cancellation_reason_id"] = cancellation_reason_id
        await self._calls.call(CANCEL, body=body)

    async def authentication_attempts(self, email: str) -> AuthenticationAttempts:
        """How many sign-ins are left (§10.3).

        Raises:
            NotFound: there is no such account.
        """
        body = await self._calls.call(ATTEMPTS, query={"email": email})
        return understood(ATTEMPTS.operation, _attempts, body)

    async def report_authentication_attempt(self, email: str, successful: bool, user_agent: str) -> None:
        """Tell Payway how a sign-in with the password grant ended (§10.4)."""
        body = {"email": email, "login_successful": successful, "user_agent": user_agent, "persist": True}
        await self._calls.call(REPORT_ATTEMPT, body=body)


def _attempts(body: Any) -> AuthenticationAttempts:
    source = reading.item(body)
    return AuthenticationAttempts(
        frozen=reading.boolean(source, "account_frozen") is True,
        remaining=reading.whole(source, "remaining_authentication_attempts"),
        frozen_until=reading.moment(source, "frozen_until"),
    )

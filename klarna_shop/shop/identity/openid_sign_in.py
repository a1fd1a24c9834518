"""Sign-in at Payway's OpenID provider: out with a sealed state, back with a code, and what can go wrong."""

from __future__ import annotations

import asyncio
import logging
import secrets
from datetime import datetime, timedelta
from typing import TypeVar

from klarna_shop.payway import (
    AccessDenied,
    Account,
    ClocksDisagree,
    Identity,
    IdentityExpired,
    IdentityTokens,
    IdTokenRefused,
    OpenId,
    PaywayClient,
    PaywayError,
    ProviderUnusable,
    SignInSecrets,
    WrongCredentials,
)
from klarna_shop.settings import Settings
from klarna_shop.shop.clock import Clock
from klarna_shop.shop.identity.errors import (
    ApiUserRefused,
    ClocksDiffer,
    CodeRefused,
    ProviderUnavailable,
    RedirectSignInFailed,
    SignInInterrupted,
    SignInUnproven,
)
from klarna_shop.shop.identity.redirect import CALLBACK_PATH, PendingSignIn, RedirectStates, Way

log = logging.getLogger(__name__)
Failure = TypeVar("Failure", bound=RedirectSignInFailed)

DEADLINE_SECONDS = 20.0
"""Somebody waits for the page."""
OFFLINE_REFUSED_FOR = timedelta(days=1)
"""Pause in asking for refresh tokens after a sign-in has worked only without their scope."""


class OpenIdSignIns:
    """Sends browsers out to sign in, and makes tokens and account of what they bring back."""

    def __init__(
        self, payway: PaywayClient, states: RedirectStates, settings: Settings, clock: Clock
    ) -> None:
        self._payway = payway
        self._states = states
        self._settings = settings
        self._clock = clock
        self._callback = f"{settings.app_url}{CALLBACK_PATH}"
        self._offline_refused_at: datetime | None = None
        self._has_warned = False

    async def leave(
        self, visitor_id: str, way: Way, *, prompt: str | None = None, offline_refused: bool = False
    ) -> str:
        """Return where to send this browser to sign in.

        With `offline_refused` the scope for refresh tokens is left out: the browser came back with a refusal
        of it. Only its word stands for that, so other browsers are still sent out with the scope.

        Raises:
            ProviderUnavailable: Payway does not say where, or something that cannot be used.
        """
        own, offline = SignInSecrets.new(), self._asks_offline() and not offline_refused
        state = self._states.make(visitor_id, way, own, offline=offline, offline_refused=offline_refused)
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                return await self._openid.authorize_address(
                    self._callback, state, own, offline=offline, prompt=prompt
                )
        except (PaywayError, TimeoutError) as error:
            raise _failed(ProviderUnavailable, error) from error

    async def check_issuer(self, named: str | None) -> None:
        """Return quietly if the browser brings an answer of Payway's own provider.

        Raises:
            SignInUnproven: it names another one.
            ProviderUnavailable: Payway does not say who it is.
        """
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                await self._openid.check_issuer(named)
        except IdTokenRefused as error:
            raise _failed(SignInUnproven, error) from error
        except (PaywayError, TimeoutError) as error:
            raise _failed(ProviderUnavailable, error) from error

    async def tokens_for(self, code: str, pending: PendingSignIn) -> tuple[IdentityTokens, Account]:
        """Return tokens and account for a code.

        The account is what Payway's API says of the access token: orders are placed with the same. What the
        ID token says about the customer is not believed.

        A sign-in that worked without the scope for refresh tokens, after the browser brought a refusal of it,
        makes the shop leave the scope out for a day: a browser without an account cannot bring that about.

        Raises:
            CodeRefused: Payway does not take the code.
            RedirectSignInFailed: anything else; see its subclasses.
        """
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                tokens = await self._openid.exchange(code, self._callback, pending.secrets)
                account = await self._payway.me.account(Identity(tokens, _forget_tokens))
        except WrongCredentials:
            raise CodeRefused from None
        except ClocksDisagree as error:
            seconds = "by an unknown time" if error.seconds is None else f"by {error.seconds} seconds"
            raise _failed(ClocksDiffer, error, f"its clock is ahead of ours {seconds}") from error
        except IdTokenRefused as error:
            raise _failed(SignInUnproven, error) from error
        except ProviderUnusable as error:
            raise _failed(ProviderUnavailable, error) from error
        except (AccessDenied, IdentityExpired) as error:
            raise _failed(ApiUserRefused, error, "the API user or one of its scopes is refused") from error
        except (PaywayError, TimeoutError) as error:
            raise _failed(SignInInterrupted, error) from error
        if pending.offline_refused:
            self._remember_refusal()
        self._notice_missing_refresh(tokens)
        return tokens, account

    def refused(self, name: str) -> ApiUserRefused:
        """Return the failure for an error that Payway sent back with the browser; `name` is safe to log."""
        return _failed(ApiUserRefused, None, f"Payway refused it ({name})")

    @property
    def _openid(self) -> OpenId:
        assert self._payway.openid is not None
        return self._payway.openid

    def _asks_offline(self) -> bool:
        refused = self._offline_refused_at
        if refused is not None and timedelta() <= self._clock() - refused < OFFLINE_REFUSED_FOR:
            return False
        return self._settings.payway_offline_access

    def _remember_refusal(self) -> None:
        """Ask for no refresh tokens for a day: Payway does not give this API user any."""
        self._offline_refused_at = self._clock()
        log.warning(
            "sign-in by redirect: Payway refuses the scope for refresh tokens. Customers are signed out when "
            "their token ends. The API user's switch Offline access in Payway's admin portal allows it."
        )

    def _notice_missing_refresh(self, tokens: IdentityTokens) -> None:
        if tokens.refresh_token is None and self._settings.payway_offline_access and not self._has_warned:
            self._has_warned = True
            log.warning(
                "sign-in by redirect: no refresh token came. Customers are signed out when their token ends. "
                "Look at the API user's switch Offline access in Payway's admin portal."
            )


def _failed(kind: type[Failure], error: BaseException | None, told: str = "") -> Failure:
    """Return a failure with a new incident, which the log tells in one line."""
    failure = kind(secrets.token_hex(4))
    cause = "" if error is None else str(error) or type(error).__name__
    log.error(
        "sign-in by redirect: %s [incident %s]", "; ".join(filter(None, (told, cause))), failure.incident
    )
    return failure


async def _forget_tokens(_tokens: IdentityTokens) -> None:
    """Tokens fresh from signing in need no renewal."""

"""Who is in front of the shop, and signing in, out and up: the one object that screens and routes ask."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from weakref import WeakValueDictionary

from klarna_shop.email_address import LONGEST_EMAIL, is_email, typed_email
from klarna_shop.payway import (
    AccessDenied,
    Account,
    AccountRequest,
    AuthenticationAttempts,
    Conflict,
    Identity,
    IdentityExpired,
    IdentityTokens,
    InvalidParameter,
    NotFound,
    PaywayClient,
    PaywayError,
    WrongCredentials,
)
from klarna_shop.settings import Settings
from klarna_shop.shop.attempts import AttemptCounter
from klarna_shop.shop.clock import Clock, system_clock
from klarna_shop.shop.database import Database
from klarna_shop.shop.database_faults import DatabaseUnavailable
from klarna_shop.shop.encryption import Encryption, fingerprint
from klarna_shop.shop.identity.cookies import Cookies
from klarna_shop.shop.identity.errors import (
    AccountFrozen,
    PaywayUnavailable,
    RegisteredNotSignedIn,
    RegistrationRefused,
    SignInExpired,
    SignInRefused,
)
from klarna_shop.shop.identity.openid_sign_in import OpenIdSignIns
from klarna_shop.shop.identity.redirect import PendingSignIn, RedirectStates, Way
from klarna_shop.shop.identity.registration import LONGEST_PASSWORD, RegistrationRequest
from klarna_shop.shop.identity.sessions import SignInSessions, StoredTokens
from klarna_shop.shop.identity.tables import SignInSession
from klarna_shop.shop.reader import Customer, Reader

log = logging.getLogger(__name__)

DEADLINE_SECONDS = 20.0
SPARED_TYPING_SECONDS = 3.0
"""How long a form waits for what its reader could type as well."""
"""Somebody who presses a button waits no longer than this."""
LONGEST_USER_AGENT = 512
MOST_HELD = 10_000


@dataclass(frozen=True)
class SignedIn:
    """A sign-in that worked. `cookie_token` goes to the browser and is kept nowhere else."""

    cookie_token: str = field(repr=False)
    customer: Customer


@dataclass
class _Held:
    """The identity this process uses for a session, and the stored text it was made from."""

    identity: Identity
    sealed: str


class Identities:
    """Readers, customers and their identities in Payway."""

    def __init__(
        self,
        database: Database,
        payway: PaywayClient,
        encryption: Encryption,
        clock: Clock,
        settings: Settings,
        session_clock: Clock = system_clock,
    ) -> None:
        """`session_clock` counts how long browsers stay signed in.

        In the computer's time, so that whoever moves the sandbox's clock does not sign everybody out.
        """
        self.cookies = Cookies.of(settings)
        self._payway = payway
        self._clock = clock
        self._settings = settings
        self._sessions = SignInSessions(database, encryption, session_clock)
        self._counter = AttemptCounter(database, encryption, clock)
        self._states = RedirectStates(database, encryption, clock)
        self.by_redirect = OpenIdSignIns(payway, self._states, settings, clock)
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def reader(self, cookie_header: str | None) -> Reader:
        """The reader whose browser sent these cookies; whatever stands in them, never an error."""
        session = self.cookies.session_token(cookie_header)
        return Reader(
            visitor_id=self.visitor_id(cookie_header),
            customer=await self._sessions.customer(session) if session else None,
        )

    def visitor_id(self, cookie_header: str | None) -> str | None:
        """The browser that sent these cookies, whoever is signed in."""
        visitor = self.cookies.visitor_token(cookie_header)
        return fingerprint(visitor) if visitor else None

    async def sign_in(self, email: str, password: str, *, user_agent: str, reader: Reader) -> SignedIn:
        """Sign a customer in; a session that the browser had before is ended.

        Raises:
            SignInRefused: e-mail and password do not belong together.
            AccountFrozen: after too many failures nothing is tried for a while.
            PaywayUnavailable: Payway gave no usable answer in time.
        """
        email = typed_email(email)
        if not can_be_email(email) or not 0 < len(password) <= LONGEST_PASSWORD:
            raise SignInRefused
        try:
            async with asyncio.timeout(DEADLINE_SECONDS), self._turn(email):
                return await self._sign_in(
                    email, password, user_agent[:LONGEST_USER_AGENT] or "unknown", reader
                )
        except (PaywayError, TimeoutError) as error:
            log.warning("sign-in: Payway gave no usable answer (%s)", type(error).__name__)
            raise PaywayUnavailable from error

    async def leave_to_sign_in(
        self, visitor_id: str, way: Way, *, prompt: str | None = None, offline_refused: bool = False
    ) -> str:
        """Where to send this browser to sign in at Payway (payway-api.md §17).

        With `offline_refused` no refresh token is asked for: the browser brought a refusal of their scope.

        Raises:
            ProviderUnavailable: Payway does not say where, or something that cannot be used.
        """
        return await self.by_redirect.leave(visitor_id, way, prompt=prompt, offline_refused=offline_refused)

    async def come_back(self, state: str, reader: Reader) -> PendingSignIn:
        """The sign-in with which Payway has sent this browser back; `state` is spent by it.

        Raises:
            StateRefused: this browser was not sent out with it, or too long ago, or it has come back before.
        """
        return await self._states.redeem(state, reader.visitor_id)

    async def sign_in_with_code(self, code: str, pending: PendingSignIn, *, reader: Reader) -> SignedIn:
        """Sign in whom Payway has sent back with a code; a session that the browser had before is ended.

        Raises:
            CodeRefused: Payway does not take the code.
            RedirectSignInFailed: anything else; see its subclasses.
        """
        tokens, account = await self.by_redirect.tokens_for(code, pending)
        return await self._begin(tokens, account, account.email or "", reader)

    async def is_still_signed_in(self, reader: Reader) -> bool:
        """Whether Payway, too, still knows the reader; a sign-in that has run out there is ended here.

        A Payway that does not answer ends nothing.
        """
        if reader.customer is None:
            return False
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                await self._payway.me.account(await self.identity_of(reader.customer))
        except (SignInExpired, IdentityExpired):
            await self.sign_out(reader)
            return False
        except (PaywayError, TimeoutError) as error:
            log.warning("sign-in: Payway could not be asked about it (%s)", type(error).__name__)
        return True

    async def full_name(self, customer: Customer) -> str:
        """First and last name as Payway has them, to save typing; empty where it does not tell them soon."""
        try:
            async with asyncio.timeout(SPARED_TYPING_SECONDS):
                return (await self._payway.me.account(await self.identity_of(customer))).full_name
        except (SignInExpired, PaywayError, TimeoutError) as error:
            log.info("account: its name is missing (%s)", type(error).__name__)
            return ""

    async def register(self, wanted: RegistrationRequest, *, user_agent: str, reader: Reader) -> SignedIn:
        """Make an account in Payway and sign it in (payway-api.md §10.1).

        Raises:
            RegistrationRefused: with what to correct, or without a reason.
            RegisteredNotSignedIn: the account is there; signing in is for later.
            PaywayUnavailable: Payway gave no usable answer in time.
        """
        wanted = wanted.trimmed()
        if faults := wanted.faults():
            raise RegistrationRefused(faults)
        request = AccountRequest(
            email=wanted.email,
            password=wanted.password,
            first_name=wanted.first_name,
            last_name=wanted.last_name,
            account_origin=self._settings.payway_title_code,
        )
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                await self._payway.accounts.create(request)
        except InvalidParameter as error:
            # About the address nothing is said: what is wrong with it is most often that it is taken.
            own = error.field in {"password", "first_name", "last_name"}
            raise RegistrationRefused({error.field: "invalid"} if own and error.field else {}) from None
        except Conflict:
            raise RegistrationRefused from None
        except (PaywayError, TimeoutError) as error:
            log.warning("registration: Payway gave no usable answer (%s)", type(error).__name__)
            raise PaywayUnavailable from error
        try:
            return await self.sign_in(wanted.email, wanted.password, user_agent=user_agent, reader=reader)
        except (SignInRefused, AccountFrozen, PaywayUnavailable, DatabaseUnavailable) as error:
            raise RegisteredNotSignedIn from error

    async def identity_of(self, customer: Customer) -> Identity:
        """The customer's identity in Payway; the same object for a session, so that it renews once at a time.

        Raises:
            SignInExpired: signed out elsewhere, or the tokens cannot be used or renewed.
        """
        return self.identity_in(customer, await self._sessions.row(customer.session_id))

    def identity_in(self, customer: Customer, row: SignInSession | None) -> Identity:
        """As `identity_of`, from the row of the customer's session, which has been read already."""
        return self._identity(customer.session_id, self._sessions.tokens(row))

    async def identity_of_account(self, account_id: str) -> Identity:
        """The identity of any running session of an account, the newest first (for finishing its purchases).

        Raises:
            SignInExpired: the account is signed in nowhere.
        """
        found = await self._sessions.newest_of_account(account_id)
        if found is None:
            raise SignInExpired
        return self._identity(*found)

    async def sign_out(self, reader: Reader) -> None:
        """End the reader's session and erase its tokens."""
        if reader.customer is not None:
            self._held.pop(reader.customer.session_id, None)
            await self._sessions.end(reader.customer.session_id)

    async def erase_old(self) -> None:
        """Drop ended sessions, old counts and spent states. For each sign-in, or a periodic task."""
        await self._sessions.erase_old()
        await self._states.erase_old()
        await self._counter.forget(timedelta(days=self._settings.retention_days))

    async def _sign_in(self, email: str, password: str, user_agent: str, reader: Reader) -> SignedIn:
        await self._refuse_frozen(email)
        try:
            tokens = await self._payway.sign_in(email, password)
        except WrongCredentials:
            await self._report(email, user_agent, successful=False)
            raise await self._refusal(email) from None
        account = await self._payway.me.account(Identity(tokens, _forget_tokens))
        await self._report(email, user_agent, successful=True)
        await self._counter.succeeded(email)
        return await self._begin(tokens, account, email, reader)

    async def _begin(self, tokens: IdentityTokens, account: Account, email: str, reader: Reader) -> SignedIn:
        """A new session, with a cookie that nobody has had before; `email` where the account has none."""
        await self.sign_out(reader)
        await self.erase_old()
        token, customer = await self._sessions.begin(
            account.id, account.email or email, account.first_name or "", tokens
        )
        return SignedIn(token, customer)

    def _turn(self, email: str) -> asyncio.Lock:
        """Attempts at one address go one after another, or a hundred at once would all pass the count."""
        return self._turns.setdefault(email.lower(), asyncio.Lock())

    async def _refuse_frozen(self, email: str) -> None:
        counted = await self._attempts(email)
        if counted is None:
            standing = await self._counter.standing(email)
            if standing.frozen_until is not None:
                raise AccountFrozen(standing.frozen_until)
        elif counted.frozen:
            raise AccountFrozen(counted.frozen_until)

    async def _refusal(self, email: str) -> SignInRefused | AccountFrozen:
        """What a failed attempt came to, from whoever counts this address."""
        counted = await self._attempts(email)
        if counted is None:
            standing = await self._counter.failed(email)
            if standing.frozen_until is not None:
                return AccountFrozen(standing.frozen_until)
            return SignInRefused(standing.remaining)
        return AccountFrozen(counted.frozen_until) if counted.frozen else SignInRefused(counted.remaining)

    async def _attempts(self, email: str) -> AuthenticationAttempts | None:
        """Payway's count (§10.3); nothing where the shop must count itself."""
        try:
            counted = await self._payway.accounts.authentication_attempts(email)
        except (NotFound, InvalidParameter):
            return None
        except AccessDenied:
            log.error("sign-in: the API user may not read authentication attempts; the shop counts alone")
            return None
        return None if counted.remaining is None and not counted.frozen else counted

    async def _report(self, email: str, user_agent: str, *, successful: bool) -> None:
        """Tell Payway how an attempt ended (§10.4); that it does not listen hinders nobody."""
        try:
            await self._payway.accounts.report_authentication_attempt(email, successful, user_agent)
        except (NotFound, InvalidParameter):
            pass  # an address Payway does not know, which the shop counts itself
        except PaywayError as error:
            log.warning("sign-in: the outcome could not be reported to Payway (%s)", type(error).__name__)

    def _identity(self, session_id: str, stored: StoredTokens | None) -> Identity:
        if stored is None:
            self._held.pop(session_id, None)
            raise SignInExpired
        held = self._held.get(session_id)
        if held is None or held.sealed != stored.sealed:
            held = self._hold(session_id, stored)
        self._held.move_to_end(session_id)
        if stored.tokens.refresh_token is None and stored.tokens.expires_at <= self._clock():
            raise SignInExpired
        return held.identity

    def _hold(self, session_id: str, stored: StoredTokens) -> _Held:
        async def keep(tokens: IdentityTokens) -> None:
            # Where they cannot be written this process goes on with them, until it ends.
            with suppress(DatabaseUnavailable):
                held.sealed = await self._sessions.keep(session_id, tokens)

        held = _Held(Identity(stored.tokens, keep), stored.sealed)
        self._held[session_id] = held
        while len(self._held) > MOST_HELD:
            self._held.popitem(last=False)
        return held


def can_be_email(email: str) -> bool:
    """Whether it is worth asking; what an address may look like in an old account, Payway knows."""
    local, at, host = email.rpartition("@")
    return is_email(email) or (
        bool(local and at and host)
        and len(email) <= LONGEST_EMAIL
        and email.isprintable()
        and " " not in email
    )


async def _forget_tokens(_tokens: IdentityTokens) -> None:
    """Tokens fresh from signing in need no renewal."""

"""Sign-in by redirect: the state that goes to Payway with a browser and has to come back with the same one.

The state is sealed, so that it can neither be forged nor read on the way, names the browser it was made for,
ends after ten minutes and is good once. That keeps strangers from finishing their own sign-in in somebody
else's browser (RFC 6749 §10.12). Nonce and PKCE verifier of the sign-in travel in it, unreadable to browser
and provider.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, delete

from klarna_shop.payway import SignInSecrets
from klarna_shop.shop.addresses import DEFAULT_LANGUAGE
from klarna_shop.shop.clock import Clock
from klarna_shop.shop.database import Database
from klarna_shop.shop.encryption import CannotDecrypt, Encryption, fingerprint
from klarna_shop.shop.identity.cookies import new_token
from klarna_shop.shop.identity.errors import StateRefused
from klarna_shop.shop.identity.next_address import own_path
from klarna_shop.shop.identity.tables import SpentSignInState

LIFETIME = timedelta(minutes=10)
LONGEST_STATE = 7_000
"""Characters; more is never ours, even with the longest next address in any alphabet."""
START_PATH = "/auth/start"
CALLBACK_PATH = "/auth/callback"


@dataclass(frozen=True)
class Way:
    """Where a reader goes on after signing in, and in which language the shop speaks to them.

    `next_path` is a path of this shop, or empty.
    """

    next_path: str = ""
    language: str = DEFAULT_LANGUAGE


@dataclass(frozen=True)
class PendingSignIn:
    """A sign-in whose browser has come back.

    Attributes:
        way: where its reader goes on.
        secrets: what its answer has to match.
        asked_offline: True if the scope for refresh tokens was asked for.
        offline_refused: True if it was left out because this browser came back with a refusal of it.
    """

    way: Way
    secrets: SignInSecrets = field(repr=False)
    asked_offline: bool
    offline_refused: bool = False


def start_address(way: Way, *, other_customer: bool = False) -> str:
    """The address that begins a sign-in by redirect."""
    query = {"next": way.next_path, "language": way.language, "customer": "other" if other_customer else ""}
    return f"{START_PATH}?{urlencode({name: value for name, value in query.items() if value})}"


@dataclass(frozen=True)
class _State:
    """What is sealed. `purpose` tells it from everything else that is sealed with the same key."""

    browser: str
    next_path: str
    language: str
    made_at: str
    once: str
    nonce: str
    verifier: str
    offline: bool
    offline_refused: bool = False
    purpose: str = "sign-in by OpenID Connect"


class RedirectStates:
    """Makes states and takes them back."""

    def __init__(self, database: Database, encryption: Encryption, clock: Clock) -> None:
        self._database = database
        self._encryption = encryption
        self._clock = clock

    def make(
        self,
        visitor_id: str,
        way: Way,
        secrets: SignInSecrets,
        *,
        offline: bool = True,
        offline_refused: bool = False,
    ) -> str:
        """A new state for the browser with this visitor id."""
        state = _State(
            browser=visitor_id,
            next_path=way.next_path,
            language=way.language,
            made_at=self._clock().isoformat(),
            once=new_token(),
            nonce=secrets.nonce,
            verifier=secrets.verifier,
            offline=offline,
            offline_refused=offline_refused,
        )
        return self._encryption.encrypt(json.dumps(asdict(state), ensure_ascii=False))

    async def redeem(self, written: str, visitor_id: str | None) -> PendingSignIn:
        """The sign-in of a state that came back; the state is spent by it.

        Raises:
            StateRefused: not ours, another browser's, too old, or spent before.
        """
        state = self._read(written)
        if state is None:
            raise StateRefused("foreign")
        if visitor_id is None or not hmac.compare_digest(state.browser.encode(), visitor_id.encode()):
            # Whose it is says nothing about where this browser was going.
            raise StateRefused("foreign", language=state.language)
        way = Way(own_path(state.next_path) or "", state.language)
        if not timedelta() <= self._clock() - datetime.fromisoformat(state.made_at) < LIFETIME:
            raise StateRefused("expired", way.next_path, way.language)
        if not await self._spend(state.once):
            raise StateRefused("spent", way.next_path, way.language)
        own = SignInSecrets(state.nonce, state.verifier)
        return PendingSignIn(way, own, state.offline, state.offline_refused)

    async def erase_old(self) -> None:
        """Forget spent states that are too old to be taken anyhow."""
        old = delete(SpentSignInState).where(col(SpentSignInState.spent_at) < self._clock() - 2 * LIFETIME)
        await self._database.write(lambda session: session.exec(old))

    def _read(self, written: str) -> _State | None:
        if not 0 < len(written) <= LONGEST_STATE or not written.isascii():
            return None
        try:
            state = _State(**json.loads(self._encryption.decrypt(written)))
        except (CannotDecrypt, ValueError, TypeError):
            return None
        return state if state.purpose == _State.purpose else None

    async def _spend(self, once: str) -> bool:
        """Whether this is the first time; of two at once the database lets one through."""
        spent = SpentSignInState(id=fingerprint(once), spent_at=self._clock())
        try:
            await self._database.write(lambda session: session.add(spent))
        except IntegrityError:
            return False
        return True

"""Identity: visitors, signing in and out, making an account, and the cookies that carry it.

Screens and routes import from here. Uses `klarna_shop.payway` and the shop's foundation.
"""

from klarna_shop.shop.identity.cookies import (
    NOTICE_SECONDS,
    SESSION_SECONDS,
    VISITOR_SECONDS,
    Cookies,
    new_token,
)
from klarna_shop.shop.identity.demo import DemoCustomer
from klarna_shop.shop.identity.errors import (
    AccountFrozen,
    ApiUserRefused,
    ClocksDiffer,
    CodeRefused,
    PaywayUnavailable,
    ProviderUnavailable,
    RedirectSignInFailed,
    RegisteredNotSignedIn,
    RegistrationRefused,
    SignInExpired,
    SignInInterrupted,
    SignInRefused,
    SignInUnproven,
    StateRefused,
)
from klarna_shop.shop.identity.next_address import own_path
from klarna_shop.shop.identity.notice import Notice, mark_of, seal, unseal
from klarna_shop.shop.identity.redirect import (
    CALLBACK_PATH,
    START_PATH,
    PendingSignIn,
    RedirectStates,
    Way,
    start_address,
)
from klarna_shop.shop.identity.registration import (
    LONGEST_NAME,
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    RegistrationRequest,
)
from klarna_shop.shop.identity.service import Identities, SignedIn, can_be_email

__all__ = [
    "CALLBACK_PATH",
    "LONGEST_NAME",
    "LONGEST_PASSWORD",
    "NOTICE_SECONDS",
    "SESSION_SECONDS",
    "SHORTEST_PASSWORD",
    "START_PATH",
    "VISITOR_SECONDS",
    "AccountFrozen",
    "ApiUserRefused",
    "ClocksDiffer",
    "CodeRefused",
    "Cookies",
    "DemoCustomer",
    "Identities",
    "Notice",
    "PaywayUnavailable",
    "PendingSignIn",
    "ProviderUnavailable",
    "RedirectSignInFailed",
    "RedirectStates",
    "RegisteredNotSignedIn",
    "RegistrationRefused",
    "RegistrationRequest",
    "SignInExpired",
    "SignInInterrupted",
    "SignInRefused",
    "SignInUnproven",
    "SignedIn",
    "StateRefused",
    "Way",
    "can_be_email",
    "mark_of",
    "new_token",
    "own_path",
    "seal",
    "start_address",
    "unseal",
]

"""What can go wrong while somebody signs in or makes an account, one class for each next step."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from klarna_shop.shop.addresses import DEFAULT_LANGUAGE


class SignInRefused(Exception):
    """E-mail and password do not belong together; `attempts_left` before a pause, where known."""

    def __init__(self, attempts_left: int | None = None) -> None:
        super().__init__("sign-in refused")
        self.attempts_left = attempts_left


class AccountFrozen(Exception):
    """Too many failed attempts: nothing is tried before `until` (UTC), where Payway says when that is."""

    def __init__(self, until: datetime | None = None) -> None:
        super().__init__("sign-in is paused")
        self.until = until


class PaywayUnavailable(Exception):
    """Payway gave no usable answer; trying again later may help."""


class RedirectSignInFailed(Exception):
    """A sign-in in the browser did not work, by no fault of the reader; one subclass for each page.

    `incident` is the id under which the log tells more.
    """

    def __init__(self, incident: str) -> None:
        super().__init__(f"{type(self).__name__} ({incident})")
        self.incident = incident


class ProviderUnavailable(RedirectSignInFailed):
    """No one can be sent to Payway's sign-in now: its address is missing or cannot be used."""


class SignInInterrupted(RedirectSignInFailed):
    """No usable answer came for the code, which may be used up."""


class ApiUserRefused(RedirectSignInFailed):
    """Payway does not accept the shop's own credentials or scopes: the operator's fault."""


class SignInUnproven(RedirectSignInFailed):
    """The answer does not prove that it belongs to this sign-in."""


class ClocksDiffer(RedirectSignInFailed):
    """The provider's clock and ours differ by more than a minute."""


class RegistrationRefused(Exception):
    """No account was made.

    `field_errors` maps a field to what is wrong with it: `required`, `invalid`, `too_short` or `too_long`.
    Empty where the reason must stay unsaid, since it would tell whether an e-mail address has an account.
    """

    def __init__(self, field_errors: dict[str, str] | None = None) -> None:
        super().__init__("registration refused")
        self.field_errors = field_errors or {}


class RegisteredNotSignedIn(Exception):
    """The account was made, but Payway could not sign it in just then."""


class SignInExpired(Exception):
    """The sign-in has ended or its tokens cannot be used any more; the customer signs in again."""


class CodeRefused(Exception):
    """Payway does not take the code that came back with a browser: used, too old or another's."""


class StateRefused(Exception):
    """The state that came back with a browser is not good (any more).

    `reason` is `foreign` (not ours, or another browser's), `expired` or `spent`. `next_path` and `language`
    are the state's own as far as they may be believed.
    """

    def __init__(
        self,
        reason: Literal["foreign", "expired", "spent"],
        next_path: str = "",
        language: str = DEFAULT_LANGUAGE,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.next_path = next_path
        self.language = language

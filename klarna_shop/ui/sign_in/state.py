"""What the sign-in and register pages show: how one signs in here, and what came of the last attempt.

The signing in itself is `web.session` and `web.redirect_sign_in`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, quote, urlsplit

import reflex as rx
from reflex.event import EventSpec

from klarna_shop.email_address import EmailFault, email_fault, typed_email
from klarna_shop.shop.current import current_shop
from klarna_shop.shop.identity import Notice, Way, can_be_email, mark_of, own_path, start_address, unseal
from klarna_shop.shop.measurement import EventName
from klarna_shop.shop.purchase import NotYours
from klarna_shop.shop.reader import Reader
from klarna_shop.ui.dates import date_and_time
from klarna_shop.ui.languages import address, counted, language_of, text
from klarna_shop.ui.measuring import measure
from klarna_shop.ui.reader_state import ReaderState, page_language, reader_if_known, reader_of

ALERT_ID = "form-alert"


class SignInState(rx.State):
    """One form's outcome, as the notice cookie tells it."""

    way_in: str = ""
    """`password` or `redirect`, as the running shop is set up; empty until it has said."""
    start_address: str = ""
    """Where a sign-in by redirect begins."""
    other_customer_address: str = ""
    """The same, with the sandbox asking who it shall be; empty outside the sandbox."""
    code: str = ""
    """A code of `Notice`; empty where nothing has happened yet."""
    detail: str = ""
    """A sentence with the number of attempts left, the time when a pause ends, or the incident's id."""
    next_path: str = ""
    next_query: str = ""
    """`?next=…` for links between the two pages."""
    signed_in: bool = False
    awaits_another: bool = False
    """The purchase to go on with was ordered in this browser by another customer than the one signed in."""
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    email_fault: str = ""
    password_fault: str = ""
    first_name_fault: str = ""
    last_name_fault: str = ""

    @rx.event
    async def show_sign_in(self) -> None:
        """Show the sign-in form, refilled after a refusal. Safe to repeat."""
        await self._show("sign_in")

    @rx.event
    async def show_register(self) -> None:
        """Show the register form, refilled after a refusal. Safe to repeat."""
        await self._show("register")

    @rx.event(background=True)
    async def go_on(self) -> AsyncIterator[EventSpec]:
        """Where customers sign in by redirect, lead on whoever has done so already. Safe to repeat.

        Payway is asked first: a sign-in that has run out there would lead back here at once.
        """
        async with self:
            reader = await reader_of(self)
            # From the address, not from `next_path`: a background event may overtake the one that sets it.
            goal = self._goal() or address(page_language(self), "/account")
        if not current_shop().settings.signs_in_by_redirect or reader.customer is None:
            return
        if await _awaits_another(reader, goal):
            return
        if await current_shop().identities.is_still_signed_in(reader):
            yield rx.redirect(goal, replace=True)
            return
        async with self:
            self.signed_in = False
            (await self.get_state(ReaderState)).signed_in = False

    async def _show(self, form: str) -> None:
        self.reset()
        settings = current_shop().settings
        self.way_in = settings.payway_login
        reader = await reader_if_known(self)
        self.signed_in = reader.customer is not None
        goal = self._goal()
        self.awaits_another = await _awaits_another(reader, goal or "")
        if goal:
            self.next_path, self.next_query = goal, f"?next={quote(goal, safe='/')}"
        if settings.signs_in_by_redirect:
            way = Way(goal or "", page_language(self))
            self.start_address = start_address(way)
            self.other_customer_address = (
                start_address(way, other_customer=True) if settings.is_sandbox else ""
            )
        notice = self._notice()
        if notice is None and not self.signed_in:
            await measure(self, reader, EventName.SIGN_IN_STARTED)
        if notice is not None and notice.form == form and not self.signed_in:
            self._describe(notice)

    def _goal(self) -> str | None:
        return own_path(self.router.url.query_parameters.get("next"))

    def _notice(self) -> Notice | None:
        shop = current_shop()
        sealed = shop.identities.cookies.sealed_notice(self.router.headers.cookie)
        # The cookie outlives its page, which a reconnection shows again; another visit has another address.
        if sealed is None or self.router.url.query_parameters.get("notice") != mark_of(sealed):
            return None
        return unseal(sealed, shop.encryption)

    def _describe(self, notice: Notice) -> None:
        language = page_language(self)
        faults = notice.faults or _missing(notice)
        self.code = "fields" if faults else notice.code
        if notice.attempts_left is not None:
            self.detail = counted(language, "sign_in.attempts_left", notice.attempts_left)
        elif notice.until_moment is not None:
            self.detail = text(
                language, "sign_in.frozen_until", time=date_and_time(notice.until_moment, language)
            )
        elif notice.incident:
            self.detail = text(language, "sign_in.incident", incident=notice.incident)
        self.email = notice.typed.get("email", "")
        self.first_name = notice.typed.get("first_name", "")
        self.last_name = notice.typed.get("last_name", "")
        self.email_fault = faults.get("email", "") or _refused_form(notice)
        self.password_fault = faults.get("password", "")
        self.first_name_fault = faults.get("first_name", "")
        self.last_name_fault = faults.get("last_name", "")


def _missing(notice: Notice) -> dict[str, str]:
    """Field to fault of a sign-in that Payway was not asked about; whatever Payway refuses is counted."""
    if (notice.form, notice.code) != ("sign_in", "refused") or notice.attempts_left is not None:
        return {}
    # A password is never sent back: there or not before, it is to be written now.
    faults = {"password": "required"}
    if not can_be_email(notice.typed.get("email", "")):
        faults["email"] = "invalid" if notice.typed.get("email") else "required"
    return faults


def _refused_form(notice: Notice) -> str:
    """Fault of the address with which Payway has refused to sign in, where no account can have it."""
    if (notice.form, notice.code) != ("sign_in", "refused"):
        return ""
    fault = email_fault(typed_email(notice.typed.get("email", "")))
    return fault.value if fault is EmailFault.UNSUPPORTED else ""


async def _awaits_another(reader: Reader, goal: str) -> bool:
    """Whether `goal` confirms what another customer than the one signed in has ordered in this browser."""
    there = urlsplit(goal)
    if reader.customer is None or language_of(there.path)[1] != "/confirmation":
        return False
    [purchase_id, *_] = parse_qs(there.query).get("purchase", [""])
    try:
        purchase = await current_shop().purchases.approvable(reader, purchase_id)
    except NotYours:
        return False
    return purchase.account_id not in {None, reader.account_id}

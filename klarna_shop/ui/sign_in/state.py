"""What the sign-in and register pages show of the form posted last; the posting itself is `web.session`."""

from __future__ import annotations

from urllib.parse import quote

import reflex as rx
from reflex.event import EventSpec

from klarna_shop.shop.current import current_shop
from klarna_shop.shop.identity import Notice, own_path, unseal
from klarna_shop.shop.money import local_time
from klarna_shop.ui.languages import counted, text
from klarna_shop.ui.reader_state import page_language, reader_of

ALERT_ID = "form-alert"


class SignInState(rx.State):
    """One form's outcome, as the notice cookie tells it."""

    code: str = ""
    """A code of `Notice`; empty where nothing has happened yet."""
    detail: str = ""
    """A sentence with the number of attempts left, or the time when a pause ends."""
    next_path: str = ""
    next_query: str = ""
    """`?next=…` for links between the two pages."""
    signed_in: bool = False
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    email_fault: str = ""
    password_fault: str = ""
    first_name_fault: str = ""
    last_name_fault: str = ""

    @rx.event
    async def show_sign_in(self) -> EventSpec | None:
        """Show the sign-in form, refilled after a refusal. Safe to repeat."""
        return await self._show("sign_in")

    @rx.event
    async def show_register(self) -> EventSpec | None:
        """Show the register form, refilled after a refusal. Safe to repeat."""
        return await self._show("register")

    async def _show(self, form: str) -> EventSpec | None:
        self.reset()
        self.signed_in = (await reader_of(self)).customer is not None
        goal = own_path(self.router.url.query_parameters.get("next"))
        if goal:
            self.next_path, self.next_query = goal, f"?next={quote(goal, safe='/')}"
        notice = self._notice()
        if notice is None or notice.form != form or self.signed_in:
            return None
        self._describe(notice)
        return rx.set_focus(ALERT_ID)

    def _notice(self) -> Notice | None:
        shop = current_shop()
        sealed = shop.identities.cookies.sealed_notice(self.router.headers.cookie)
        return unseal(sealed, shop.encryption)

    def _describe(self, notice: Notice) -> None:
        language = page_language(self)
        self.code = notice.code
        if notice.attempts_left is not None:
            self.detail = counted(language, "sign_in.attempts_left", notice.attempts_left)
        elif notice.until_moment is not None:
            self.detail = text(
                language, "sign_in.frozen_until", time=local_time(notice.until_moment, language)
            )
        self.email = notice.typed.get("email", "")
        self.first_name = notice.typed.get("first_name", "")
        self.last_name = notice.typed.get("last_name", "")
        self.email_fault = notice.faults.get("email", "")
        self.password_fault = notice.faults.get("password", "")
        self.first_name_fault = notice.faults.get("first_name", "")
        self.last_name_fault = notice.faults.get("last_name", "")

"""The HTML of the login and register pages: forms, messages, and the ways out."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from starlette.responses import HTMLResponse

from klarna_shop.sandbox.browser.authorization import LOGIN_PATH, AuthorizationRequest
from klarna_shop.sandbox.browser.login_texts import TEXTS
from klarna_shop.sandbox.browser.page import Language, page
from klarna_shop.sandbox.clock import STOCKHOLM
from klarna_shop.sandbox.demo_customers import DemoCustomer, demo_customers
from klarna_shop.sandbox.sign_in import Refusal
from klarna_shop.sandbox.tables import Account

LOGOUT_PATH = "/sandbox/logout"
REGISTER_PATH = "/sandbox/register"


@dataclass(frozen=True)
class LoginPage:
    """One showing of the pages.

    Attributes:
        language: of the texts.
        newspaper: the title's name.
        goal: where signing in leads on, a path of the sandbox; empty where nobody waits for it.
        wish: what the goal asks for; None without one.
        form_secret: of this browser's forms.
    """

    language: Language
    newspaper: str
    goal: str
    wish: AuthorizationRequest | None
    form_secret: str

    def login(
        self, account: Account | None, *, alert: str = "", typed: str = "", status: int = 200
    ) -> HTMLResponse:
        """The page to sign in, for a browser that is signed in as `account` or as nobody."""
        customers = "".join(self._demo_customer(customer) for customer in demo_customers())
        body = (
            self._known(account)
            + self._alert(alert)
            + self._form(
                LOGIN_PATH,
                self._field("email", "email", "username", value=typed)
                + self._field("password", "password", "current-password")
                + self._button("submit"),
            )
            + self._other_page("no_account", "register", REGISTER_PATH)
            + f"<h2>{self.text('demo')}</h2><p class='hint'>{self.text('demo_lead')}</p>"
            + self._form(LOGIN_PATH, f"<ul>{customers}</ul>")
            + self._way_out()
        )
        return self._page("title", body, status)

    def register(
        self, *, alert: str = "", typed: dict[str, str] | None = None, status: int = 200
    ) -> HTMLResponse:
        """The page to make an account."""
        typed = typed or {}
        body = (
            self._alert(alert)
            + self._form(
                REGISTER_PATH,
                self._field("first_name", "text", "given-name", value=typed.get("first_name", ""))
                + self._field("last_name", "text", "family-name", value=typed.get("last_name", ""))
                + self._field("email", "email", "username", value=typed.get("email", ""))
                + self._field("password", "password", "new-password", label="new_password")
                + self._button("create"),
            )
            + self._other_page("have_account", "submit", LOGIN_PATH)
            + self._way_out()
        )
        return self._page("register_title", body, status)

    def refused(self, refusal: Refusal) -> str:
        """What became of an attempt, in words."""
        if refusal.frozen_until is not None:
            time = refusal.frozen_until.astimezone(STOCKHOLM)
            return self.text("frozen", time=f"{time:%H:%M}")
        if refusal.remaining is None:
            return self.text("refused")
        left = self.text("left_one" if refusal.remaining == 1 else "left", count=str(refusal.remaining))
        return f"{self.text('refused')} {left}"

    def address(self, path: str) -> str:
        """One of these pages' addresses, which keeps the goal."""
        return f"{path}?{urlencode({'continue': self.goal})}" if self.goal else path

    def text(self, key: str, **values: str) -> str:
        """A text of the pages, with its places filled."""
        return TEXTS[self.language][key].format(**values)

    def _page(self, title: str, body: str, status: int) -> HTMLResponse:
        return page(
            self.language,
            self.text(title, newspaper=self.newspaper),
            body,
            status=status,
            label=self.text("label"),
            leads_to=self.wish.origin if self.wish else "",
        )

    def _known(self, account: Account | None) -> str:
        if account is None:
            return ""
        name = " ".join(filter(None, (account.first_name, account.last_name))) or account.email
        known = f"<p>{escape(self.text('known', name=name))}</p>"
        if self.goal:
            known += (
                f'<p><a class="button" data-testid="continue-as" href="{escape(self.goal, quote=True)}">'
                f"{escape(self.text('continue', name=name))}</a></p>"
            )
        quiet = f'<button class="quiet" type="submit">{self.text("logout")}</button>'
        return f"{known}{self._form(LOGOUT_PATH, quiet)}<h2>{self.text('another')}</h2>"

    def _alert(self, sentence: str) -> str:
        return f'<p role="alert" data-testid="login-error">{escape(sentence)}</p>' if sentence else ""

    def _form(self, path: str, fields: str) -> str:
        secret = escape(self.form_secret, quote=True)
        return (
            f'<form method="post" action="{escape(self.address(path), quote=True)}">'
            f'<input type="hidden" name="form" value="{secret}">{fields}</form>'
        )

    def _field(self, name: str, kind: str, autocomplete: str, *, value: str = "", label: str = "") -> str:
        return (
            f'<label for="{name}">{self.text(label or name)}</label>'
            f'<input id="{name}" name="{name}" type="{kind}" autocomplete="{autocomplete}" required '
            f'maxlength="1024" data-testid="login-{name}" value="{escape(value, quote=True)}">'
        )

    def _button(self, text: str) -> str:
        return f'<button type="submit" data-testid="login-submit">{self.text(text)}</button>'

    def _demo_customer(self, customer: DemoCustomer) -> str:
        email = escape(customer.email, quote=True)
        return (
            f'<li><button type="submit" name="demo" value="{email}" data-testid="demo-customer" '
            f'data-email="{email}">{escape(customer.name)}'
            f"<span>{escape(customer.purposes[self.language])}</span></button></li>"
        )

    def _other_page(self, question: str, link: str, path: str) -> str:
        address = escape(self.address(path), quote=True)
        return (
            f'<p class="way-out">{self.text(question)} '
            f'<a data-testid="to-{link}" href="{address}">{self.text(link)}</a></p>'
        )

    def _way_out(self) -> str:
        if self.wish is None:
            return ""
        address = escape(self.wish.answer(error="access_denied"), quote=True)
        link = f'<a data-testid="login-cancel" href="{address}">{self.text("cancel")}</a>'
        return f'<p class="way-out">{link}</p>'

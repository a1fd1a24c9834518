"""A mailbox for mails that Payway and the shop would have sent, and the page behind a link in one (§5.3).

A mailbox opens by its address, typed into a form: nobody is shown whose mailboxes there are.
"""

from __future__ import annotations

import asyncio
from html import escape

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from klarna_shop.sandbox.browser.form import read_form
from klarna_shop.sandbox.browser.page import Language, language_of, page
from klarna_shop.sandbox.clock import STOCKHOLM
from klarna_shop.sandbox.control.mails import SHOP
from klarna_shop.sandbox.identifiers import fingerprint
from klarna_shop.sandbox.passwords import hash_password
from klarna_shop.sandbox.services import Services
from klarna_shop.sandbox.tables import Account, Mail, Token

MAILBOX_PATH = "/sandbox/mailbox"
SET_PASSWORD_PATH = "/sandbox/set-password"
_TEXTS: dict[Language, dict[str, str]] = {
    "sv": {
        "mailbox": "Demobrevlåda",
        "explain": "Här ligger brev som Payway och tidningen skulle ha skickat. Skriv adressen du köpte med.",
        "email": "E-postadress",
        "open": "Öppna",
        "empty": "Inga brev till den adressen.",
        "choose": "Välj lösenord",
        "password": "Nytt lösenord (minst 6 tecken)",
        "save": "Spara lösenordet",
        "short": "Lösenordet måste ha minst 6 tecken.",
        "saved": "Lösenordet är sparat",
        "saved_text": "Nu kan du logga in i tidningen med din e-postadress och lösenordet.",
        "lost": "Länken gäller inte längre",
        "lost_text": "Den är redan använd, eller så har den aldrig funnits.",
    },
    "en": {
        "mailbox": "Demo mailbox",
        "explain": "Here are the mails that Payway and the newspaper would have sent. "
        "Type the address you bought with.",
        "email": "E-mail address",
        "open": "Open",
        "empty": "No mails to this address.",
        "choose": "Choose a password",
        "password": "New password (at least 6 characters)",
        "save": "Save the password",
        "short": "The password must have at least 6 characters.",
        "saved": "The password is saved",
        "saved_text": "You can now sign in to the newspaper with your e-mail address and the password.",
        "lost": "The link is no longer valid",
        "lost_text": "It has been used, or it never existed.",
    },
}


def mailbox_routes(services: Services) -> list[Route]:
    """The routes of both pages."""

    async def mailbox(request: Request) -> Response:
        language = language_of(request.headers.get("accept-language"))
        if request.method == "GET":
            return _mailbox_page(language, None)
        email = (await read_form(request)).get("email", "").strip().lower()
        query = select(Mail).where(Mail.recipient == email).order_by(Mail.created.desc())
        mails = await services.database.read(lambda session: list(session.scalars(query)))
        return _mailbox_page(language, mails)

    async def set_password(request: Request) -> Response:
        language = language_of(request.headers.get("accept-language"))
        secret = request.query_params.get("token", "")
        if request.method == "GET":
            token = await services.database.read(lambda session: session.get(Token, fingerprint(secret)))
            known = token is not None and token.kind == "password"
            return _password_page(language) if known else _lost_page(language)
        password = (await read_form(request)).get("password", "")
        if not 6 <= len(password) <= 1024:
            return _password_page(language, is_short=True)
        password_hash = await asyncio.to_thread(hash_password, password)
        saved = await _save_password(services, secret, password_hash)
        return _saved_page(language) if saved else _lost_page(language)

    return [
        Route(MAILBOX_PATH, mailbox, methods=["GET", "POST"]),
        Route(SET_PASSWORD_PATH, set_password, methods=["GET", "POST"]),
    ]


async def _save_password(services: Services, secret: str, password_hash: str) -> bool:
    """Whether the link was good; it is good once."""

    def save(session: Session) -> bool:
        token = session.get(Token, fingerprint(secret))
        if token is None or token.kind != "password":
            return False
        account = session.get(Account, token.account_id)
        if account is None:
            return False
        account.password_hash = password_hash
        account.updated = services.clock.now()
        session.delete(token)
        return True

    return await services.database.write(save)


def _mailbox_page(language: Language, mails: list[Mail] | None) -> Response:
    texts = _TEXTS[language]
    body = (
        f'<p>{texts["explain"]}</p><form method="post"><label for="email">{texts["email"]}</label>'
        '<input id="email" name="email" type="email" autocomplete="email" required> '
        f'<button type="submit">{texts["open"]}</button></form>'
    )
    if mails is not None:
        listed = "".join(_mail(mail) for mail in mails) or texts["empty"]
        body += f'<div role="status">{listed}</div>'
    return page(language, texts["mailbox"], body)


def _mail(mail: Mail) -> str:
    lines = (
        f'<a href="{escape(line, quote=True)}">{escape(line)}</a>'
        if line.startswith("http")
        else escape(line)
        for line in mail.text.splitlines()
    )
    moment = mail.created.astimezone(STOCKHOLM)
    language = mail.kind.removeprefix(f"{SHOP}_") if mail.kind.startswith(f"{SHOP}_") else "sv"
    text = "\n".join(lines)
    return (
        f'<article lang="{language}"><h2>{escape(mail.subject)}</h2>'
        f'<time datetime="{moment.isoformat()}">{moment:%Y-%m-%d %H:%M}</time><p>{text}</p></article>'
    )


def _password_page(language: Language, *, is_short: bool = False) -> Response:
    texts = _TEXTS[language]
    alert = f'<p role="alert">{texts["short"]}</p>' if is_short else ""
    body = (
        f'{alert}<form method="post"><label for="password">{texts["password"]}</label>'
        '<input id="password" name="password" type="password" autocomplete="new-password" '
        'minlength="6" maxlength="1024" required> '
        f'<button type="submit">{texts["save"]}</button></form>'
    )
    return page(language, texts["choose"], body, status=400 if is_short else 200)


def _saved_page(language: Language) -> Response:
    texts = _TEXTS[language]
    return page(language, texts["saved"], f"<p>{texts['saved_text']}</p>")


def _lost_page(language: Language) -> Response:
    texts = _TEXTS[language]
    return page(language, texts["lost"], f"<p>{texts['lost_text']}</p>", status=404)

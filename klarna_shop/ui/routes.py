"""Every page with its address, title and first events: one tree for each language."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import reflex as rx

from klarna_shop.shop.articles import Article
from klarna_shop.shop.current import current_shop
from klarna_shop.ui.account import AccountState, account_page
from klarna_shop.ui.arrival import ArrivalState
from klarna_shop.ui.checkout.page import checkout_page
from klarna_shop.ui.checkout.state import CheckoutState
from klarna_shop.ui.chunks import in_chunk, module_of
from klarna_shop.ui.confirmation.page import confirmation_page
from klarna_shop.ui.confirmation.state import ConfirmationState
from klarna_shop.ui.discovery import article_data, changed, image_address, links, meta_tags
from klarna_shop.ui.frame import frame, not_found, page_sheets
from klarna_shop.ui.languages import DEFAULT_LANGUAGE, address, languages, text
from klarna_shop.ui.packages.page import packages_page
from klarna_shop.ui.packages.state import PackagesState
from klarna_shop.ui.page import Page
from klarna_shop.ui.personal_data import PersonalDataState
from klarna_shop.ui.receipt import ReceiptState, receipt_page
from klarna_shop.ui.shared_preview import SharedPreviewState, shared_preview_page
from klarna_shop.ui.sign_in import SignInState, register_page, sign_in_page
from klarna_shop.ui.storefront.article_page import article_page
from klarna_shop.ui.storefront.front_page import front_page
from klarna_shop.ui.storefront.state import ArticleState
from klarna_shop.ui.studio import studio_pages
from klarna_shop.ui.texts import text_page
from klarna_shop.ui.trouble import trouble_banner
from klarna_shop.ui.withdrawal import WithdrawalState, withdrawal_page

NOT_FOUND = "/not-found"
"""The built page that unknown addresses show (`web.pages`)."""


def pages() -> Iterator[Page]:
    """All pages of all languages."""
    for language in languages():
        yield from _storefront(language)
        yield from _purchase(language)
        yield from _customer(language)
        yield from _texts(language)


def add_pages(app: rx.App) -> None:
    """Give the app its pages, and the page for addresses that are none of them."""
    for page in pages():
        app.add_page(
            in_chunk(partial(_framed, page), module_of(page.content), page.language),
            route=address(page.language, page.path),
            title=f"{page.title} – {text(page.language, 'frame.paper_name')}",
            description=page.description or text(page.language, "frame.description"),
            image=image_address(page),
            on_load=[ArrivalState.arrive, *page.on_load],
            meta=meta_tags(page),
        )
    for room in studio_pages():
        app.add_page(
            in_chunk(room.framed, module_of(room.content), "room"),
            route=room.path,
            title=f"{room.title} – Studio",
            on_load=room.events,
            meta=[{"name": "robots", "content": "noindex"}],
        )
    app.add_page(
        shared_preview_page,
        route="/preview",
        title="Preview",
        on_load=SharedPreviewState.show,
        meta=[{"name": "robots", "content": "noindex"}],
    )
    lost = next(page for page in _lost(DEFAULT_LANGUAGE))
    built = in_chunk(partial(_framed, lost), module_of(lost.content), lost.language)
    app.add_page(built, route="404", title=lost.title)


def _framed(page: Page) -> rx.Component:
    return rx.fragment(
        *links(page),
        *page_sheets(*page.sheets),
        frame(
            page.language,
            # What stands at every unknown address leads to the front page, also in another language.
            page.path if page.addressed else "/",
            trouble_banner(page.language),
            page.content(),
            written=page.languages,
            focused=page.focused,
        ),
        article_data(page.article) if page.article else rx.fragment(),
    )


def _storefront(language: str) -> Iterator[Page]:
    library = current_shop().articles
    articles = library.front_page(language)
    yield Page(
        language,
        "/",
        text(language, "front.title"),
        partial(front_page, language, articles),
        indexed=True,
        changed=max((changed(article) for article in articles), default=None),
    )
    for article in articles:
        yield _article(article)
    yield from _lost(language)


def _article(article: Article) -> Page:
    return Page(
        article.language,
        f"/article/{article.slug}",
        article.title,
        partial(article_page, article),
        on_load=(ArticleState.decide,),
        description=article.standfirst,
        indexed=True,
        changed=changed(article),
        article=article,
        languages=current_shop().articles.languages_of(article.slug),
    )


def _lost(language: str) -> Iterator[Page]:
    yield Page(
        language, NOT_FOUND, text(language, "frame.not_found"), partial(not_found, language), addressed=False
    )


def _purchase(language: str) -> Iterator[Page]:
    yield Page(
        language,
        "/packages",
        text(language, "packages.page_title"),
        partial(packages_page, language),
        sheets=("checkout",),
        on_load=(PackagesState.show,),
        focused=True,
    )
    yield Page(
        language,
        "/checkout",
        text(language, "checkout.page_title"),
        partial(checkout_page, language),
        sheets=("checkout",),
        on_load=(CheckoutState.show,),
        focused=True,
    )
    yield Page(
        language,
        "/confirmation",
        text(language, "confirmation.page_title"),
        partial(confirmation_page, language),
        sheets=("checkout",),
        on_load=(ConfirmationState.show,),
        focused=True,
    )
    yield Page(
        language,
        "/receipt",
        text(language, "receipt.page_title"),
        partial(receipt_page, language),
        sheets=("letter",),
        on_load=(ReceiptState.show,),
        focused=True,
    )


def _customer(language: str) -> Iterator[Page]:
    yield Page(
        language,
        "/login",
        text(language, "sign_in.title"),
        partial(sign_in_page, language),
        sheets=("account",),
        on_load=(SignInState.show_sign_in, SignInState.go_on),
    )
    yield Page(
        language,
        "/register",
        text(language, "register.title"),
        partial(register_page, language),
        sheets=("account",),
        on_load=(SignInState.show_register, SignInState.go_on),
    )
    yield Page(
        language,
        "/account",
        text(language, "account.title"),
        partial(account_page, language),
        sheets=("account",),
        on_load=(AccountState.show,),
    )
    yield Page(
        language,
        "/withdraw",
        text(language, "withdraw.page_title"),
        partial(withdrawal_page, language),
        sheets=("checkout", "letter"),
        on_load=(WithdrawalState.show,),
    )


def _texts(language: str) -> Iterator[Page]:
    for name in ("terms", "privacy"):
        yield Page(
            language,
            f"/{name}",
            text(language, f"texts.{name}"),
            partial(text_page, language, name),
            on_load=(PersonalDataState.show,) if name == "privacy" else (),
            indexed=True,
        )

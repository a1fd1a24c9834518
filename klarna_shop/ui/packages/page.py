"""The picker's page: its frame is prerendered, the offers arrive from Payway."""

from __future__ import annotations

from functools import partial

import reflex as rx

from klarna_shop.ui.languages import address, product_words, text
from klarna_shop.ui.offer_words import OfferView
from klarna_shop.ui.packages.state import PackagesState
from klarna_shop.ui.page_title import page_title
from klarna_shop.ui.plain_link import PlainLink
from klarna_shop.ui.sign_in.form_parts import unsupported_email

ERRORS = (
    "not_eligible",
    "already_subscribed",
    "invalid_fields",
    "payway_unavailable",
    "login_required",
    "preview",
    "too_many",
    "cookies_needed",
)
DETAILS_ID = "packages-details"
START_DATES_ID = "possible-start-dates"
FIELDS = {
    "start_date": "start-date",
    "email": "customer-email",
    "first_name": "customer-first-name",
    "last_name": "customer-last-name",
}
"""Fields of the form by name, with their hook, which is also their id."""


def packages_page(language: str) -> rx.Component:
    """Choose a package or campaign, a start date, and (not signed in) say who buys."""
    return rx.el.div(
        page_title(text(language, "packages.title")),
        rx.el.p(text(language, "packages.lead"), class_name="page__lead"),
        rx.el.noscript(rx.el.p(text(language, "packages.noscript"), class_name="notice notice--info")),
        # Never taken out of the page: what was typed outlives a server that has forgotten the tab.
        rx.el.div(_form(language), hidden=PackagesState.status != "ready"),
        rx.match(
            PackagesState.status,
            ("ready", rx.fragment()),
            ("unavailable", _unavailable(language)),
            ("empty", _empty(language)),
            _loading(language),
        ),
        rx.cond(
            PackagesState.structured_data != "",
            rx.el.script(PackagesState.structured_data, type="application/ld+json"),
            rx.fragment(),
        ),
        class_name="page stack",
    )


def _form(language: str) -> rx.Component:
    return rx.el.form(
        rx.el.div(
            rx.el.fieldset(
                rx.el.legend(text(language, "packages.choose"), class_name="visually-hidden"),
                rx.foreach(PackagesState.offers, partial(_option, language)),
                class_name="choices",
            ),
            PlainLink.create(
                text(language, "packages.next"), href=f"#{DETAILS_ID}", class_name="button packages__next"
            ),
        ),
        # Below is hidden by the style sheet until an offer is chosen: no question to the server.
        rx.el.div(
            _field(
                language,
                "start_date",
                "start-date",
                kind="date",
                hint=rx.cond(
                    PackagesState.start_date.hint != "",
                    PackagesState.start_date.hint,
                    text(language, "packages.start_date_hint"),
                ),
                required=False,
                min=rx.cond(
                    PackagesState.start_date.first != "", PackagesState.start_date.first, PackagesState.today
                ),
                max=PackagesState.start_date.last,
                list=START_DATES_ID,
            ),
            rx.el.datalist(
                rx.foreach(PackagesState.start_date.suggested, lambda day: rx.el.option(value=day)),
                id=START_DATES_ID,
            ),
            rx.cond(PackagesState.signed_in, rx.fragment(), _customer(language)),
            id=DETAILS_ID,
            tab_index=-1,
            class_name="packages__details stack",
        ),
        _error(language),
        rx.el.div(
            rx.el.button(
                rx.cond(
                    PackagesState.opening,
                    text(language, "packages.opening"),
                    text(language, "packages.continue"),
                ),
                type="submit",
                class_name="button button--primary button--wide",
                aria_disabled=PackagesState.opening,
                aria_busy=PackagesState.opening,
                custom_attrs={"data-testid": "package-continue"},
            ),
            rx.el.p(text(language, "packages.nothing_charged_yet"), class_name="hint"),
            rx.el.p(PackagesState.withdrawal_line, class_name="hint"),
            rx.el.p(text(language, "packages.sweden_only"), class_name="hint"),
            class_name="packages__actions stack",
        ),
        on_submit=PackagesState.open_purchase,
        reset_on_submit=False,
        no_validate=True,
        class_name="packages stack",
    )


def _option(language: str, offer: rx.Var[OfferView]) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio",
            name="offer",
            value=offer.key,
            # Made anew when another address preselects another offer.
            key=PackagesState.preselected,
            default_checked=PackagesState.preselected == offer.key,
            on_change=[
                PackagesState.choose(offer.key),
                PackagesState.read_start_dates(offer.key),  # type: ignore[misc]  # an event spec
            ],
            class_name="choice__input",
        ),
        rx.el.span(
            rx.el.span(
                rx.el.span(offer.name, class_name="choice__title", **product_words(language)),
                rx.cond(offer.badge != "", rx.el.span(offer.badge, class_name="badge"), rx.fragment()),
                class_name="choice__heading",
            ),
            rx.el.span(offer.price_line, class_name="choice__price"),
            rx.el.span(offer.after_line, class_name="choice__after"),
            rx.el.span(offer.description, class_name="choice__description", **product_words(language)),
            rx.el.span(offer.vat_line, " · ", offer.binding_line, class_name="choice__terms"),
            class_name="choice__body",
        ),
        key=offer.key,
        class_name="choice",
        custom_attrs={
            "data-testid": "package-option",
            "data-code": offer.code,
            "data-period-id": offer.period_id,
            "data-kind": offer.kind,
            "data-price": offer.price.to(str),
            "data-price-after": offer.price_after,
        },
    )


def _customer(language: str) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(text(language, "packages.who"), class_name="page__subtitle"),
        rx.el.p(
            text(language, "packages.have_account"),
            " ",
            rx.el.a(
                text(language, "packages.sign_in"),
                href=PackagesState.sign_in_address,
                class_name="link",
            ),
        ),
        _field(
            language,
            "email",
            "customer-email",
            kind="email",
            autocomplete="email",
            hint=text(language, "packages.email_hint"),
        ),
        rx.el.div(
            _field(language, "first_name", "customer-first-name", autocomplete="given-name"),
            _field(language, "last_name", "customer-last-name", autocomplete="family-name"),
            class_name="field-row",
        ),
        class_name="packages__customer stack",
    )


def _field(
    language: str,
    name: str,
    testid: str,
    *,
    kind: str = "text",
    hint: str | rx.Var[str] = "",
    required: bool = True,
    autocomplete: str = "off",
    **attributes: object,
) -> rx.Component:
    wrong = PackagesState.faults.contains(name)
    return rx.el.div(
        rx.el.label(text(language, f"packages.{name}"), html_for=testid, class_name="field__label"),
        rx.el.input(
            id=testid,
            name=name,
            type=kind,
            auto_complete=autocomplete,
            required=required,
            max_length=254,
            aria_invalid=wrong,
            aria_describedby=f"{testid}-hint {testid}-fault",
            class_name="field__input",
            custom_attrs={"data-testid": testid},
            **attributes,
        ),
        rx.el.p(hint, id=f"{testid}-hint", class_name="field__hint"),
        rx.el.p(
            rx.cond(wrong, _fault(language, name), ""),
            id=f"{testid}-fault",
            class_name="field__error",
        ),
        class_name="field",
    )


def _fault(language: str, name: str) -> str | rx.Var[str]:
    """The sentence about a field to correct; of a start date with the nearest possible days, where known."""
    general = text(language, f"packages.fault.{name}")
    if name in {"email", "first_name", "last_name"}:
        too_long = text(language, f"register.fault.{name}.too_long")
        words = rx.cond(PackagesState.faults.contains(f"{name}:too_long"), too_long, general)
        if name == "email":
            unsupported = PackagesState.faults.contains("email:unsupported")
            words = rx.cond(unsupported, unsupported_email(language), words)
        return words
    if name != "start_date":
        return general
    return rx.cond(PackagesState.start_date_fault != "", PackagesState.start_date_fault, general)


def _error(language: str) -> rx.Component:
    return rx.el.div(
        rx.cond(
            PackagesState.error != "",
            rx.el.div(
                rx.el.p(
                    rx.match(
                        PackagesState.error,
                        *((code, text(language, f"packages.error.{code}")) for code in ERRORS),
                        text(language, "packages.error.not_eligible"),
                    )
                ),
                rx.cond(PackagesState.faults.length() > 0, _faults(language), rx.fragment()),
                rx.match(
                    PackagesState.error,
                    (
                        "login_required",
                        rx.el.a(
                            text(language, "packages.sign_in"),
                            href=PackagesState.sign_in_address,
                            class_name="button button--secondary",
                        ),
                    ),
                    (
                        "already_subscribed",
                        rx.el.a(
                            text(language, "packages.to_account"),
                            href=address(language, "/account"),
                            class_name="button button--secondary",
                        ),
                    ),
                    rx.fragment(),
                ),
                class_name=rx.cond(
                    PackagesState.faults.contains("offer"),
                    "notice notice--error packages__unchosen",
                    "notice notice--error",
                ),
                custom_attrs={"data-testid": "picker-error", "data-code": PackagesState.error},
            ),
            rx.fragment(),
        ),
        id="picker-error",
        role="alert",
        tab_index=-1,
    )


def _faults(language: str) -> rx.Component:
    """What to correct, each leading to its field."""

    def item(name: str) -> rx.Component:
        words = _fault(language, name)
        # The radio buttons have no id of their own; the list stands at the top of the page.
        target = FIELDS.get(name)
        return rx.cond(
            PackagesState.faults.contains(name),
            rx.el.li(PlainLink.create(words, href=f"#{target}", class_name="link") if target else words),
            rx.fragment(),
        )

    return rx.el.ul(*map(item, ("offer", *FIELDS)))


def _loading(language: str) -> rx.Component:
    return rx.el.div(
        rx.el.p(text(language, "packages.loading"), class_name="visually-hidden"),
        *(rx.el.div(class_name="skeleton skeleton--choice") for _ in range(4)),
        aria_busy="true",
        class_name="stack",
    )


def _unavailable(language: str) -> rx.Component:
    return rx.el.div(
        rx.el.p(text(language, "packages.error.payway_unavailable")),
        rx.el.button(
            text(language, "packages.retry"),
            type="button",
            on_click=PackagesState.show,
            class_name="button button--secondary",
        ),
        role="alert",
        class_name="notice notice--error",
        custom_attrs={"data-testid": "picker-error", "data-code": "payway_unavailable"},
    )


def _empty(language: str) -> rx.Component:
    return rx.el.p(text(language, "packages.empty"), class_name="notice notice--info")

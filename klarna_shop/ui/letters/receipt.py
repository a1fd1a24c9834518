"""The confirmation of a purchase in writing: what was agreed, what was paid, and how to get out of it."""

from __future__ import annotations

from functools import partial

from klarna_shop.settings import Settings
from klarna_shop.shop.money import exact_price, vat_share
from klarna_shop.shop.purchase import CustomerDetails, Purchase
from klarna_shop.ui.dates import date_and_time
from klarna_shop.ui.languages import address, text
from klarna_shop.ui.letters.letter import Letter, LetterRow, LetterSection, rows
from klarna_shop.ui.offer_words import offer_view
from klarna_shop.ui.standing_texts import WITHDRAWAL_FORM, as_sections, standing_text


def receipt_letter(
    purchase: Purchase,
    settings: Settings,
    *,
    customer: CustomerDetails | None,
    email: str,
    language: str,
    withdrawn: bool = False,
) -> Letter:
    """The receipt of a purchase that has an order, in `language`.

    `customer` and `email` are who bought, where that is still known. `withdrawn`: it has been undone.
    """
    paid = purchase.price > 0
    can_withdraw = not withdrawn and purchase.waived_at is None
    words = partial(text, language)
    buyer = rows(
        (words("receipt.name"), f"{customer.first_name} {customer.last_name}" if customer else ""),
        (words("receipt.email"), email),
    )
    return Letter(
        language=language,
        title=words("receipt.title" if paid else "receipt.title_order"),
        lead=words("receipt.lead", seller=settings.seller_name),
        file_name=words("receipt.file_name", number=purchase.order_id or purchase.id[:8]),
        sections=[
            _bought(purchase, language),
            _payment(purchase, language),
            *([LetterSection(words("receipt.buyer"), buyer)] if buyer else []),
            LetterSection(words("receipt.seller"), seller_rows(settings, language)),
            LetterSection(
                words("receipt.withdrawal"), [], _withdrawal(purchase, settings, language, withdrawn)
            ),
            LetterSection(
                words("receipt.ending"),
                [],
                [words("receipt.ending_how", url=_url(settings, language, "/account"))],
            ),
            *_standing(settings, language, "terms", words("texts.terms")),
            *(
                _standing(settings, language, WITHDRAWAL_FORM, words("withdraw.form_link"))
                if can_withdraw
                else ()
            ),
        ],
    )


def seller_rows(settings: Settings, language: str) -> list[LetterRow]:
    """Who sells, as rows."""
    return rows(
        (text(language, "receipt.name"), settings.seller_name),
        (text(language, "receipt.seller_number"), settings.seller_number),
        (text(language, "receipt.address"), settings.seller_address),
        (text(language, "receipt.email"), settings.seller_email),
        (text(language, "receipt.phone"), settings.seller_phone),
    )


def _bought(purchase: Purchase, language: str) -> LetterSection:
    bought = purchase.concluded_on
    # A receipt is read later: it names the day on which "today" was.
    offer = offer_view(purchase.offer, language, bought, purchase.start_date or bought)
    return LetterSection(
        text(language, "receipt.bought"),
        rows(
            (text(language, "receipt.number"), purchase.order_id or ""),
            (
                text(language, "receipt.date"),
                date_and_time(purchase.placed_at or purchase.created_at, language),
            ),
            (text(language, "summary.what"), offer.name),
            (text(language, "summary.price"), offer.price_line),
            (text(language, "summary.after"), offer.after_line),
            (text(language, "summary.start"), offer.start_line),
            (text(language, "summary.binding"), offer.binding_line),
            (text(language, "summary.notice"), offer.notice_line),
        ),
    )


def _payment(purchase: Purchase, language: str) -> LetterSection:
    vat = vat_share(purchase.price, purchase.vat_percent)
    vat_rows = (
        (text(language, "receipt.net"), exact_price(purchase.price - vat, language)),
        (text(language, "receipt.vat", percent=purchase.vat_percent), exact_price(vat, language)),
    )
    return LetterSection(
        text(language, "receipt.payment"),
        rows(
            *(vat_rows if purchase.price else ()),
            (
                text(language, "summary.paid" if purchase.price else "summary.paid_nothing"),
                exact_price(purchase.price, language),
            ),
            (text(language, "receipt.method"), "Klarna"),
        ),
    )


def _withdrawal(purchase: Purchase, settings: Settings, language: str, withdrawn: bool) -> list[str]:
    if withdrawn:
        return [text(language, "receipt.withdrawn")]
    bought, waived = purchase.concluded_on, purchase.waived_at is not None
    line = offer_view(purchase.offer, language, bought, purchase.start_date, waived=waived).withdrawal_line
    how = text(
        language,
        "receipt.withdrawal_how",
        url=_url(settings, language, "/withdraw"),
        form=f"{_url(settings, language, '/terms')}#{WITHDRAWAL_FORM}",
    )
    return [line] if waived else [line, how]


def _standing(settings: Settings, language: str, name: str, title: str) -> list[LetterSection]:
    """A standing text in full: an address to it alone would not last as long as the receipt does."""
    markdown, _ = standing_text(name, language, settings)
    return [
        LetterSection(section.heading, [], section.paragraphs)
        for section in as_sections(markdown, title, settings.app_url)
    ]


def _url(settings: Settings, language: str, path: str) -> str:
    return f"{settings.app_url}{address(language, path)}"

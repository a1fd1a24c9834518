"""The receipt of a declared withdrawal: what was declared, when, and what happens now."""

from __future__ import annotations

from functools import partial

from klarna_shop.settings import Settings
from klarna_shop.shop.money import price
from klarna_shop.shop.withdrawal import CLOSING, Declaration, Outcome, Withdrawal
from klarna_shop.ui.dates import date_and_time
from klarna_shop.ui.languages import text
from klarna_shop.ui.letters.letter import Letter, LetterSection, rows
from klarna_shop.ui.letters.receipt import seller_rows


def withdrawal_letter(
    withdrawal: Withdrawal,
    said: Declaration,
    settings: Settings,
    *,
    language: str,
    for_seller: bool = False,
    is_quoted: bool = True,
) -> Letter:
    """Return the receipt for the declarer; `for_seller`, the same facts and what the seller has to do.

    Unless `is_quoted`, nothing that the declarer wrote stands in it but the address: anyone can write
    anything to any address.
    """
    words = partial(text, language)
    return Letter(
        language=language,
        title=words("withdrawal_letter.title_seller" if for_seller else "withdrawal_letter.title"),
        lead=words("withdrawal_letter.lead_seller" if for_seller else "withdrawal_letter.lead"),
        file_name=words("withdrawal_letter.file_name", number=withdrawal.id[:8]),
        sections=[
            LetterSection(
                words("withdrawal_letter.declaration"),
                rows(
                    (words("withdrawal_letter.number"), withdrawal.id),
                    (words("withdrawal_letter.at"), date_and_time(withdrawal.at, language)),
                    (words("withdrawal_letter.name"), said.name if is_quoted else ""),
                    (words("withdrawal_letter.contract"), said.contract if is_quoted else ""),
                    (words("withdrawal_letter.order"), withdrawal.order_id or ""),
                    (words("withdrawal_letter.email"), said.email),
                ),
                [words("withdrawal_letter.statement", seller=settings.seller_name)]
                if is_quoted
                else [words("withdrawal_letter.not_quoted")],
            ),
            LetterSection(
                words("withdrawal_letter.now"), [], what_now(withdrawal, language, for_seller=for_seller)
            ),
            LetterSection(text(language, "receipt.seller"), seller_rows(settings, language)),
        ],
    )


def what_now(withdrawal: Withdrawal, language: str, *, for_seller: bool = False) -> list[str]:
    """What becomes of subscription and money, as it stands now."""
    outcome = Outcome(withdrawal.outcome)
    reader = "seller" if for_seller else "reader"
    standing = withdrawal.standing if outcome is Outcome.RECORDED else ""
    key = ".".join(part for part in (outcome.value, standing) if part)
    sentences = [text(language, f"withdrawal_letter.{reader}.{key}")]
    if outcome in CLOSING:
        sentences.append(text(language, f"withdrawal_letter.{reader}.closed"))
    if withdrawal.price and outcome is not Outcome.RECORDED:
        sentences.append(
            text(language, f"withdrawal_letter.{reader}.money", price=price(withdrawal.price, language))
        )
    return sentences

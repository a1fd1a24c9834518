"""What the shop puts in writing: the same on page, in file and in mail, with the terms that were agreed."""

from __future__ import annotations

import re
from functools import partial
from html.parser import HTMLParser

import pytest
from sqlalchemy import update
from sqlmodel import Session, col

from klarna_shop.assembly import House
from klarna_shop.shop.mails import MailKind
from klarna_shop.shop.money import seller_date
from klarna_shop.shop.purchase import CustomerDetails
from klarna_shop.shop.reader import Reader
from klarna_shop.shop.withdrawal import Declaration, Withdrawal
from klarna_shop.ui.languages import address
from klarna_shop.ui.letters import Letter, Letters, LetterSection, as_html, as_text, receipt_letter
from klarna_shop.ui.letters.letter import LetterRow
from klarna_shop.ui.letters.withdrawal import withdrawal_letter
from klarna_shop.ui.offer_words import offer_view
from klarna_shop.ui.standing_texts import WITHDRAWAL_FORM, standing_text
from tests.house import Approve, Open, SignIn

BUYER = "astrid.lundmark@demo.example"
NASTY = '<script>alert("x")</script> & Söner'


class Words(HTMLParser):
    """The text of a page, and its elements."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.elements: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def letters(house: House) -> Letters:
    return Letters(house.shop.settings, house.shop.purchases, house.shop.withdrawals)


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("code", ["digital", "digital-trial", "digital-intro", "digital-30"])
async def test_the_receipt_says_what_the_checkout_said(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve, code: str, language: str
) -> None:
    opened = await open_purchase(visitor, code)
    purchase = await house.shop.purchases.settle(await approve(visitor, opened))
    letter = await letters(house).receipt(purchase, language)
    written = as_text(letter)
    shown = offer_view(purchase.offer, language, seller_date(purchase.created_at))
    for words in (
        shown.name,
        shown.price_line,
        shown.after_line,
        shown.binding_line,
        shown.notice_line,
        shown.withdrawal_line,
        purchase.order_id or "",
        house.shop.settings.seller_number,
        "/withdraw",
        "#withdrawal-form",
    ):
        assert words in written
    page = Words(as_html(letter))
    told = [row for section in letter.sections for row in section.rows]
    assert all(row.value in page.words for row in told)
    assert all(row.value for row in told)


@pytest.mark.parametrize("language", ["sv", "en"])
async def test_the_receipt_has_the_terms_and_the_form_in_full(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve, language: str
) -> None:
    purchase = await house.shop.purchases.settle(await approve(visitor, await open_purchase(visitor)))
    letter = await letters(house).receipt(purchase, language)
    settings = house.shop.settings
    for name in ("terms", WITHDRAWAL_FORM):
        source = standing_text(name, language, settings)[0]
        said = [words for words in re.findall(r"\w{3,}", source) if words != "mailto"]
        for written in (as_text(letter), " ".join(Words(as_html(letter)).words)):
            assert [words for words in said if words.lower() not in written.lower()] == []
    assert f"{settings.app_url}{address(language, '/withdraw')}" in as_text(letter)
    assert settings.seller_phone in as_text(letter)
    headings = [section.heading for section in letter.sections]
    assert len(headings) == len(set(headings)), "a part of the terms is told from a part of the receipt"


async def test_who_has_withdrawn_gets_no_form_to_withdraw(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve
) -> None:
    purchase = await house.shop.purchases.settle(await approve(visitor, await open_purchase(visitor)))
    settings = house.shop.settings
    letter = receipt_letter(purchase, settings, customer=None, email="", language="en", withdrawn=True)
    assert not [one for one in letter.sections if one.heading == "Model withdrawal form"]


async def test_vat_is_split_to_the_ore(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve
) -> None:
    purchase = await house.shop.purchases.settle(await approve(visitor, await open_purchase(visitor)))
    letter = await letters(house).receipt(purchase, "sv")
    rows = {row.label: row.value for section in letter.sections for row in section.rows}
    assert (purchase.price, purchase.vat_percent) == (12900, 6)
    assert rows["Exklusive moms"] == "121,70\xa0kr"
    assert rows["Moms 6\xa0%"] == "7,30\xa0kr"
    assert rows["Betalt"] == "129,00\xa0kr"


def test_what_a_reader_typed_is_text_in_the_file() -> None:
    letter = Letter("sv", NASTY, NASTY, "x", [LetterSection(NASTY, [LetterRow(NASTY, NASTY)], [NASTY])])
    page = Words(as_html(letter))
    assert "script" not in page.elements
    assert page.words.count(NASTY) == 7
    assert as_text(letter).count(NASTY) == 5


async def test_a_withdrawal_is_told_to_who_declared_it_and_to_the_seller(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve
) -> None:
    customer = CustomerDetails("ny.lasare@exempel.example", "Ny", "Läsare")
    purchase = await house.shop.purchases.settle(
        await approve(visitor, await open_purchase(visitor, customer=customer))
    )
    said = Declaration("Ny Läsare", customer.email, "Digital")
    row = await house.shop.withdrawals.declare(visitor, said, "en", purchase.order_id or "")
    receipt = await letters(house).compose(MailKind.WITHDRAWAL_RECEIPT, row.id)
    notice = await letters(house).compose(MailKind.WITHDRAWAL_NOTICE, row.id)
    assert receipt
    assert notice
    assert (receipt.recipient, receipt.language) == (customer.email, "en")
    assert (notice.recipient, notice.language) == (house.shop.settings.seller_email, "sv")
    for mail in (receipt, notice):
        assert row.id in mail.text
        assert (purchase.order_id or "") in mail.text
    assert "Ny Läsare" in notice.text
    assert "Ny Läsare" not in receipt.text + receipt.html, "anyone can type a name and another's address"
    assert "SEK" in receipt.text or "kr" in receipt.text
    assert "by hand" in receipt.text
    undone = await letters(house).compose(MailKind.RECEIPT, purchase.id)
    assert undone
    assert "ångrat" in undone.text


async def test_nothing_is_written_to_nobody(house: House, visitor: Reader) -> None:
    assert await letters(house).compose(MailKind.RECEIPT, "unknown") is None
    assert await letters(house).compose(MailKind.WITHDRAWAL_RECEIPT, "unknown") is None


ATTACK = "Läs mer på https://attack.example"


async def test_no_mail_carries_a_strangers_words_to_an_address_that_is_not_proven(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve
) -> None:
    victim = CustomerDetails("victim@exempel.example", "Win 1000 kr:", "attack.example")
    purchase = await house.shop.purchases.settle(
        await approve(visitor, await open_purchase(visitor, customer=victim))
    )
    said = Declaration(ATTACK, victim.email, ATTACK)
    declare = house.shop.withdrawals.declare
    rows = [await declare(visitor, said, "sv", purchase.order_id or ""), await declare(visitor, said, "en")]
    mails = [
        await letters(house).compose(MailKind.RECEIPT, purchase.id),
        *[await letters(house).compose(MailKind.WITHDRAWAL_RECEIPT, row.id) for row in rows],
    ]
    for mail in mails:
        assert mail
        assert "attack.example" not in mail.text + mail.html + mail.subject
    shown = withdrawal_letter(rows[1], said, house.shop.settings, language="sv")
    assert ATTACK in as_html(shown), "the receipt on the page and its file are whole"


async def test_a_customers_own_address_gets_the_whole_receipt(
    house: House, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in(BUYER)
    purchase = await house.shop.purchases.settle(await approve(reader, await open_purchase(reader)))
    for mailbox, is_whole in ((BUYER, True), ("another@exempel.example", False)):
        said = Declaration("Astrid Lundmark", mailbox, "Digital")
        row = await house.shop.withdrawals.declare(reader, said, "sv", purchase.order_id or "")
        encrypted = house.shop.encryption.encrypt(mailbox)
        await house.shop.database.write(partial(_change_mailbox, row.id, encrypted))
        mail = await letters(house).compose(MailKind.WITHDRAWAL_RECEIPT, row.id)
        assert mail
        assert ("Astrid Lundmark" in mail.text) is is_whole


def _change_mailbox(withdrawal_id: str, encrypted: str, session: Session) -> None:
    own = update(Withdrawal).where(col(Withdrawal.id) == withdrawal_id)
    session.exec(own.values(email_encrypted=encrypted))

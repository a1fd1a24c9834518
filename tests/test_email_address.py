"""A true address is never called false: Payway's narrower rule is told apart from a slip of the finger."""

from __future__ import annotations

import pytest

from klarna_shop.email_address import EmailFault, email_fault, is_email, sent_email, typed_email
from klarna_shop.shop.identity.registration import RegistrationRequest
from klarna_shop.shop.identity.service import can_be_email
from klarna_shop.shop.purchase import CustomerDetails
from klarna_shop.shop.withdrawal import Declaration
from klarna_shop.ui.packages.page import packages_page
from klarna_shop.ui.sign_in.register_page import register_page

TRUE_ELSEWHERE = [
    "o'neil@exempel.example",
    "anna@mail.h2o.example",
    "anna@post.min-tidning.example",
    "å@ö.se",
    "anna@åsa.example",
    "anna@xn--sa-xia.xn--p1ai",
    '"anna berg"@exempel.example',
    "anna/berg@exempel.example",
    "anna=berg!#$%&*?^`{|}~@exempel.example",
    "anna@[192.0.2.1]",
    "名@例え.jp",
]
TAKEN = [
    "anna@exempel.example",
    "Anna.B+nytt_1-a@EXEMPEL.example",
    "a@h2o.se",
    "a@min-tidning.example",
    "a.@b.se",
]
FALSE = [
    "anna",
    "anna@",
    "@exempel.se",
    "anna@exempel",
    "an na@exempel.se",
    "a@b@c.se",
    "a@b..se",
    "a,b@c.se",
]


@pytest.mark.parametrize("email", TRUE_ELSEWHERE)
def test_an_address_that_payway_does_not_take_is_told_apart(email: str) -> None:
    assert email_fault(email) is EmailFault.UNSUPPORTED
    assert CustomerDetails(email, "Anna", "Berg").faults() == ("email", "email:unsupported")
    assert RegistrationRequest(email, "hemligt1", "Anna", "Berg").faults() == {"email": "unsupported"}


@pytest.mark.parametrize("email", TRUE_ELSEWHERE + TAKEN)
def test_signing_in_and_withdrawing_take_any_address(email: str) -> None:
    assert can_be_email(email)
    assert Declaration("Anna Berg", email, "min prenumeration").faults(names_contract=True) == ()


@pytest.mark.parametrize("email", TAKEN)
def test_an_address_that_payway_takes_is_taken(email: str) -> None:
    assert email_fault(email) is EmailFault.NONE


@pytest.mark.parametrize("email", FALSE)
def test_a_slip_is_no_address(email: str) -> None:
    assert email_fault(email) is EmailFault.INVALID
    assert CustomerDetails(email, "Anna", "Berg").faults() == ("email",)
    assert not is_email(email)


@pytest.mark.parametrize("email", ["a" * 250 + "@b.se", "å" * 33 + "@exempel.se"])
def test_an_address_that_is_too_long_is_told_so(email: str) -> None:
    assert email_fault(email) is EmailFault.TOO_LONG
    assert "email:too_long" in CustomerDetails(email, "Anna", "Berg").faults()


def test_mail_goes_to_a_domain_that_every_server_takes() -> None:
    assert sent_email("anna@Åsa.example") == "anna@xn--sa-xia.example"
    assert sent_email("å@ö.se") == "å@xn--nda.se"
    assert sent_email("Anna@Exempel.example") == "Anna@Exempel.example"


@pytest.mark.parametrize(
    "pasted",
    [
        "  anna@exempel.se\n",
        "anna@exempel.se\u200b",
        "\ufeffanna@exempel.se",
        "\u00a0anna@exempel.se",
        "mailto:anna@exempel.se",
        "Anna Berg <anna@exempel.se>",
        "anna@exempel.se.",
        "anna@exempel.se,",
    ],
)
def test_what_pasting_brings_along_is_left_out(pasted: str) -> None:
    assert typed_email(pasted) == "anna@exempel.se"


@pytest.mark.parametrize(
    "name",
    ["O'Neil", "D\u2019Arcy", "Å", "Nguyễn Thị Minh", "علی\u200cرضا", "क्\u200dष", "X Æ A-12", "李", "Jr."],
)
def test_a_name_in_any_script_is_a_name(name: str) -> None:
    assert CustomerDetails("a@exempel.se", name, name).faults() == ()
    assert (
        RegistrationRequest("a@exempel.se", "hemligt1", f"\u200b {name}\u00a0", name).trimmed().faults() == {}
    )
    assert Declaration(name, "a@exempel.se").faults(names_contract=False) == ()


def test_a_long_name_is_not_called_missing() -> None:
    faults = CustomerDetails("a@exempel.se", "a" * 101, "Berg").faults()
    assert faults == ("first_name", "first_name:too_long")


@pytest.mark.parametrize(
    ("language", "sentence"), [("sv", "kan inte ta emot adresser"), ("en", "cannot take addresses")]
)
def test_the_reader_is_told_what_to_do(language: str, sentence: str) -> None:
    for page in (packages_page(language), register_page(language)):
        assert sentence in str(page)
        assert "kundservice@norrlunda.example" in str(page)

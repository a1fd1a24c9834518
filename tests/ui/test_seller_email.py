"""Where a sentence sends the reader to customer service, the address follows as a link."""

from __future__ import annotations

import pytest

from klarna_shop.settings import load_settings
from klarna_shop.shop.purchase import Reason
from klarna_shop.ui.checkout.error_sentences import error_sentences
from klarna_shop.ui.frame.colophon import colophon
from klarna_shop.ui.languages import languages, text


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("reason", Reason)
def test_a_next_step_that_ends_with_a_colon_goes_on_with_the_address(reason: Reason, language: str) -> None:
    ends_open = text(language, f"checkout.error.{reason.value}.next").endswith(":")
    assert ("mailto:" in str(error_sentences(language, reason.value, approved=False))) == ends_open


@pytest.mark.parametrize("language", languages())
def test_the_foot_of_every_page_says_how_to_reach_the_seller(language: str) -> None:
    foot, settings = str(colophon(language)), load_settings()
    assert f"mailto:{settings.seller_email}" in foot
    assert settings.seller_phone in foot

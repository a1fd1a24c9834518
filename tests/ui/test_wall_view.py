"""A wall in words, for whatever design the schema admits."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from klarna_shop.shop.offers import Offer
from klarna_shop.shop.paywalls.document import AccessModel, PaywallDesign
from klarna_shop.shop.paywalls.wall import Wall
from klarna_shop.ui.languages import languages
from klarna_shop.ui.storefront.wall_view import wall_view
from tests.house import newspaper
from tests.shop.paywalls.documents import DESIGNS
from tests.shop.paywalls.test_checks import DIGITAL, TRIAL

LIBRARY = newspaper()


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    design=DESIGNS,
    language=st.sampled_from(languages()),
    number=st.integers(0, 5),
    sold=st.sampled_from([(), (DIGITAL,), (TRIAL, DIGITAL)]),
    model=st.sampled_from(AccessModel),
    is_premium=st.booleans(),
)
def test_every_design_has_a_wall_that_leads_on(
    design: PaywallDesign,
    language: str,
    number: int,
    sold: tuple[Offer, ...],
    model: AccessModel,
    is_premium: bool,
) -> None:
    article = LIBRARY.front_page(language)[number]
    wall = Wall.of("any", 1, design, language=language, model=model, is_premium=is_premium, meter=(3, 30))
    view = wall_view(wall, article, title="", articles=14, sold=sold)
    assert all(line.strip() for line in (view.title, view.buy, view.login))
    assert view.buy_href.startswith(("/packages?from=", f"/{language}/packages?from="))
    assert bool(view.dismiss) is (model is AccessModel.SOFT)
    assert bool(view.register) is (model is AccessModel.REGISTRATION)
    assert all(offer.price and offer.href for offer in view.offers)
    assert view.teaser == -1 or view.teaser < len(article.teaser_blocks)

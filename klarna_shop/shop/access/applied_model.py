"""The access model that a design applies to one article."""

from __future__ import annotations

from klarna_shop.shop.articles import Article, ArticleKind
from klarna_shop.shop.paywalls.document import AccessModel, PaywallDesign


def applied_model(design: PaywallDesign, article: Article) -> AccessModel:
    """Return the design's model; freemium for a premium article that its own model does not include."""
    model = design.access.model
    if model is AccessModel.HARD or article.kind is not ArticleKind.PREMIUM or design.access.includes_premium:
        return model
    return AccessModel.FREEMIUM

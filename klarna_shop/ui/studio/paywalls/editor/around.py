"""What the form offers to choose from, out of this shop's articles, catalogue and assets."""

from __future__ import annotations

from klarna_shop.settings import PROJECT
from klarna_shop.shop.current import current_shop
from klarna_shop.ui.languages import DEFAULT_LANGUAGE, languages
from klarna_shop.ui.studio.paywalls.editor.form import Around

_LOGOS = PROJECT / "assets" / "logos"
_LOGO_KINDS = {".svg", ".png", ".webp", ".avif"}


async def around() -> Around:
    """As it is now."""
    shop = current_shop()
    articles = [article for code in languages() for article in shop.articles.front_page(code)]
    return Around(
        languages=languages(),
        sections={section.code: section.name for section in shop.articles.sections(DEFAULT_LANGUAGE)},
        tags=tuple(sorted({tag for article in articles for tag in article.tags})),
        logos=tuple(sorted(path.name for path in _LOGOS.glob("*") if path.suffix in _LOGO_KINDS)),
        sold=await shop.offers.at_hand(),
        placeholders={
            "access.free_articles": str(shop.settings.meter_free_articles),
            "access.days": str(shop.settings.meter_days),
            "teaser.paragraphs": "as the article says",
            "targeting.traffic_sources": "newsletter, facebook",
        },
    )

"""Standing texts: terms and privacy, one Markdown file for each language, replaceable by the seller."""

from klarna_shop.ui.texts.page import text_page

__all__ = ["text_page"]

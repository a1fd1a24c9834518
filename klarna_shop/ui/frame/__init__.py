"""What stands around every page: banner, masthead, footer, connection notice; and the 404 page.

May import `klarna_shop.shop`, `klarna_shop.settings` and what the screens share; the assembly wraps
each page in it.
"""

from klarna_shop.ui.frame.head import head_components
from klarna_shop.ui.frame.not_found import not_found
from klarna_shop.ui.frame.sheet import frame
from klarna_shop.ui.frame.stylesheets import STYLESHEETS, page_sheets

__all__ = ["STYLESHEETS", "frame", "head_components", "not_found", "page_sheets"]

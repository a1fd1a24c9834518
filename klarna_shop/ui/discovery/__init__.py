"""What pages say to search engines and social networks: addresses, link previews, structured data.

All of it is made from the article's head and teaser; the text behind a wall is never read here. May import
`klarna_shop.shop` and what the screens share.
"""

from klarna_shop.ui.discovery.article_data import article_data, changed
from klarna_shop.ui.discovery.head import image_address, links, meta_tags
from klarna_shop.ui.discovery.product_data import product_data
from klarna_shop.ui.discovery.publications import publications

__all__ = [
    "article_data",
    "changed",
    "image_address",
    "links",
    "meta_tags",
    "product_data",
    "publications",
]

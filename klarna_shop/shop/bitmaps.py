"""Pictures as bitmaps, for those who take no SVG: social networks, search engines, phones.

Here is what is drawn and at which address it stands; the build draws it (`operations.bitmaps`). An address
holds a digest of everything that its picture is made of, so a picture never changes under its address.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from klarna_shop.settings import PROJECT
from klarna_shop.shop.articles import Article, ArticleLibrary

SHARE_SIZE = (1200, 630)
"""Pixels: what social networks show large and uncropped."""
FOLDER = "/assets/pictures"
"""Below `/assets/`, where everything is named by its content and kept by browsers for good."""
GROUND = "#143d59"
"""Behind the newspaper's mark: the blue of the mark itself."""

_MARK = PROJECT / "assets" / "favicon.svg"
_MEDIA_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}


@dataclass(frozen=True, slots=True)
class Bitmap:
    """A PNG picture: where it stands, its size in pixels, and the drawing (SVG) that it is made from."""

    address: str
    width: int
    height: int
    drawing: str = field(repr=False)
    has_lettering: bool = False
    """Whether fonts of the machine are needed to draw it."""


def share_image(articles: ArticleLibrary, article: Article | None) -> Bitmap:
    """What stands beside a link to the article; the newspaper's mark where it has no illustration."""
    illustration = article.illustration if article else None
    if article is None or illustration is None:
        return _mark_on_ground("newspaper", *SHARE_SIZE, mark=340)
    path = articles.illustration_path(article.slug, illustration.file_name)
    if path is None:
        raise LookupError(f"{article.slug} declares {illustration.file_name}, which was not loaded")
    status = path.stat()
    return _illustrated(article.slug, path, status.st_mtime_ns, status.st_size)


def logo() -> Bitmap:
    """The newspaper's mark, square: for search engines and for a phone's list of apps."""
    return _mark_on_ground("logo", 512, 512, mark=512)


def touch_icon() -> Bitmap:
    """The mark at the one address where phones look for it without being told."""
    icon = _mark_on_ground("icon", 180, 180, mark=180)
    return Bitmap("/apple-touch-icon.png", icon.width, icon.height, icon.drawing)


def all_bitmaps(articles: ArticleLibrary) -> Iterator[Bitmap]:
    """Every picture that a page, a feed or a phone may ask for, each once."""
    yield logo()
    yield touch_icon()
    yield share_image(articles, None)
    seen: set[str] = set()
    for slug in articles.slugs():
        for language in articles.languages_of(slug):
            bitmap = share_image(articles, articles.find(language, slug))
            if bitmap.address not in seen and bitmap != share_image(articles, None):
                seen.add(bitmap.address)
                yield bitmap


@lru_cache(maxsize=1024)
def _illustrated(slug: str, path: Path, _changed: int, _size: int) -> Bitmap:
    """The illustration as it was when it had this size and time of change, cut to the middle."""
    source = path.read_bytes()
    width, height = SHARE_SIZE
    picture = f'<image width="{width}" height="{height}" {_embedded(path, source)} {_CUT}/>'
    lettering = path.suffix.lower() == ".svg" and b"<text" in source
    return _bitmap(slug, width, height, _ground(width, height) + picture, has_lettering=lettering)


_CUT = 'preserveAspectRatio="xMidYMid slice"'


@lru_cache(maxsize=8)
def _mark_on_ground(name: str, width: int, height: int, *, mark: int) -> Bitmap:
    place = f'x="{(width - mark) / 2:g}" y="{(height - mark) / 2:g}" width="{mark}" height="{mark}"'
    picture = f"<image {place} {_embedded(_MARK, _MARK.read_bytes())}/>"
    return _bitmap(name, width, height, _ground(width, height) + picture)


def _ground(width: int, height: int) -> str:
    return f'<rect width="{width}" height="{height}" fill="{GROUND}"/>'


def _embedded(path: Path, source: bytes) -> str:
    return f'href="data:{_MEDIA_TYPES[path.suffix.lower()]};base64,{b64encode(source).decode()}"'


def _bitmap(name: str, width: int, height: int, content: str, *, has_lettering: bool = False) -> Bitmap:
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}">{content}</svg>'
    )
    digest = blake2b(drawing.encode(), digest_size=6).hexdigest()
    return Bitmap(f"{FOLDER}/{name}-{digest}.png", width, height, drawing, has_lettering)

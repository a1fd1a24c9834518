"""Draws the pictures that must be bitmaps into the finished build, each once for as long as it is the same.

What was drawn is kept beside the build, which is emptied each time, under the name that its content gives.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

import resvg_py
from reflex.plugins import Plugin

from klarna_shop.settings import load_settings
from klarna_shop.shop.articles import ArticleLibrary
from klarna_shop.shop.bitmaps import Bitmap, all_bitmaps, share_image
from klarna_shop.ui.languages import languages

log = logging.getLogger(__name__)

KEPT = "pictures"
"""The folder of drawn pictures, in Reflex's working folder."""


class CannotDraw(Exception):
    """An illustration that cannot be made a bitmap; the text names its picture's address."""


class BitmapsPlugin(Plugin):
    """Puts the bitmaps where their pages say they are."""

    def post_build(self, **context: Any) -> None:
        """Draw what is new and copy what was drawn before."""
        built: Path = context["static_dir"]
        articles = ArticleLibrary.load(load_settings().articles_dir, languages())
        write_bitmaps(articles, built, built.parent.parent / KEPT)


def write_bitmaps(articles: ArticleLibrary, built: Path, kept: Path) -> None:
    """Write every bitmap of the newspaper below `built`; `kept` holds those of earlier builds."""
    wanted = {bitmap.address: bitmap for bitmap in all_bitmaps(articles)}
    kept.mkdir(parents=True, exist_ok=True)
    for address, bitmap in wanted.items():
        target = built / address.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            target.write_bytes(_drawn_once(bitmap, kept))
        except CannotDraw as failure:
            # One picture that is not what its name says must not keep the newspaper from being built.
            log.warning("%s; the newspaper's mark stands in its place", failure)
            target.write_bytes(_drawn_once(share_image(articles, None), kept))
    current = {_kept_name(bitmap) for bitmap in wanted.values()}
    for file in kept.iterdir():
        if file.name not in current:
            file.unlink()


def draw(bitmap: Bitmap) -> bytes:
    """The picture as PNG.

    Raises:
        CannotDraw: the drawing, or the picture in it, cannot be read.
    """
    try:
        return bytes(
            resvg_py.svg_to_bytes(svg_string=bitmap.drawing, skip_system_fonts=not bitmap.has_lettering)
        )
    except ValueError as error:
        raise CannotDraw(f"{bitmap.address}: {error}") from error


def _drawn_once(bitmap: Bitmap, kept: Path) -> bytes:
    file = kept / _kept_name(bitmap)
    if not file.is_file():
        # Whole or not at all: a build that is stopped here leaves nothing that looks finished.
        unfinished = file.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(draw(bitmap))
        unfinished.replace(file)
    return file.read_bytes()


def _kept_name(bitmap: Bitmap) -> str:
    return Path(bitmap.address).name

"""The bitmaps of a build: drawn at their size, once, and gone when nothing asks for them."""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from klarna_shop.operations.front_end import bitmaps as drawing
from klarna_shop.operations.front_end.bitmaps import CannotDraw, draw, write_bitmaps
from klarna_shop.settings import PROJECT
from klarna_shop.shop.articles import ArticleLibrary
from klarna_shop.shop.articles.illustrations import read_size
from klarna_shop.shop.bitmaps import GROUND, SHARE_SIZE, Bitmap, all_bitmaps, logo, share_image, touch_icon

ARTICLE = """---
title: A
standfirst: B
section: C
section_code: c
byline: D E
published: 2026-11-20T06:00:00+01:00
kind: free
illustration: {name}
illustration_alt: F
---
Text.
"""
RED = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">'
    '<rect width="40" height="40" fill="red"/></svg>'
)


def newspaper(folder: Path, name: str, illustration: bytes) -> ArticleLibrary:
    """A newspaper of one article with this illustration."""
    article = folder / "an-article"
    article.mkdir(parents=True, exist_ok=True)
    (article / name).write_bytes(illustration)
    (article / "sv.md").write_text(ARTICLE.format(name=name))
    return ArticleLibrary.load(folder)


def size(png: bytes, folder: Path) -> tuple[int, int]:
    file = folder / "measured.png"
    file.write_bytes(png)
    return read_size(file)


def corner(png: bytes) -> tuple[int, ...]:
    """Red, green and blue of the first pixel, which every filter of PNG leaves as it is."""
    packed, position = b"", 8
    while position < len(png):
        length, kind = struct.unpack(">I4s", png[position : position + 8])
        packed += png[position + 8 : position + 8 + length] if kind == b"IDAT" else b""
        position += 12 + length
    return tuple(zlib.decompress(packed)[1:4])


def test_every_bitmap_of_the_newspaper_has_the_size_it_says(tmp_path: Path) -> None:
    articles = ArticleLibrary.load(PROJECT / "klarna_shop" / "articles")
    some = [
        share_image(articles, None),
        share_image(articles, articles.front_page("sv")[0]),
        logo(),
        touch_icon(),
    ]
    assert {(bitmap.width, bitmap.height) for bitmap in some} == {SHARE_SIZE, (512, 512), (180, 180)}
    for bitmap in some:
        assert size(draw(bitmap), tmp_path) == (bitmap.width, bitmap.height)


def test_an_illustration_fills_its_bitmap_whatever_kind_of_file_it_is(tmp_path: Path) -> None:
    drawn = newspaper(tmp_path / "svg", "red.svg", RED.encode())
    first = draw(share_image(drawn, drawn.find("sv", "an-article")))
    assert corner(first) == (255, 0, 0)
    again = newspaper(tmp_path / "png", "red.png", first)
    assert corner(draw(share_image(again, again.find("sv", "an-article")))) == (255, 0, 0)
    ground = tuple(bytes.fromhex(GROUND[1:]))
    assert corner(draw(share_image(drawn, None))) == ground


def test_a_changed_illustration_gets_another_address(tmp_path: Path) -> None:
    before = newspaper(tmp_path, "a.svg", RED.encode())
    address = share_image(before, before.find("sv", "an-article")).address
    after = newspaper(tmp_path, "a.svg", RED.replace("red", "blue").encode())
    assert share_image(after, after.find("sv", "an-article")).address != address
    assert re.fullmatch(r"/assets/pictures/an-article-[0-9a-f]{12}\.png", address)


def test_a_drawing_with_lettering_is_drawn_with_the_machines_fonts(tmp_path: Path) -> None:
    lettered = newspaper(tmp_path, "a.svg", RED.replace("</svg>", "<text>x</text></svg>").encode())
    assert share_image(lettered, lettered.find("sv", "an-article")).has_lettering
    plain = newspaper(tmp_path, "a.svg", RED.encode())
    assert not share_image(plain, plain.find("sv", "an-article")).has_lettering


def test_every_address_that_pages_name_is_written_and_drawn_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles = newspaper(tmp_path / "articles", "a.svg", RED.encode())
    built, kept = tmp_path / "built", tmp_path / "kept"
    drawn: list[str] = []

    def counting(bitmap: Bitmap) -> bytes:
        drawn.append(bitmap.address)
        return draw(bitmap)

    monkeypatch.setattr(drawing, "draw", counting)
    write_bitmaps(articles, built, kept)
    wanted = [bitmap.address for bitmap in all_bitmaps(articles)]
    assert sorted(drawn) == sorted(wanted)
    assert len(wanted) == 4
    write_bitmaps(articles, tmp_path / "built anew", kept)
    assert len(drawn) == len(wanted)
    for address in wanted:
        content = (built / address.lstrip("/")).read_bytes()
        assert content == (tmp_path / "built anew" / address.lstrip("/")).read_bytes()


def test_what_nothing_asks_for_any_more_is_not_kept(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    write_bitmaps(newspaper(tmp_path / "articles", "a.svg", RED.encode()), tmp_path / "built", kept)
    before = {file.name for file in kept.iterdir()}
    other = newspaper(tmp_path / "articles", "a.svg", RED.replace("red", "blue").encode())
    write_bitmaps(other, tmp_path / "built", kept)
    after = {file.name for file in kept.iterdir()}
    assert len(before - after) == len(after - before) == 1


def test_a_drawing_that_cannot_be_read_stops_the_build_by_name() -> None:
    broken = replace(logo(), drawing="<svg")
    with pytest.raises(CannotDraw, match="logo"):
        draw(broken)

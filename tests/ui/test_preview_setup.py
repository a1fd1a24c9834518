"""The studio's previews as their address says them."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from klarna_shop.assembly import House
from klarna_shop.shop.current import install_shop
from klarna_shop.shop.paywalls.document import Device
from klarna_shop.shop.paywalls.palette import Appearance
from klarna_shop.shop.previews import MOST_FRAMES, Persona
from klarna_shop.ui.studio.previews.setup import ALONE, DRAFT, FrameSetup, Setup, read_setup


@pytest.fixture(autouse=True)
def shop(house: House) -> None:
    install_shop(house.shop)


def _read(address: str) -> Setup:
    return read_setup(dict(parse_qsl(urlsplit(address).query, keep_blank_values=True)))


def test_what_an_address_says_is_what_was_written(house: House) -> None:
    article = house.shop.articles.front_page("sv")[2].slug
    kinds = product(Persona, ("", f"{DRAFT}spring", f"{ALONE}my-wall-2"), ("sv", "en"), Device, Appearance)
    frames = [FrameSetup(*kind, text_size=200) for kind in kinds]
    for start in range(0, len(frames), MOST_FRAMES):
        moment = datetime(2027, 7, 1, 6, start % 60, tzinfo=UTC)
        setup = Setup(article, moment, tuple(frames[start : start + MOST_FRAMES]))
        assert _read(setup.address) == setup
        assert [frame.preview.design for frame in setup.shown()] == [
            frame.design.partition("_")[2] for frame in setup.frames
        ]
    front = Setup("", None, (FrameSetup(Persona.TRIAL),))
    assert _read(front.address) == front


def test_without_an_address_it_begins_with_what_tells_most(house: House) -> None:
    setup = read_setup({})
    article = house.shop.articles.find("sv", setup.article)
    assert article is not None
    assert article.kind.value == "metered"
    assert [frame.persona for frame in setup.frames] == [Persona.FIRST_VISIT, Persona.METER_USED_UP]
    of_design = read_setup({"design": "spring"})
    assert {frame.design for frame in of_design.frames} == {f"{ALONE}spring"}
    assert [frame.device for frame in of_design.frames] == [Device.PHONE, Device.DESKTOP]
    install_shop(
        replace(house.shop, previews=replace(house.shop.previews, personas=(Persona.METER_USED_UP,)))
    )
    for query in ({}, {"frames": "subscriber~~sv~phone~light~100"}):
        assert {frame.persona for frame in read_setup(query).frames} == {Persona.METER_USED_UP}


def test_frames_come_and_go_between_one_and_four() -> None:
    setup = read_setup({"frames": "subscriber"})
    for _ in range(MOST_FRAMES + 2):
        setup = setup.with_one_more()
    assert len({frame.persona for frame in setup.frames}) == len(setup.frames) == MOST_FRAMES
    for _ in range(MOST_FRAMES + 2):
        setup = setup.without(0)
    assert len(setup.frames) == 1


@pytest.mark.parametrize(
    "design", ["spring", "draft_", "alone_../x", "draft_" + "x" * 200, "draft_a b", "_spring"]
)
def test_what_is_no_design_is_left_as_it_was(design: str) -> None:
    frame = FrameSetup(Persona.TRIAL, f"{DRAFT}spring")
    assert frame.changed("design", design) == frame
    assert frame.changed("design", "").design == ""


def test_a_field_keeps_what_it_has_when_something_else_is_sent() -> None:
    frame = FrameSetup(Persona.TRIAL)
    nonsense: tuple[Any, ...] = (None, True, [], {}, "", "9" * 6000, math.nan, math.inf, -math.inf)
    for sent in nonsense:
        for field in ("persona", "design", "language", "device", "appearance", "text_size", "nothing"):
            changed = frame.changed(field, sent)
            assert changed == (frame if field != "design" or sent else replace(frame, design=""))

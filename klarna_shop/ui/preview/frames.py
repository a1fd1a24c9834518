"""Previews side by side: each in a device's real width. For the studio, and for whoever has a share link."""

from __future__ import annotations

from dataclasses import dataclass

import reflex as rx

from klarna_shop.shop.paywalls.document import Device
from klarna_shop.shop.previews import PreviewFrame

SIZES = {Device.PHONE: (390, 844), Device.TABLET: (820, 1180), Device.DESKTOP: (1280, 800)}
"""Width and height of what a device shows, in CSS pixels."""
LANGUAGE_NAMES = {"sv": "Swedish", "en": "English"}


@dataclass
class FrameView:
    """One frame as it is shown."""

    index: int = 0
    address: str = ""
    title: str = ""
    persona: str = ""
    label: str = ""
    sentence: str = ""
    design: str = ""
    language: str = ""
    device: str = ""
    appearance: str = ""
    text_size: str = ""
    width: int = 0
    height: int = 0


def frame_view(index: int, frame: PreviewFrame, address: str, design: str = "") -> FrameView:
    """The view of a frame at an address. `design` is the choice as a form writes it."""
    preview, (width, height) = frame.preview, SIZES[frame.preview.device]
    language = LANGUAGE_NAMES.get(frame.language, frame.language)
    text = ", text 200 %" if preview.text_size == 200 else ""
    persona = preview.persona
    return FrameView(
        index=index,
        address=address,
        title=f"{persona.label}: {preview.device.value}, {language}, {preview.appearance.value}{text}",
        persona=persona.value,
        label=persona.label,
        sentence=persona.sentence,
        design=design,
        language=frame.language,
        device=preview.device.value,
        appearance=preview.appearance.value,
        text_size=str(preview.text_size),
        width=width,
        height=height,
    )


_LIBRARY = rx.asset("device_frame.jsx", shared=True).importable_path


class DeviceFrame(rx.NoSSRComponent):
    """The page itself in an `iframe`, scaled down where there is less room than the device has."""

    library = _LIBRARY
    tag = "DeviceFrame"

    src: rx.Var[str]
    title: rx.Var[str]
    width: rx.Var[int]
    height: rx.Var[int]
    persona: rx.Var[str]


class CopiedLink(rx.NoSSRComponent):
    """A link that is copied when it appears."""

    library = _LIBRARY
    tag = "CopiedLink"

    link: rx.Var[str]


class ToTheWalls(rx.NoSSRComponent):
    """Scrolls all frames to where the text goes on or the wall stands."""

    library = _LIBRARY
    tag = "ToTheWalls"


class AddressBar(rx.NoSSRComponent):
    """Puts an address into the address bar, as if it had been opened."""

    library = _LIBRARY
    tag = "AddressBar"

    address: rx.Var[str]


def device_frame(frame: rx.Var[FrameView]) -> rx.Component:
    """One frame."""
    return DeviceFrame.create(
        src=frame.address, title=frame.title, width=frame.width, height=frame.height, persona=frame.persona
    )

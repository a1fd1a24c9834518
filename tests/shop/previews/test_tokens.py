"""A preview's token: what goes in comes out, and nothing else is taken."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from klarna_shop.shop.encryption import Encryption
from klarna_shop.shop.paywalls.document import Device
from klarna_shop.shop.paywalls.palette import Appearance
from klarna_shop.shop.previews import (
    NotAPreview,
    Persona,
    Preview,
    PreviewExpired,
    PreviewFrame,
    PreviewTokens,
)
from klarna_shop.shop.previews.sharing import ShareTokens
from klarna_shop.shop.previews.tokens import LONGEST_TOKEN, Seal

KEYS = ("the key of tests and of tests only long enough",)
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FULL = Preview(
    persona=Persona.IN_DEBT,
    design="spring-campaign",
    draft=True,
    alone=True,
    at=datetime(2026, 12, 24, 15, 30, tzinfo=UTC),
    appearance=Appearance.DARK,
    text_size=200,
    device=Device.PHONE,
    variant="b",
    shared=True,
)


def _seal(keys: tuple[str, ...] = KEYS, purpose: str = "preview", now: datetime = NOW) -> Seal:
    return Seal(Encryption(keys, purpose), lambda: now)


def _tokens(personas: tuple[Persona, ...] = tuple(Persona), **seal: Any) -> PreviewTokens:
    return PreviewTokens(_seal(**seal), personas)


@pytest.mark.parametrize("preview", [Preview(), FULL, *(Preview(persona) for persona in Persona)])
def test_what_is_signed_is_read(preview: Preview) -> None:
    token = _tokens().sign(preview, HOUR)
    assert _tokens().read(token) == preview
    assert token.replace("-", "").replace("_", "").isalnum(), "goes into an address as it is"


def test_a_token_ends_in_real_time() -> None:
    token = _tokens().sign(FULL, HOUR)
    assert _tokens(now=NOW + timedelta(minutes=59)).read(token) == FULL
    with pytest.raises(PreviewExpired):
        _tokens(now=NOW + HOUR).read(token)


def test_a_changed_key_is_read_as_long_as_it_is_kept() -> None:
    token = _tokens().sign(FULL, HOUR)
    newer = "another key of tests and of tests only, also long"
    assert _tokens(keys=(newer, *KEYS)).read(token) == FULL
    with pytest.raises(NotAPreview):
        _tokens(keys=(newer,)).read(token)


def test_no_character_can_be_changed() -> None:
    token = _tokens().sign(FULL, HOUR)
    for place in range(0, len(token) - 1, 7):
        other = "A" if token[place] != "A" else "B"
        with pytest.raises(NotAPreview):
            _tokens().read(token[:place] + other + token[place + 1 :])


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "å" * 50,
        "=" * 40,
        "A" * (LONGEST_TOKEN + 1),
        None,
        7,
        ["a"],
        {"persona": "subscriber"},
        base64.urlsafe_b64encode(json.dumps({"persona": "subscriber", "until": 9e9}).encode()).decode(),
    ],
)
def test_anything_else_is_no_preview(token: object) -> None:
    for reader in (_tokens(), ShareTokens(_seal())):
        with pytest.raises(NotAPreview):
            reader.read(token)


def test_what_is_sealed_for_something_else_is_no_preview() -> None:
    """The shop seals cookies, approvals and share links with keys of the same setting."""
    other = Encryption(KEYS).encrypt(json.dumps({"persona": "subscriber", "until": 9_999_999_999}))
    shared = ShareTokens(_seal(purpose="share link")).sign((PreviewFrame(FULL, "harbour", "sv"),), HOUR)
    for token in (other, other.rstrip("="), shared):
        with pytest.raises(NotAPreview):
            _tokens().read(token)
    with pytest.raises(NotAPreview):
        ShareTokens(_seal(purpose="share link")).read(_tokens().sign(FULL, HOUR))


@pytest.mark.parametrize(
    "content",
    [
        {"persona": "nobody"},
        {"text_size": 150},
        {"at": "yesterday"},
        {"at": "2026-05-04T12:00:00"},
        {"at": "9000-05-04T12:00:00+00:00"},
        {"draft": True},
        {"design": "x" * 65},
        {"unheard_of": 1},
    ],
)
def test_what_another_version_wrote_is_no_preview(content: dict[str, Any]) -> None:
    with pytest.raises(NotAPreview):
        _tokens().read(_seal().close(content, HOUR))


def test_a_reader_who_is_not_offered_is_refused() -> None:
    """Production offers one: a token for another, made in whichever way, opens nothing there."""
    production = _tokens((Persona.METER_USED_UP,))
    only = Preview(Persona.METER_USED_UP)
    assert production.read(production.sign(only, HOUR)) == only
    for persona in set(Persona) - {Persona.METER_USED_UP}:
        with pytest.raises(NotAPreview):
            production.sign(Preview(persona), HOUR)
        with pytest.raises(NotAPreview):
            production.read(_tokens().sign(Preview(persona), HOUR))


def test_a_share_link_holds_its_frames_and_marks_them() -> None:
    frames = (PreviewFrame(replace(FULL, shared=False), "harbour", "en"), PreviewFrame(Preview(), "", "sv"))
    tokens = ShareTokens(_seal())
    token = tokens.sign(frames, timedelta(days=7))
    read, left = ShareTokens(_seal(now=NOW + timedelta(days=5))).read(token)
    assert [(frame.article, frame.language) for frame in read] == [("harbour", "en"), ("", "sv")]
    assert [frame.preview for frame in read] == [FULL, Preview(shared=True)]
    assert left == timedelta(days=2)
    with pytest.raises(PreviewExpired):
        ShareTokens(_seal(now=NOW + timedelta(days=7))).read(token)
    for wrong, lasting in (((), HOUR), (frames * 3, HOUR), (frames, timedelta(days=31)), (frames, -HOUR)):
        with pytest.raises(ValueError, match="not what can be shared"):
            tokens.sign(wrong, lasting)

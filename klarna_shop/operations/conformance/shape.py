"""Answers reduced to their shape: keys, types and formats, without anybody's data.

Only what stands in `_VOCABULARIES` keeps its value: words by which Payway itself tells cases apart.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

NULL, BOOLEAN, NUMBER, OBJECT, LIST = "null", "boolean", "number", "object", "list"
TEXT, EMPTY_TEXT, NOTHING = "text", "empty text", "nothing"
_FORMATS = (
    ("entity id", r"[a-f\d]{24}"),
    ("UUID", r"[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}"),
    ("time with milliseconds", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:?\d\d"),
    ("time", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:?\d\d"),
    ("time in UTC", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"),
    ("time without offset", r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?"),
    ("date", r"\d{4}-\d\d-\d\d"),
    # In capitals alone: a token is any letters, and one in some hundreds ends in "-7".
    ("order number", r"(?-i:[A-Z][A-Z\d]*)-\d+"),
    ("subscription number", r"(?-i:[A-Z]{3})\d{5,}"),
    ("decimal text", r"\d+\.\d{1,2}"),
    ("digits", r"\d+"),
    ("address", r"https?://\S+"),
    ("JWT", r"[\w-]{8,}\.[\w-]{8,}\.[\w-]*"),
)
_FORMAT_PATTERNS = tuple((name, re.compile(pattern, re.I | re.ASCII)) for name, pattern in _FORMATS)
_KEY = re.compile(r"[A-Za-z_][\w-]{0,60}", re.ASCII)
_WORD = re.compile(r"[A-Za-z][A-Za-z_]{0,60}", re.ASCII)
_CODE = re.compile(r"[A-Za-z][\w.-]{0,60}", re.ASCII)
_VOCABULARIES = frozenset(
    {
        "decline_reason",
        "gender",
        "iteration_type",
        "order_status",
        "payment_method",
        "payment_method_type",
        "payment_option",
        "payment_type",
        "provision_service",
        "purchase_type",
        "reason",
        "state",
        "status",
        "subscription_type",
        "token_type",
        "transaction_status",
        "type",
    }
)
_MESSAGE_FORMS = (
    ("Parameter is required", r"Parameter is required"),
    ("Parameter must match format (…)", r"Parameter must match format \(.*\)"),
    ("Only one of […] is allowed", r"Only one of \[.*\] is allowed"),
    ("One of parameters […] is required", r"One of parameters \[.*\] is required"),
    ("Unknown parameters: …", r"Unknown parameters: .*"),
    ("Username/password do not match", r".*Username/password do not match.*"),
)
_MESSAGE_PATTERNS = tuple((form, re.compile(pattern, re.S)) for form, pattern in _MESSAGE_FORMS)
ANOTHER_TEXT = "another text"
"""What stands for a message in no known form: free text may name people."""


@dataclass(frozen=True)
class Shape:
    """An answer without its data.

    Attributes:
        status: HTTP status.
        media_type: of the body, empty where there is none.
        places: kinds of values by place, such as `items[].price`; the body itself stands at the empty place.
        refusal: of a refusal, its words: `code`, `field`, `message`, `error`, `error_description`.
        challenge: whether a `WWW-Authenticate` header came.
    """

    status: int
    media_type: str
    places: Mapping[str, frozenset[str]] = field(default_factory=dict)
    refusal: Mapping[str, str] = field(default_factory=dict)
    challenge: bool = False

    @property
    def succeeded(self) -> bool:
        """Whether it is a 2xx."""
        return 200 <= self.status < 300


def shape_of(response: httpx.Response) -> Shape:
    """The shape of an answer."""
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    body, is_json = body_of(response)
    if not response.content:
        media_type = ""
    if not response.is_success:
        return Shape(
            response.status_code,
            media_type,
            refusal=_refusal(body) if is_json else {"message": ANOTHER_TEXT} if response.content else {},
            challenge="www-authenticate" in response.headers,
        )
    places = _places(body) if is_json else {"": frozenset({TEXT if response.content else NOTHING})}
    return Shape(response.status_code, media_type, places)


def body_of(response: httpx.Response) -> tuple[Any, bool]:
    """The JSON of an answer, and whether it is JSON at all."""
    try:
        return json.loads(response.content), True
    except (ValueError, RecursionError):
        return None, False


def _refusal(body: Any) -> dict[str, str]:
    if not isinstance(body, dict):
        return {"message": ANOTHER_TEXT}
    words = {}
    for key, value in body.items():
        match key:
            case "code" | "error":
                words[key] = value if isinstance(value, str) and _CODE.fullmatch(value) else ANOTHER_TEXT
            case "field":
                words[key] = value if isinstance(value, str) and re.fullmatch(r"[\w.]{1,80}", value) else "…"
            case "message" | "error_description":
                words[key] = message_form(value)
            case _:
                words[_key(key)] = "there"
    return words


def message_form(value: Any) -> str:
    """The form of a message of Payway's, with the names in it blanked."""
    if isinstance(value, str):
        for form, pattern in _MESSAGE_PATTERNS:
            if pattern.fullmatch(value):
                return form
    return ANOTHER_TEXT


def _places(body: Any) -> dict[str, frozenset[str]]:
    kinds: dict[str, set[str]] = {}
    for place, kind in _walk("", "", body):
        kinds.setdefault(place, set()).add(kind)
    return {place: frozenset(found) for place, found in kinds.items()}


def _walk(place: str, name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        yield place, OBJECT
        for key, member in value.items():
            written = _key(key)
            yield from _walk(f"{place}.{written}" if place else written, written, member)
    elif isinstance(value, list):
        yield place, LIST
        for element in value:
            yield from _walk(f"{place}[]", name, element)
    else:
        yield place, _kind(name, value)


def _key(key: str) -> str:
    """A key as it is, unless it looks like somebody's data."""
    return key if _KEY.fullmatch(key) else "…"


def _kind(name: str, value: Any) -> str:
    if value is None:
        return NULL
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, int | float):
        return NUMBER
    text = str(value)
    if not text:
        return EMPTY_TEXT
    if name in _VOCABULARIES and _WORD.fullmatch(text):
        return f"“{text}”"
    return next((known for known, pattern in _FORMAT_PATTERNS if pattern.fullmatch(text)), TEXT)


def is_word(kind: str) -> bool:
    """Whether a kind is a word of a closed vocabulary."""
    return kind.startswith("“")


def json_type(kind: str) -> str:
    """The JSON type of a kind."""
    return kind if kind in {NULL, BOOLEAN, NUMBER, OBJECT, LIST, NOTHING} else TEXT

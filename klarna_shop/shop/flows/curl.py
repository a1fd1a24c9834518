"""A recorded call as a command for a terminal, with shell variables in the place of what was redacted."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from klarna_shop.shop.flows.field_names import SHELL_VARIABLES
from klarna_shop.shop.flows.steps import Party
from klarna_shop.shop.flows.timeline import TimelineStep

API = "/external/api"
_TOKEN_PATH = "/api/authorization/"  # noqa: S105 - the beginning of an address
_IN_PATH = re.compile(r"\{(\w+)\}")
_SENT_HEADERS = ("authorization", "content-type", "accept")
_ENDS = "JSON"


def as_curl(step: TimelineStep) -> str:
    """The command; empty for a step that is no call to Payway.

    The shell that runs it has to know `PAYWAY_API_URL`, `PAYWAY_TOKEN` and whatever else the text names.
    """
    if step.party is not Party.PAYWAY:
        return ""
    method, _, template = step.operation.partition(" ")
    path = _IN_PATH.sub(lambda named: f"${named[1].upper()}", template)
    base = "$PAYWAY_API_URL" + ("" if path.startswith(_TOKEN_PATH) else API)
    lines = [f'curl -X {method} "{base}{path}"', *_headers(step), *_query(step)]
    body = step.request.get("body")
    text = " \\\n  ".join(lines)
    if isinstance(body, Mapping) and _is_form(step):
        return text + "".join(f" \\\n  --data-urlencode {_pair(name, value)}" for name, value in body.items())
    if body is not None and "cut" not in step.request:
        written = _escaped(json.dumps(body, indent=2, ensure_ascii=False), "")
        return f"{text} \\\n  --data @- <<{_ENDS}\n{written}\n{_ENDS}"
    if step.request.get("bytes"):
        return f"{text}\n# The body was too long to be kept: {step.request['bytes']} bytes."
    return text


def _headers(step: TimelineStep) -> Iterator[str]:
    for name, value in step.request.get("headers", {}).items():
        if name.lower() in _SENT_HEADERS:
            yield f"-H {_double_quoted(f'{name}: {value}')}"


def _query(step: TimelineStep) -> Iterator[str]:
    query = step.request.get("query") or {}
    if query:
        yield "--get"
    for name, value in query.items():
        yield f"--data-urlencode {_pair(name, value)}"


def _is_form(step: TimelineStep) -> bool:
    headers = {name.lower(): value for name, value in step.request.get("headers", {}).items()}
    return str(headers.get("content-type", "")).startswith("application/x-www-form-urlencoded")


def _pair(name: str, value: Any) -> str:
    text = f"{name}={value}"
    return _double_quoted(text) if value in SHELL_VARIABLES else shlex.quote(text)


def _double_quoted(text: str) -> str:
    return f'"{_escaped(text, chr(34))}"'


def _escaped(text: str, quote: str) -> str:
    """For a place where the shell expands: nothing but the placeholders is left to it."""
    for character in ("\\", "$", "`", *quote):
        text = text.replace(character, f"\\{character}")
    for variable in sorted(SHELL_VARIABLES, key=len, reverse=True):
        text = re.sub(rf"\\{re.escape(variable)}(?![A-Z_])", variable, text)
    return text

"""Structured data (JSON-LD) that stays data, whatever stands in it."""

from __future__ import annotations

import json

MEDIA_TYPE = "application/ld+json"

_ESCAPES = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def json_ld(data: object) -> str:
    """`data` as the text of a `<script>`.

    HTML knows nothing of JSON: `</script>` or `<!--` in a headline would end the element or swallow what
    follows it. These characters stand only within JSON's texts, where an escape means the same.
    """
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)

"""Designs as files: written as JSON, and read with errors that name the field."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from klarna_shop.shop.paywalls.document import PaywallDesign
from klarna_shop.shop.paywalls.document.fields import field_facts
from klarna_shop.shop.paywalls.faults import sentence_for_file
from klarna_shop.shop.paywalls.tables import LONGEST_SLUG
from klarna_shop.text_check import TAKES, UnreadableText, decode, lost_letters

LARGEST_BYTES = 512 * 1024
MOST_ERRORS = 30


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field. `path` as in `copy.sv.title`; empty for the document as a whole."""

    path: str
    message: str

    def __str__(self) -> str:
        """As one line."""
        return f"{self.path or 'document'}: {self.message}"


class NotADesign(Exception):
    """The file is no design that this shop can read; `errors` says where."""

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        super().__init__("; ".join(map(str, errors)))
        self.errors = errors


def export_design(design: PaywallDesign) -> str:
    """The document as a file: indented JSON that the JSON Schema admits."""
    return json.dumps(design.as_data(), ensure_ascii=False, indent=2) + "\n"


def import_design(content: str | bytes) -> PaywallDesign:
    """The document in a file, as strict as its schema.

    Raises:
        NotADesign: with every field that must be put right.
    """
    size = len(content.encode("utf-8", "replace") if isinstance(content, str) else content)
    if size > LARGEST_BYTES:
        raise NotADesign((FieldError("", f"larger than {LARGEST_BYTES // 1024} kB"),))
    try:
        # A browser that reads a file in another encoding puts U+FFFD in the place of what it cannot read.
        text = content if isinstance(content, str) else decode(content)
        design = PaywallDesign.model_validate_json(text, strict=True)
    except UnreadableText as error:
        raise NotADesign((FieldError("", f"Line {error.line} has {error}. It takes {TAKES}."),)) from None
    except ValidationError as error:
        faults = error.errors(include_url=False)[:MOST_ERRORS]
        raise NotADesign(tuple(map(_field_error, faults))) from None
    lost = tuple(
        FieldError(_path(path), f"It has {reason}. Save the file as UTF-8 and import it again.")
        for path, reason in lost_letters(design.as_data())
    )
    if lost:
        raise NotADesign(lost[:MOST_ERRORS])
    return design


def slug_for(name: str, taken: Collection[str] = ()) -> str:
    """A free slug after a design's name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[: LONGEST_SLUG - 6].strip("-") or "design"
    number, slug = 1, stem
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug


def _field_error(fault: ErrorDetails) -> FieldError:
    path = _path(fault["loc"])
    return FieldError(path, sentence_for_file(fault, field_facts(path)))


def _path(location: tuple[int | str, ...]) -> str:
    """Pydantic says `[key]` behind a name that is wrong itself."""
    return ".".join(str(part) for part in location if part != "[key]")

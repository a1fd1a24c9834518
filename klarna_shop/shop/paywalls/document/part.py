"""What all parts of the document have in common: frozen, and strict about names."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

PRINTABLE = r"^[^\x00-\x1f\x7f]*$"
"""One line: no control characters, which no line of a wall needs and some databases refuse."""


def _line(longest: int) -> StringConstraints:
    return StringConstraints(max_length=longest, pattern=PRINTABLE)


Label = Annotated[str, _line(60)]
Title = Annotated[str, _line(160)]
Sentence = Annotated[str, _line(240)]
Paragraph = Annotated[str, _line(600)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=PRINTABLE)]
"""A code, a tag or a name: never empty."""
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$")]


class Part(BaseModel):
    """One object of the document. An unknown field is an error, not a loss."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        allow_inf_nan=False,
    )

"""Where a fact about Payway comes from: the four marks of the reference."""

from __future__ import annotations

from enum import StrEnum


class Provenance(StrEnum):
    """How well a fact is known.

    `DOCUMENTED` stands in Payway's own documentation; `CLIENT` is done by the vendor's published client;
    `INFERRED` follows from sibling endpoints or from Klarna's API; `UNKNOWN` has no source, so that the
    sandbox has to choose and no client may depend on it.
    """

    DOCUMENTED = "documented"
    CLIENT = "client"
    INFERRED = "inferred"
    UNKNOWN = "unknown"

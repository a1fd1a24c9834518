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

    @property
    def meaning(self) -> str:
        """The mark explained to a reader who writes a client, in a sentence or two."""
        return _MEANINGS[self]


_MEANINGS = {
    Provenance.DOCUMENTED: "Stated in Payway's own documentation. Build on it.",
    Provenance.CLIENT: (
        "Not in the documentation that is open to read, but done by the vendor's own published client. "
        "Strong evidence."
    ),
    Provenance.INFERRED: (
        "Concluded from sibling endpoints or from Klarna's API. Probably so: "
        "make it configurable and confirm it against Payway's stage environment."
    ),
    Provenance.UNKNOWN: "No source was found. The sandbox had to choose something; do not depend on it.",
}

"""Who is in front of the shop: a browser, and perhaps a signed-in customer."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Customer:
    """A signed-in customer. `session_id` is the stored session's id, not what the browser presents."""

    session_id: str
    account_id: str
    email: str = field(repr=False)
    first_name: str = field(default="", repr=False)


@dataclass(frozen=True)
class Reader:
    """A visitor of this shop.

    `visitor_id` is a one-way fingerprint of the browser's visitor cookie: enough to find what belongs to
    the browser, useless for pretending to be it. `None` where the browser sent no cookie.
    """

    visitor_id: str | None = None
    customer: Customer | None = None
    preview: bool = False
    """A reader made up for the studio, who buys and changes nothing."""
    is_unknown: bool = False
    """True if the database could not say whether a customer is signed in."""

    @property
    def account_id(self) -> str | None:
        """The Payway account of a signed-in reader."""
        return self.customer.account_id if self.customer else None

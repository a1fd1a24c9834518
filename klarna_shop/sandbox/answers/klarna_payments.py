"""Answers about Klarna Payments (§5)."""

from __future__ import annotations

from itertools import combinations
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, JsonValue, RootModel, model_validator

from klarna_shop.sandbox.answers.answer import ABSENT, Answer, EntityId, Fact, Kronor, OrderNumber
from klarna_shop.sandbox.provenance import Provenance

REDIRECT_FIELDS = ("redirect_url", "redirect_uri", "klarna_redirect_url")
"""Names under which a place_order answer may hold the redirect address (§5.3); one is there, or none."""
_NOT_TOGETHER: list[JsonValue] = [
    {"required": list(names)} for names in (("item",), *combinations(REDIRECT_FIELDS, 2))
]


class PaymentPeriod(Answer, provenance=Provenance.DOCUMENTED, section="5.1"):
    """How often is charged, and how much."""

    id: Annotated[EntityId, Fact("Goes into create_session as `period_id`.")]
    payment_method: Annotated[str, Fact("Always `klarna_payments` at this endpoint.")]
    type: Annotated[
        Literal["recurring", "limited", "single"],
        Fact("Campaign periods are always reported as `recurring`, whatever happens at their end."),
    ]
    enabled: Annotated[bool, Fact("Disabled periods are listed too, and are not sold.")]
    iteration_type: Annotated[Literal["day", "week", "month", "year"], Fact("Unit of the period.")]
    iteration_length: Annotated[int, Field(ge=1), Fact("How many units one period lasts.")]
    price: Annotated[Kronor, Fact("In kronor, VAT included.")]


class PaymentPeriods(Answer, provenance=Provenance.DOCUMENTED, section="5.1"):
    """The Klarna periods of a package or campaign."""

    items: list[PaymentPeriod]


class PaymentMethodCategory(Answer, provenance=Provenance.UNKNOWN, section="5.2"):
    """A category in the shape that Klarna's own API gives it (§5.7)."""

    identifier: Annotated[str, Fact("What Klarna's `load` and `authorize` take, such as `direct_debit`.")]
    name: str


class Session(Answer, provenance=Provenance.DOCUMENTED, section="5.2"):
    """A Klarna session: good for 48 hours, and void as soon as a purchase succeeds with it."""

    klarna_payments_session_id: Annotated[
        str,
        Fact("Goes into place_order. Its format is not known: an opaque text.", reading="session_id_form"),
    ]
    klarna_client_token: Annotated[str, Fact("Feeds Klarna's widget in the browser.")]
    payment_method_categories: Annotated[
        list[PaymentMethodCategory] | list[str],
        Fact(
            "Probably absent: the guide tells a site to know its category from its own agreement with "
            "Klarna. Read it if it is there.",
            Provenance.UNKNOWN,
            reading="categories_form",
        ),
    ] = ABSENT


class WrappedSession(Answer, provenance=Provenance.INFERRED, section="5.2"):
    """A Klarna session under `item`, as every documented sibling wraps its object."""

    item: Session


class SessionAnswer(RootModel[WrappedSession | Session]):
    """The new session, under `item` (the default) or bare: this page's response section was not seen."""

    root: Annotated[
        WrappedSession | Session, Fact("", Provenance.INFERRED, "5.2", reading="wrap_klarna_answers")
    ]


class PlacedOrder(Answer, provenance=Provenance.INFERRED, section="5.3"):
    """What is known is only that the answer has an address to which the browser must be sent.

    Take whichever of the names is there; where none is, go on to the shop's own confirmation page.
    """

    model_config = ConfigDict(
        json_schema_extra={"not": {"anyOf": _NOT_TOGETHER}},
    )
    order_id: Annotated[
        OrderNumber, Fact("The order's number; may be absent.", reading="order_id_in_answer")
    ] = ABSENT
    redirect_url: Annotated[
        str,
        Fact("The address, named as in Klarna's own API; the default.", reading="redirect_field"),
    ] = ABSENT
    redirect_uri: Annotated[
        str, Fact("The address, under the guide's word for it.", reading="redirect_field")
    ] = ABSENT
    klarna_redirect_url: Annotated[
        str,
        Fact("The address, under a name with the prefix that sibling fields have.", reading="redirect_field"),
    ] = ABSENT

    @model_validator(mode="before")
    @classmethod
    def _has_one_address(cls, value: Any) -> Any:
        if isinstance(value, dict) and sum(name in value for name in REDIRECT_FIELDS) > 1:
            raise ValueError("one redirect address belongs in the answer, or none")
        return value


class WrappedPlacedOrder(Answer, provenance=Provenance.INFERRED, section="5.3"):
    """A placed order under `item`."""

    item: PlacedOrder


class PlacedOrderAnswer(RootModel[WrappedPlacedOrder | PlacedOrder]):
    """The placed order, under `item` (the default) or bare."""

    root: Annotated[
        WrappedPlacedOrder | PlacedOrder,
        Fact("", Provenance.INFERRED, "5.3", reading="wrap_klarna_answers"),
    ]

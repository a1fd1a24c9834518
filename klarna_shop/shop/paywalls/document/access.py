"""The access model: what a reader may read before the wall, and what takes the wall away."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from klarna_shop.shop.paywalls.document.part import Part


class AccessModel(StrEnum):
    """Names as in the UI contract (`paywall`, `data-model`)."""

    HARD = "hard"
    METERED = "metered"
    FREEMIUM = "freemium"
    REGISTRATION = "registration"
    SOFT = "soft"


class AccessRules(Part):
    """Which articles stand behind the wall. Free articles never do."""

    model: AccessModel = Field(
        AccessModel.METERED,
        title="Access model",
        description=(
            "hard: a subscription opens, nothing else. metered: so many different articles in so many days "
            "are open. freemium: metered articles are open, premium ones need a subscription. registration: "
            "every signed-in customer reads. soft: the wall can be dismissed, and the article opens."
        ),
    )
    free_articles: int | None = Field(
        None,
        ge=0,
        le=1000,
        title="Free articles",
        description="Different articles in a period (metered). Left empty (null): as many as the shop gives.",
    )
    days: int | None = Field(
        None,
        ge=1,
        le=366,
        title="Days of the period",
        description="An article counts for so many days (metered). Left empty (null): the shop's own period.",
    )
    includes_premium: bool = Field(
        False,
        title="Premium articles as well",
        description="Premium articles follow the model. Without it they need a subscription in any model.",
    )

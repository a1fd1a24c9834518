"""The copy of one language: every line of the wall. `{name}` is filled in when it is shown."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from klarna_shop.shop.paywalls.document.part import Label, Paragraph, Part, Sentence, Title

MOST_REASONS = 6


class CopyLine(StrEnum):
    """The single lines of the copy, by the names of their fields."""

    TITLE = "title"
    LEAD = "lead"
    TITLE_PREMIUM = "title_premium"
    LEAD_PREMIUM = "lead_premium"
    PRICE = "price"
    TRIAL = "trial"
    BUY = "buy"
    REGISTER = "register"
    LOGIN = "login"
    DISMISS = "dismiss"
    PAYMENT = "payment"
    SMALL_PRINT = "small_print"


class Copy(Part):
    """What the wall says in one language. A line may be empty in a draft; the checks tell what is missing."""

    title: Title = Field("", title="Title", description="The wall's heading.")
    lead: Paragraph = Field("", title="Lead", description="What the reader gets, below the heading.")
    title_premium: Title = Field(
        "",
        title="Title for premium articles",
        description="Where a subscription is needed whatever the model. Empty: the title.",
    )
    lead_premium: Paragraph = Field(
        "",
        title="Lead for premium articles",
        description="Where a subscription is needed whatever the model. Empty: the lead.",
    )
    price: Sentence = Field(
        "", title="Price", description="The price, from a variable. Left out until the price is known."
    )
    trial: Sentence = Field(
        "", title="Trial", description="The trial with what follows it and at which price, in one sentence."
    )
    reasons: tuple[Sentence, ...] = Field(
        (), max_length=MOST_REASONS, title="Reasons", description="Why to subscribe, one line each."
    )
    buy: Label = Field("", title="Buy button", description="Leads to the choice of a subscription.")
    register_: Label = Field(
        "", alias="register", title="Register button", description="Leads to making an account."
    )
    login: Label = Field("", title="Sign-in button", description="For readers who have a subscription.")
    dismiss: Label = Field("", title="Dismiss button", description="Takes a soft wall away.")
    payment: Paragraph = Field("", title="Payment", description="How one pays.")
    small_print: Paragraph = Field(
        "", title="Small print", description="VAT, right of withdrawal, and what else must be said."
    )

    def line(self, line: CopyLine) -> str:
        """One line by its name."""
        if line is CopyLine.REGISTER:
            return self.register_
        text: str = getattr(self, line.value)
        return text

    def lines(self) -> tuple[tuple[str, str], ...]:
        """Every line that says something, as (path within the copy, text)."""
        single = ((line.value, self.line(line)) for line in CopyLine)
        reasons = ((f"reasons.{number}", text) for number, text in enumerate(self.reasons))
        return tuple((path, text) for path, text in (*single, *reasons) if text.strip())

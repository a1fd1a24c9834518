"""Answer about the days on which a subscription may begin (§17)."""

from __future__ import annotations

from typing import Annotated

from klarna_shop.sandbox.answers.answer import Answer, Day, Fact
from klarna_shop.sandbox.provenance import Provenance


class StartDates(Answer, provenance=Provenance.DOCUMENTED, section="17"):
    """Days to offer the customer."""

    subscription_start_dates: Annotated[
        list[Day], Fact("Any other day may be refused.", reading="possible_start_dates")
    ]


class StartDatesAnswer(Answer, provenance=Provenance.DOCUMENTED, section="17"):
    """Days on which a subscription may begin."""

    item: Annotated[StartDates, Fact(reading="start_dates_of_subscriber")]

"""Variables that are none, and variables that this design has no value for."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from klarna_shop.shop.paywalls.checks import sources
from klarna_shop.shop.paywalls.checks.finding import Finding, Severity
from klarna_shop.shop.paywalls.checks.surroundings import Checked
from klarna_shop.shop.paywalls.document import AccessModel
from klarna_shop.shop.paywalls.variables import Variable, has_stray_brace, unknown, used_by

_FEATURED = frozenset(
    {
        Variable.OFFER,
        Variable.PRICE,
        Variable.PERIOD,
        Variable.OFFER_SENTENCE,
        Variable.VAT,
        Variable.VAT_PERCENT,
    }
)
_METER = frozenset({Variable.METER_TOTAL, Variable.METER_DAYS})
_WITH_TRIAL = frozenset({Variable.TRIAL_LENGTH, Variable.TRIAL_SENTENCE})
_CONDITIONAL = ("trial", "price")
"""Lines that are meant to be left out where there is nothing to say."""


def findings(checked: Checked) -> Iterator[Finding]:
    """One for each variable of each line."""
    lacking = _lacking(checked)
    for _, path, text in checked.texts():
        for name in dict.fromkeys(unknown(text)):
            close = difflib.get_close_matches(name, list(Variable), n=1)
            yield Finding(
                "variable.unknown",
                Severity.ERROR,
                path,
                f"{{{name}}} is no variable.",
                f"Did you mean {{{close[0]}}}?" if close else "Write {{ for a brace that is meant.",
                sources.VARIABLES,
            )
        if has_stray_brace(text):
            yield Finding(
                "variable.brace",
                Severity.WARNING,
                path,
                "A brace stands alone and is shown as it is.",
                "Close the variable, or write {{ or }} for a brace that is meant.",
                sources.VARIABLES,
            )
        for variable in sorted(used_by([text]) & set(lacking)):
            conditional = path.endswith(_CONDITIONAL) and variable not in _METER
            yield Finding(
                "variable.without_value",
                Severity.WARNING if conditional else Severity.ERROR,
                path,
                f"{{{variable}}} has no value here: {lacking[variable]}. The line would be left out.",
                "Take another variable, or show an offer that has it.",
                sources.VARIABLES,
            )


def _lacking(checked: Checked) -> dict[Variable, str]:
    """The variables without a value, and why."""
    lacking: dict[Variable, str] = {}
    if checked.design.access.model is not AccessModel.METERED:
        lacking |= dict.fromkeys(_METER, "the access model is not metered")
    if not checked.around.offers:
        return lacking  # not known, or nothing sold: `offers` says so
    quoted = checked.quoted
    if quoted.featured is None:
        lacking |= dict.fromkeys({*_FEATURED, Variable.PRICE_AFTER}, "no offer is shown")
    elif quoted.featured.after is None:
        lacking[Variable.PRICE_AFTER] = f"{quoted.featured.code} does not turn into anything"
    if quoted.trial is None:
        lacking |= dict.fromkeys(_WITH_TRIAL, "no trial is shown")
    if quoted.cheapest is None:
        lacking[Variable.PRICE_FROM] = "no offer is paid each month"
    return lacking

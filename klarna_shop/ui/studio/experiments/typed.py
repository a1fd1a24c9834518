"""From what a form sends to what an experiment is made of. The socket is hostile: anything may come."""

from __future__ import annotations

import math
from typing import Any

from klarna_shop.shop.experiments.assignment import Variant
from klarna_shop.shop.experiments.experiment import MOST_VARIANTS, WrongExperiment

LONGEST_SLUG = 60
LONGEST_VARIANT_NAME = 40
LONGEST_TEXT = 2000
MOST_WEIGHT = 1000


def typed_text(form: Any, name: str, longest: int = LONGEST_TEXT) -> str:
    """A field's text without spaces around it; empty where something else came."""
    value = form.get(name) if isinstance(form, dict) else None
    return value.strip()[:longest] if isinstance(value, str) else ""


def number(form: Any, name: str, what: str, least: float, most: float) -> float:
    """A field's number.

    Raises:
        WrongExperiment: it is none, or too small or too large; `what` names it.
    """
    written = typed_text(form, name, 20).replace(",", ".").removesuffix("%").strip()
    try:
        value = float(written)
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise WrongExperiment(f"{what}: a number from {least:g} to {most:g}.")
    return value


def typed_variants(form: Any, shown: int) -> tuple[Variant, ...]:
    """The variants of the form's first `shown` rows.

    Raises:
        WrongExperiment: a weight is no whole number, or a design or name is missing.
    """
    variants = []
    for place in range(1, min(shown, MOST_VARIANTS) + 1):
        weight = number(form, f"weight-{place}", f"Weight of variant {place}", 1, MOST_WEIGHT)
        if weight != int(weight):
            raise WrongExperiment(f"Weight of variant {place}: a whole number.")
        name = typed_text(form, f"name-{place}", LONGEST_VARIANT_NAME)
        variants.append(Variant(name, typed_text(form, f"design-{place}", LONGEST_SLUG), int(weight)))
    return tuple(variants)

"""Asking readers whether they may be measured: a strip on each page until there is an answer.

May import `klarna_shop.shop` and what the screens share; `frame` and `texts` show its parts.
"""

from klarna_shop.ui.consent.asking import REMEMBERED_BEFORE_PAINT, consent_choice, consent_strip
from klarna_shop.ui.consent.state import PRIVACY, ConsentState, recall

__all__ = ["PRIVACY", "REMEMBERED_BEFORE_PAINT", "ConsentState", "consent_choice", "consent_strip", "recall"]

"""Offers: packages, campaigns and trials with one payment period each, and the days on which they may begin.

Imported by `shop.purchase`, `shop.access`, `ui` and the assembly.
"""

from klarna_shop.shop.offers.catalogue import CatalogueUnavailable, OfferCatalogue
from klarna_shop.shop.offers.offer import FollowUp, Offer, OfferKind, Period, PeriodUnit
from klarna_shop.shop.offers.start_dates import PossibleDates, StartDates
from klarna_shop.shop.offers.title import TitleName

__all__ = [
    "CatalogueUnavailable",
    "FollowUp",
    "Offer",
    "OfferCatalogue",
    "OfferKind",
    "Period",
    "PeriodUnit",
    "PossibleDates",
    "StartDates",
    "TitleName",
]

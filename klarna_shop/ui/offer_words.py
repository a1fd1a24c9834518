"""An offer in words: the same sentences on wall, picker, checkout and confirmation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from klarna_shop.shop.money import exact_price, long_date, price, vat_share
from klarna_shop.shop.offers import Offer, OfferKind, Period
from klarna_shop.shop.withdrawal import deadline
from klarna_shop.ui.languages import counted, text


@dataclass
class OfferView:
    """An offer as a screen shows it. Amounts in öre are for `data-*`; everything else is words."""

    key: str = ""
    code: str = ""
    period_id: str = ""
    kind: str = ""
    name: str = ""
    description: str = ""
    price: int = 0
    price_after: str = ""
    price_line: str = ""
    after_line: str = ""
    """Also of an offer that only renews, unlike `price_after`."""
    vat_line: str = ""
    binding_line: str = ""
    notice_line: str = ""
    start_line: str = ""
    total_line: str = ""
    authorisation_line: str = ""
    """Authorisation that Klarna keeps for later payments; empty if none (klarna-payments-js.md §13)."""
    withdrawal_line: str = ""
    badge: str = ""


def offer_view(
    offer: Offer, language: str, today: date, start: date | None = None, *, waived: bool = False
) -> OfferView:
    """The words for an offer that is bought today and begins on `start` (today where None).

    `waived`: the buyer has agreed that the right of withdrawal ends when the articles open.
    """
    begins = start or today
    return OfferView(
        key=f"{offer.code}|{offer.period_id}",
        code=offer.code,
        period_id=offer.period_id,
        kind=offer.kind.value,
        name=offer.name,
        description=offer.description,
        price=offer.price,
        price_after=str(offer.after.price) if offer.after else "",
        price_line=price_line(offer, language),
        after_line=after_line(offer, language, begins),
        vat_line=_vat_line(offer, language),
        binding_line=_binding_line(offer, language, begins),
        start_line=long_date(begins, language) if start else text(language, "offer.starts_now"),
        total_line=price(offer.price, language),
        notice_line=text(language, f"offer.notice.{_terms(offer)}"),
        authorisation_line=text(language, "offer.authorisation") if _terms(offer) != "limited" else "",
        withdrawal_line=text(language, "offer.withdrawal_waived")
        if waived
        else text(language, "offer.withdrawal", date=long_date(deadline(today), language)),
        badge=text(language, f"offer.badge.{offer.kind.value}")
        if offer.kind is not OfferKind.PACKAGE
        else "",
    )


def price_line(offer: Offer, language: str) -> str:
    """`129 kr/mån`, `99 kr i 30 dagar`, `49 kr i 1 månad`."""
    if offer.recurring:
        return f"{price(offer.price, language)}/{_per(offer.period, language)}"
    return text(
        language,
        "offer.price_once",
        price=price(offer.price, language),
        length=length(offer.period, language),
    )


def after_line(offer: Offer, language: str, begins: date) -> str:
    """What follows the first period, when and at which price: its package, its renewal, or nothing."""
    end = long_date(offer.period.end(begins), language)
    if offer.after is not None:
        return text(
            language,
            "offer.after",
            price=price_after(offer, language),
            date=end,
            name=offer.after.package_name,
        )
    if offer.recurring:
        return text(language, "offer.renews", price=price_line(offer, language), date=end)
    return text(language, "offer.ends", date=end)


def trial_sentence(offer: Offer, language: str) -> str:
    """`0 kr i 1 månad, därefter 129 kr/mån`: the trial's whole price in one sentence."""
    if offer.after is None:
        return price_line(offer, language)
    after = price_after(offer, language)
    return text(language, "offer.trial_sentence", now=price_line(offer, language), after=after)


def price_after(offer: Offer, language: str) -> str:
    """`129 kr/mån`: what it costs once it has turned into its package; empty where it turns into none."""
    if offer.after is None:
        return ""
    return f"{price(offer.after.price, language)}/{_per(offer.after.period, language)}"


def length(period: Period, language: str) -> str:
    """`1 månad`, `30 dagar`."""
    return counted(language, f"period.{period.unit.value}", period.length)


def _per(period: Period, language: str) -> str:
    unit = text(language, f"period.per.{period.unit.value}")
    return unit if period.length == 1 else f"{period.length}\xa0{unit}"


def _vat_line(offer: Offer, language: str) -> str:
    amount = offer.price or (offer.after.price if offer.after else 0)
    key = "offer.vat" if offer.price else "offer.vat_later"
    return text(
        language,
        key,
        vat=exact_price(vat_share(amount, offer.vat_percent), language),
        percent=offer.vat_percent,
    )


def _terms(offer: Offer) -> str:
    """How it goes on: `recurring`, `turns` into its package, or `limited` to its one period."""
    if offer.recurring:
        return "recurring"
    return "limited" if offer.after is None else "turns"


def _binding_line(offer: Offer, language: str, begins: date) -> str:
    return text(
        language,
        f"offer.binding.{_terms(offer)}",
        length=length(offer.period, language),
        date=long_date(offer.period.end(begins), language),
    )

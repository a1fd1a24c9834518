"""The demo newspaper's catalogue: digital news at 6 % VAT, in the words a Swedish reader meets."""

from __future__ import annotations

from datetime import UTC, datetime

from klarna_shop.sandbox.catalogue import CancellationReason, Catalogue, Offer, Period, Product, Title, Unit
from klarna_shop.sandbox.identifiers import fixed_entity_id


def _recurring(code: str, unit: Unit, length: int, price: int, method: str = "klarna_payments") -> Period:
    name = f"period {code} {method} recurring {length} {unit}"
    return Period(fixed_entity_id(name), "recurring", unit, length, price, payment_method=method)


def _limited(code: str, unit: Unit, length: int, price: int) -> Period:
    return Period(fixed_entity_id(f"period {code} limited {length} {unit}"), "limited", unit, length, price)


def _disabled(period: Period) -> Period:
    return Period(period.id, period.type, period.unit, period.length, period.price, enabled=False)


def demo_catalogue(title_code: str) -> Catalogue:
    """The catalogue of the demo title under the given code."""
    return Catalogue(
        title=Title(title_code, "Norrlunda Tidning", "https://norrlunda.example", "#1b3a57"),
        products=_PRODUCTS,
        offers=_OFFERS,
        cancellation_reasons=_REASONS,
    )


_PRODUCTS = (
    Product("news", "Nyheter", "Alla artiklar på webben och i appen."),
    Product("plus", "Fördjupning", "Granskningar, reportage och arkivet tillbaka till 1912."),
)

_OFFERS = (
    Offer(
        "package",
        "digital",
        "Digital",
        "Läs alla artiklar på webben och i appen. Du väljer själv om du betalar per månad eller per år, "
        "och du kan säga upp när du vill.",
        (
            _recurring("digital", "month", 1, 12_900),
            _recurring("digital", "year", 1, 129_000),
            _disabled(_recurring("digital", "month", 3, 36_900)),
            _recurring("digital", "month", 1, 12_900, method="adyen"),
        ),
        ("news",),
        rank=1,
        short_description="Alla artiklar, ingen bindningstid",
        tags=("digital", "popular"),
        integration_code="Läs+digitalt",
    ),
    Offer(
        "package",
        "digital-plus",
        "Digital Plus",
        "Allt i Digital, och dessutom våra stora granskningar, reportagen och hela arkivet.",
        (_recurring("digital-plus", "month", 1, 19_900),),
        ("news", "plus"),
        rank=2,
        short_description="Allt i Digital, med granskningar och arkiv",
        tags=("digital", "premium"),
        grace_days=7,
    ),
    Offer(
        "package",
        "digital-30",
        "Digital i 30 dagar",
        "Läs alla artiklar i 30 dagar. Du betalar en gång och behöver inte säga upp.",
        (_limited("digital-30", "day", 30, 9_900),),
        ("news",),
        rank=3,
        short_description="En betalning, avslutas av sig självt",
        tags=("digital",),
        customer_can_cancel=False,
    ),
    Offer(
        "campaign",
        "digital-intro",
        "Digital, första månaden för 49 kr",
        "Prova Digital i en månad för 49 kr. Därefter kostar det 129 kr per månad tills du säger upp.",
        (_recurring("digital-intro", "month", 1, 4_900),),
        ("news",),
        rank=1,
        short_description="49 kr första månaden",
        tags=("digital",),
        base_package="digital",
        transforms=True,
    ),
    Offer(
        "campaign",
        "digital-trial",
        "Digital, en månad gratis",
        "Läs fritt i en månad. Säger du inte upp fortsätter det som Digital för 129 kr per månad.",
        (_recurring("digital-trial", "month", 1, 0),),
        ("news",),
        rank=2,
        short_description="Gratis första månaden",
        tags=("digital", "trial"),
        base_package="digital",
        transforms=True,
    ),
    Offer(
        "campaign",
        "digital-summer-2025",
        "Digital hela sommaren",
        "Läs alla artiklar i tre månader för 99 kr. Abonnemanget avslutas när sommaren är slut.",
        (_recurring("digital-summer-2025", "month", 3, 9_900),),
        ("news",),
        rank=3,
        short_description="Tre månader för 99 kr",
        tags=("digital",),
        base_package="digital",
        valid_from=datetime(2025, 6, 1, tzinfo=UTC),
        valid_to=datetime(2025, 8, 31, 22, tzinfo=UTC),
    ),
)

_REASONS = (
    CancellationReason(1, "Jag läser för sällan", "too_little_time"),
    CancellationReason(2, "Det är för dyrt", "too_expensive"),
    CancellationReason(3, "Jag saknar innehåll om min ort", "missing_content"),
    CancellationReason(4, "Annat skäl", "other", default=True),
    CancellationReason(
        5, "Uppsagt av kundtjänst", "customer_service", visible_to_end_customer=False, internal=True
    ),
)

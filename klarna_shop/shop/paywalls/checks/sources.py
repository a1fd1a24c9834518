"""The sources of the checks. They are read by people who design walls; none of it is legal advice."""

from __future__ import annotations

from klarna_shop.shop.paywalls.checks.finding import Source

ORDER_BUTTON = Source(
    "CJEU C-249/21: only the words on the button count", "https://commercial.lewissilkin.com/post/102hmjj"
)
ORDER_BUTTON_CONDITION = Source("CJEU C-400/22 (Conny): also where payment starts later", "https://scl.org")
TRIAL = Source(
    "CJEU C-565/22: a free period that turns paid must be told with its price",
    "https://recent-ecl.blogspot.com/2023/10",
)
PRICE = Source(
    "Prisinformationslagen: the whole price, VAT included",
    "https://hallakonsument.se/lagar/prisinformationslagen",
)
VAT = Source(
    "Skatteverket: VAT on electronic publications", "https://www4.skatteverket.se/rattsligvagledning"
)
WITHDRAWAL = Source("TU: new rules for distance contracts, subscriptions and withdrawal", "https://tu.se")
WAIVER = Source("Konsumentverket: digital content and digital services", "https://www.konsumentverket.se")
CREDIT = Source(
    "Konsumentverket: changes in betaltjänstlagen (order of payment methods)",
    "https://www.konsumentverket.se",
)
CONTRAST = Source("WCAG 2.2, 1.4.3 Contrast (Minimum)", "https://www.w3.org/TR/WCAG22/#contrast-minimum")
GRAPHIC_CONTRAST = Source(
    "WCAG 2.2, 1.4.11 Non-text Contrast", "https://www.w3.org/TR/WCAG22/#non-text-contrast"
)
REFLOW = Source("WCAG 2.2, 1.4.10 Reflow", "https://www.w3.org/TR/WCAG22/#reflow")
LANGUAGE = Source("WCAG 2.2, 3.1.2 Language of Parts", "https://www.w3.org/TR/WCAG22/#language-of-parts")
CHECKS = Source("docs/paywalls.md: Checks")
VARIABLES = Source("docs/paywalls.md: Variables")
OFFERS = Source("docs/paywalls.md: Offers")
TARGETING = Source("docs/paywalls.md: Targeting")

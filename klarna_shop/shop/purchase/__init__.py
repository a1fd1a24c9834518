"""The purchase: a row with a state, from the Klarna session to the opened article.

`states` says which changes are possible, `ledger` makes them, `repository` has the questions to its tables;
`opening`, `placing`, `settling` and `recovery` are the steps, `service` is what screens call. Imported by
`ui`, `shop.access` and the assembly.
"""

from klarna_shop.shop.purchase.facts import BrowserFacts, Choice, CustomerDetails
from klarna_shop.shop.purchase.opening import CannotOpen, PreviewBuysNothing, StartDateImpossible
from klarna_shop.shop.purchase.reasons import Reason
from klarna_shop.shop.purchase.recovery import Recovery
from klarna_shop.shop.purchase.service import NotYours, Purchases
from klarna_shop.shop.purchase.states import PurchaseState
from klarna_shop.shop.purchase.tables import Purchase, PurchaseChange

__all__ = [
    "BrowserFacts",
    "CannotOpen",
    "Choice",
    "CustomerDetails",
    "NotYours",
    "PreviewBuysNothing",
    "Purchase",
    "PurchaseChange",
    "PurchaseState",
    "Purchases",
    "Reason",
    "Recovery",
    "StartDateImpossible",
]

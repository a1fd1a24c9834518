"""A stand-in for Payway (and, for the browser, for Klarna): an ASGI server with its own data.

It knows nothing of the shop and imports nothing of `klarna_shop` outside this folder; only the
assembly and the tests import it. Everything it does follows the Payway reference, whose section
numbers stand in the docstrings; where the reference is silent, the choice stands in `readings`.
"""

from klarna_shop.sandbox.application import Sandbox
from klarna_shop.sandbox.books import Books
from klarna_shop.sandbox.clock import Clock
from klarna_shop.sandbox.conduct import UNCERTAINTY_VARIABLE, chosen_seed
from klarna_shop.sandbox.demo_customers import DemoCustomer, demo_customers
from klarna_shop.sandbox.faults import Fault
from klarna_shop.sandbox.readings import Readings
from klarna_shop.sandbox.settings import COMPANIONS, SandboxSettings

__all__ = [
    "COMPANIONS",
    "UNCERTAINTY_VARIABLE",
    "Books",
    "Clock",
    "DemoCustomer",
    "Fault",
    "Readings",
    "Sandbox",
    "SandboxSettings",
    "chosen_seed",
    "demo_customers",
]

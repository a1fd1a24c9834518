"""Every choice the sandbox makes where the Payway reference is inferred or silent, in one place.

A module an area; each choice is a field that carries its section, its provenance and its alternatives.
Imported by the rest of the sandbox; imports nothing of it but the marks of provenance.
"""

from klarna_shop.sandbox.readings.choice import Alternative, Choice, Value
from klarna_shop.sandbox.readings.readings import EXCLUDED, Excluded, ReadingError, Readings

__all__ = ["EXCLUDED", "Alternative", "Choice", "Excluded", "ReadingError", "Readings", "Value"]

"""Purchases that are not over, and the button that asks Payway about them now."""

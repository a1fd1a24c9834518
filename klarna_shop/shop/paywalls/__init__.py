"""Paywall designs: what a wall says, shows and lets through, for whom, and in which version.

Imported by `shop.access`, `ui` and the assembly.
"""

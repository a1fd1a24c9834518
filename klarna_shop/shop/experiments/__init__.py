"""Experiments with paywall designs: who meets which variant, and what may be concluded from it.

Free of screens and of storage. Imported by `shop.access`, `ui` and the assembly.
"""

"""Experiments with paywall designs: who meets which variant, and what may be concluded from it.

`assignment`, `choosing`, `confidence` and `sample_ratio` are free of storage. Imported by
`shop.access`, `ui` and the assembly.
"""

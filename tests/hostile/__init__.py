"""Attacks over socket and HTTP on the running production build.

Each asserts that nothing changed, in the ledger, in who may read what and in the sandbox's books, and that
the server still answers. Which attack is aimed at what stands in docs/attack-surface.md.
"""

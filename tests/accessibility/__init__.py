"""Every situation before axe-core, and a purchase by keyboard. `python -m tests.accessibility` looks at all.

The browser tests look at a sample of it (`tests/browser/test_accessibility.py`).
"""

"""The room of experiments: the list with a form for a new one, and one experiment with what it has shown.

Only `ui.studio.pages` imports it. What is concluded is computed in `shop.experiments`; here it gets words.
"""

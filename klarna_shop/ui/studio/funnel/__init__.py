"""The room of the funnel: a filter that stands in the address, the steps, why people left, groups, and CSV.

Only `ui.studio.pages` imports it. What is counted is counted in `shop.funnel`; here it is put into words.
"""

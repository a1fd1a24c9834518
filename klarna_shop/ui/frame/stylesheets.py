"""The style sheets of all pages, bundled by Reflex into one file."""

STYLESHEETS: tuple[str, ...] = tuple(
    f"/styles/{name}.css"
    for name in ("tokens", "base", "components", "frame", "storefront", "paywall", "checkout", "account")
)
"""For `rx.App(stylesheets=[...])`. `tokens` comes first: it declares the order of the layers."""

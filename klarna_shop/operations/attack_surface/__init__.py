"""What a stranger can reach of the running shop, and what was thought about each of it.

    python -m klarna_shop.operations.attack_surface

`reachable` collects every event handler, public var and route from the app itself. `entries.toml` says of
each who may call it, what it checks and what it reveals. `document` writes both together as
docs/attack-surface.md; a test fails where one knows of something that the other does not.
"""

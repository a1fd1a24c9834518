"""What the business does, without a web framework: articles, access, offers, identity, purchase.

Tables live beside their logic. Modules here import `klarna_shop.payway` and each other, never
Reflex, `ui`, `web` or `sandbox`.
"""

"""OpenID provider of the sandbox (payway-api.md §17, rows about §3): discovery, codes, tokens, keys.

The page on which customers sign in is `sandbox.browser`. Imported by it and by the application.
"""

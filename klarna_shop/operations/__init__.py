"""What an operator or developer runs: set up, build, serve, check, diagnose, compare, reset.

Most modules and folders are a command, `python -m klarna_shop.operations.<name>`; the Makefile calls them.
`front_end` is what the build adds to Reflex's. May import every room; no room imports this one. `environment`
and `progress` run before any package is installed.
"""

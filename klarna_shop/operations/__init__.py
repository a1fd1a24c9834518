"""What an operator or developer runs: set up, build, serve, check, diagnose, compare, reset.

Each module or folder is a command, `python -m klarna_shop.operations.<name>`; the Makefile calls them. May
import every room; no room imports this one. `environment` and `progress` run before any package is installed.
"""

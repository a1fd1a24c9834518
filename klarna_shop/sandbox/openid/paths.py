"""Addresses of the sandbox's OpenID provider. All but the first are free: discovery names them."""

from __future__ import annotations

DISCOVERY_PATH = "/.well-known/openid-configuration"
AUTHORIZE_PATH = "/openid/authorize"
TOKEN_PATH = "/openid/token"
KEYS_PATH = "/openid/keys"
USERINFO_PATH = "/openid/userinfo"
CALLED_PATHS = (DISCOVERY_PATH, TOKEN_PATH, KEYS_PATH, USERINFO_PATH)
"""Those that a server calls, and not a browser."""

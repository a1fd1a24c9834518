"""Sign-in by OpenID Connect in the browser (payway-api.md §17, rows about §3).

Discovery, authorization code with PKCE, and the check of the ID token. Authlib and joserfc do the protocol
and the signatures; requests go over the client's own connection, with its deadlines and its observer.
"""

from klarna_shop.payway.openid.provider import OpenIdAddress
from klarna_shop.payway.openid.secrets import SignInSecrets
from klarna_shop.payway.openid.sign_in import OpenId

__all__ = ["OpenId", "OpenIdAddress", "SignInSecrets"]

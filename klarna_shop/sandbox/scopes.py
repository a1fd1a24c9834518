"""The scopes the demo's API user holds: all that the reference names (§3.4, §17)."""

KLARNA_READ, KLARNA_WRITE = "/external/klarna_payments/r", "/external/klarna_payments/w"
ME_READ, ME_WRITE, ME_ORDER_WRITE = "/external/me/r", "/external/me/w", "/external/me/order/w"
ACCOUNT_READ, ACCOUNT_WRITE = "/external/account/r", "/external/account/w"
PRODUCT_READ, TITLE_READ = "/external/product/r", "/external/title/r"
ORDER_READ, ORDER_VALIDATION_READ = "/external/order/r", "/external/order_validation/r"
SUBSCRIPTION_READ, USER_PRODUCT_WRITE = "/external/subscription/r", "/external/userproduct/w"
SUBSCRIPTION_SYSTEM_READ = "/external/subscription_system/r"
SUBSCRIPTION_SYSTEM_WRITE = "/external/subscription_system/w"
CANCELLATION_REASON_READ = "/external/cancellation_reason/r"
OPENID, PROFILE, EMAIL = "/openid", "/openid/profile", "/openid/email"
OFFLINE_ACCESS = "/openid/offline_access"
TOKEN_INFO = "/api/authorization/token_info"

HELD_SCOPES = (
    KLARNA_READ,
    KLARNA_WRITE,
    ME_READ,
    ME_WRITE,
    ME_ORDER_WRITE,
    ACCOUNT_READ,
    ACCOUNT_WRITE,
    PRODUCT_READ,
    TITLE_READ,
    ORDER_READ,
    ORDER_VALIDATION_READ,
    SUBSCRIPTION_READ,
    USER_PRODUCT_WRITE,
    SUBSCRIPTION_SYSTEM_READ,
    SUBSCRIPTION_SYSTEM_WRITE,
    CANCELLATION_REASON_READ,
    "/external/adyen/w",
    "/external/address/r",
    "/external/paywall/r",
    "/external/paywall/w",
    "/external/trusted_identity/r",
    "/external/trusted_identity/w",
    "/oauth2/login/x",
    OPENID,
    PROFILE,
    EMAIL,
    OFFLINE_ACCESS,
    TOKEN_INFO,
)

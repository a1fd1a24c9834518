"""Products, packages, campaigns, titles (§6)."""

from __future__ import annotations

from typing import Any

from klarna_shop.operations.conformance.probes.probe import NO_SUCH_CODE, Learned, Probe, invalid, not_found
from klarna_shop.sandbox.provenance import Provenance

_PRODUCT, _TITLE = "/external/product/r", "/external/title/r"
_PACKAGE, _CAMPAIGN = Learned("package_code"), Learned("campaign_code")
_OF_TITLE = {"title_code": Learned("title_code")}


def _get(name: str, section: str, path: str, query: dict[str, Any], **facts: Any) -> Probe:
    scope = _TITLE if path.startswith("/v1/titles") else _PRODUCT
    return Probe(name, section, "GET", path, scope, query=query, **facts)


PROBES = (
    *(
        _get(f"{what} in {version}", "6.1", f"/{version}/products", {"product_code": code})
        for version in ("v2", "v3", "v4")
        for what, code in (("package", _PACKAGE), ("campaign", _CAMPAIGN))
    ),
    _get("package by its id", "6.1", "/v4/products", {"id": Learned("package_id")}),
    _get(
        "package by product_id",
        "6.1",
        "/v4/products",
        {"product_id": Learned("package_id")},
        known=Provenance.INFERRED,
    ),
    _get(
        "product by an unknown integration code",
        "17",
        "/v4/products",
        {"integration_code": "conformance+åäö"},
        claims=not_found(),
    ),
    _get(
        "product by integration code and code at once",
        "17",
        "/v4/products",
        {"integration_code": "conformance", "product_code": _PACKAGE},
        claims=invalid(section="6.1"),
    ),
    _get(
        "product by a code with a plus sign",
        "17",
        "/v4/products",
        {"product_code": f"{NO_SUCH_CODE}+"},
        claims=not_found(),
    ),
    _get("product without id and code", "6.1", "/v4/products", {}, claims=invalid(section="6.1")),
    _get(
        "product by id and code at once",
        "6.1",
        "/v4/products",
        {"id": Learned("package_id"), "product_code": _PACKAGE},
        claims=invalid(section="6.1"),
    ),
    _get("unknown product", "6.1", "/v4/products", {"product_code": NO_SUCH_CODE}, claims=not_found()),
    _get("packages in a list", "6.2", "/v1/products", {"product_type": "packages", **_OF_TITLE}),
    _get("campaigns in a list", "6.2", "/v1/products", {"product_type": "campaigns", **_OF_TITLE}),
    _get(
        "unknown product in a list",
        "6.2",
        "/v1/products",
        {"product_code": NO_SUCH_CODE},
        known=Provenance.UNKNOWN,
    ),
    _get("search for packages", "6.2", "/v2/products/package/search", _OF_TITLE),
    _get("search for campaigns", "6.2", "/v2/products/campaign/search", _OF_TITLE),
    _get("search for campaigns in v3", "17", "/v3/products/campaign/search", _OF_TITLE),
    _get(
        "search for packages by tags in a wrong format",
        "17",
        "/v2/products/package/search",
        {**_OF_TITLE, "tags": "a-b"},
        claims=invalid("tags"),
    ),
    _get(
        "search for packages, a page of one",
        "1.6",
        "/v2/products/package/search",
        {**_OF_TITLE, "page_size": "1", "page_number": "1"},
    ),
    _get(
        "search beyond the last page",
        "1.6",
        "/v2/products/package/search",
        {**_OF_TITLE, "page_number": "1000"},
        known=Provenance.INFERRED,
    ),
    _get(
        "search in an unknown title",
        "6.2",
        "/v2/products/package/search",
        {"title_code": "no-such-title"},
        known=Provenance.UNKNOWN,
    ),
    _get("periods of a package", "6.3", "/v1/products/payment_periods", {"product_code": _PACKAGE}),
    _get(
        "periods of a package by product_id",
        "6.3",
        "/v1/products/payment_periods",
        {"product_id": Learned("package_id")},
    ),
    _get(
        "periods of an unknown product",
        "6.3",
        "/v1/products/payment_periods",
        {"product_code": NO_SUCH_CODE},
        claims=not_found(),
    ),
    _get("titles", "6.6", "/v1/titles", {}),
    _get("titles with a slash", "15.2", "/v1/titles/", {}, declared="/v1/titles"),
    _get("title", "6.6", "/v1/titles/find_one", _OF_TITLE),
    _get("unknown title", "6.6", "/v1/titles/find_one", {"title_code": "no-such-title"}),
)

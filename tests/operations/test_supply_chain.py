"""The bill of materials is whole, every licence is written down, and an audit says what it knows."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest

from klarna_shop.operations.supply_chain.audit import NotReached, weaknesses
from klarna_shop.operations.supply_chain.bill_of_materials import LICENCES, bill_of_materials
from klarna_shop.operations.supply_chain.locked import (
    BROWSER_LOCK,
    PYTHON_LOCK,
    LockedPackage,
    locked_packages,
)

PACKAGES = locked_packages()
SERVED_UNDER = re.compile(
    r"MIT|BSD|Apache|ISC|Python|PSF|MPL|0BSD|CC|Unlicense|BlueOak|Zope|Artistic|LGPL|OFL", re.I
)


def test_every_locked_package_is_in_the_bill_with_its_hashes() -> None:
    bill = json.loads(bill_of_materials(PACKAGES))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    listed = {component["bom-ref"]: component for component in bill["components"]}
    assert len(listed) == len({(one.ecosystem, one.name, one.version) for one in PACKAGES})
    pinned = re.findall(r"^([\w.-]+)==([^\s;\\]+)", PYTHON_LOCK.read_text(), re.MULTILINE)
    assert {f"pkg:pypi/{name}@{version}" for name, version in pinned} <= set(listed)
    assert "pkg:npm/react@" in " ".join(listed)
    assert all(component["hashes"] for component in listed.values())
    assert listed == {one["bom-ref"]: one for one in json.loads(bill_of_materials(PACKAGES))["components"]}


def test_each_licence_is_written_down_and_lets_the_shop_be_served() -> None:
    written = LICENCES.read_text(encoding="utf-8")
    for package in PACKAGES:
        name = f"({package.name})" if package.is_tool else package.name
        assert f"| {name} | {package.version} | " in written, "run `make sbom`"
        if package.licence:
            assert SERVED_UNDER.search(package.licence), package


def test_no_lock_says_where_packages_come_from() -> None:
    for lock in (PYTHON_LOCK, PYTHON_LOCK.with_name("requirements-test.lock")):
        assert "--index-url" not in lock.read_text()
    facts = json.loads(BROWSER_LOCK.read_text())["packages"]
    assert not any("resolved" in one for one in facts.values())


def _service(answer: Any, status: int = 200) -> httpx.Client:
    transport = httpx.MockTransport(lambda _request: httpx.Response(status, json=answer))
    return httpx.Client(transport=transport, base_url="https://advisories.example")


def test_an_audit_names_what_is_known() -> None:
    one, other = LockedPackage("PyPI", "a", "1", "MIT"), LockedPackage("npm", "b", "2", "MIT")
    answer = {"results": [{}, {"vulns": [{"id": "GHSA-1"}, {"id": "CVE-2"}]}]}
    assert weaknesses([one, other], _service(answer)) == [(other, ("GHSA-1", "CVE-2"))]
    assert weaknesses([one, other], _service({"results": [{}, {}]})) == []


@pytest.mark.parametrize(
    ("answer", "status"), [({}, 200), ({"results": [{}]}, 200), ([], 200), ({"results": [{}, {}]}, 503)]
)
def test_an_audit_that_learnt_nothing_says_so(answer: Any, status: int) -> None:
    packages = [LockedPackage("PyPI", "a", "1", "MIT"), LockedPackage("npm", "b", "2", "MIT")]
    with pytest.raises(NotReached):
        weaknesses(packages, _service(answer, status))

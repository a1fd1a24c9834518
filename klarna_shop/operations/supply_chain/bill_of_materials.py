"""Writes the software bill of materials (CycloneDX 1.6, JSON) and docs/licences.md.

    python -m klarna_shop.operations.supply_chain.bill_of_materials

Two runs over the same locks write the same bill, so that it can be compared.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from klarna_shop.operations.progress import PROJECT, say
from klarna_shop.operations.supply_chain.locked import LockedPackage, locked_packages

BILL = PROJECT / "var" / "sbom" / "klarna-shop.cdx.json"
LICENCES = PROJECT / "docs" / "licences.md"
_CHANGES_EACH_TIME = ("serialNumber",)


def bill_of_materials(packages: Sequence[LockedPackage]) -> str:
    """The bill as JSON, in an order of its own."""
    components = [_component(package) for package in packages]
    shop = Component(name="klarna-shop", type=ComponentType.APPLICATION, bom_ref="klarna-shop")
    bom = Bom(components=components)
    bom.metadata.component = shop
    bom.register_dependency(shop, components)
    content = json.loads(JsonV1Dot6(bom).output_as_string())
    for name in _CHANGES_EACH_TIME:
        content.pop(name, None)
    content.get("metadata", {}).pop("timestamp", None)
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _component(package: LockedPackage) -> Component:
    kind = "pypi" if package.ecosystem == "PyPI" else "npm"
    algorithm = HashAlgorithm.SHA_256 if kind == "pypi" else HashAlgorithm.SHA_512
    scope, _, name = package.name.rpartition("/")
    address = PackageURL(kind, scope or None, name, package.version)
    licences = [LicenseFactory().make_from_string(package.licence)] if package.licence else []
    return Component(
        name=package.name,
        version=package.version,
        type=ComponentType.LIBRARY,
        purl=address,
        bom_ref=address.to_string(),
        licenses=licences,
        hashes=[HashType(alg=algorithm, content=digest) for digest in package.hashes],
        scope=ComponentScope.EXCLUDED if package.is_tool else ComponentScope.REQUIRED,
    )


def licences(packages: Sequence[LockedPackage]) -> str:
    """What stands under which licence, in Markdown."""
    lines = [
        "# Licences",
        "",
        "What the shop is made of besides its own code, as locked. Written by `make sbom`; a test fails",
        "where a locked package is missing. An npm package in brackets only builds the front end and is in",
        "no page; a Python package without a licence here is needed on other platforms only.",
        "",
    ]
    for ecosystem, title in (("PyPI", "Python packages"), ("npm", "npm packages")):
        lines += [f"## {title}", "", "| Package | Version | Licence |", "| --- | --- | --- |"]
        for package in packages:
            if package.ecosystem == ecosystem:
                name = f"({package.name})" if package.is_tool else package.name
                lines.append(f"| {name} | {package.version} | {package.licence or '–'} |")
        lines.append("")
    return "\n".join(lines)


def main() -> int:
    """Write both; the exit status."""
    packages = locked_packages()
    BILL.parent.mkdir(parents=True, exist_ok=True)
    BILL.write_text(bill_of_materials(packages), encoding="utf-8")
    LICENCES.write_text(licences(packages), encoding="utf-8")
    say(f"{BILL.relative_to(PROJECT)}: {len(packages)} packages; {LICENCES.relative_to(PROJECT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
